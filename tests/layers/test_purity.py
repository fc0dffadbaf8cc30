"""docs/design.md 5, rules of the house: pure modules import no I/O and read no clock; connectors know only the
contract; the oracle shares nothing with what it is held against. Read from the sources."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]

PURE = [
    "clickhouse/inline.py",
    "clickhouse/lasting.py",
    "clickhouse/positions.py",
    "clickhouse/template.py",
    "connectors/bigmarker/cells.py",
    "connectors/bigmarker/conference.py",
    "connectors/bigmarker/mapping.py",
    "connectors/bigmarker/people.py",
    "connectors/bigmarker/schedule.py",
    "connectors/bigmarker/sources.py",
    "connectors/bigmarker/webhook.py",
    "connectors/bigmarker/zones.py",
    "connectors/toolkit/body.py",
    "connectors/business/catalogue.py",
    "connectors/business/exclusions.py",
    "connectors/business/notes.py",
    "connectors/business/overrides.py",
    "connectors/business/patterns.py",
    "connectors/business/sources.py",
    "connectors/business/statements.py",
    "connectors/toolkit/cells.py",
    "connectors/toolkit/content_id.py",
    "connectors/toolkit/date_forms.py",
    "connectors/toolkit/date_order.py",
    "connectors/toolkit/email_address.py",
    "connectors/toolkit/form_registration.py",
    "connectors/forms/directory.py",
    "connectors/forms/event.py",
    "connectors/forms/parse.py",
    "connectors/forms/rules.py",
    "connectors/generic/describe.py",
    "connectors/generic/mapping.py",
    "connectors/generic/missing.py",
    "connectors/generic/path.py",
    "connectors/generic/signature.py",
    "connectors/generic/submitted_at.py",
    "connectors/generic/webhook.py",
    "connectors/goto/mapping.py",
    "connectors/goto/people.py",
    "connectors/goto/webhook.py",
    "connectors/goto/webinars.py",
    "connectors/toolkit/identity.py",
    "connectors/toolkit/imported_rows.py",
    "connectors/livestorm/mapping.py",
    "connectors/livestorm/people.py",
    "connectors/livestorm/sessions.py",
    "connectors/livestorm/webhook.py",
    "connectors/mapped.py",
    "connectors/toolkit/marked.py",
    "connectors/toolkit/month_names.py",
    "connectors/toolkit/multipart_body.py",
    "connectors/poll.py",
    "connectors/toolkit/reading.py",
    "connectors/toolkit/rows.py",
    "connectors/samples/make.py",
    "connectors/toolkit/separators.py",
    "connectors/toolkit/signing.py",
    "connectors/simulator/attending.py",
    "connectors/simulator/broken.py",
    "connectors/simulator/day.py",
    "connectors/simulator/history.py",
    "connectors/simulator/registering.py",
    "connectors/simulator/scenario.py",
    "connectors/simulator/services.py",
    "connectors/simulator/top.py",
    "connectors/simulator/webinars.py",
    "connectors/simulator/zoom_csv.py",
    "connectors/toolkit/spans.py",
    "connectors/table/cells.py",
    "connectors/table/fields.py",
    "connectors/table/gather.py",
    "connectors/toolkit/ids.py",
    "connectors/table/layout.py",
    "connectors/table/mapping.py",
    "connectors/table/mapping_file.py",
    "connectors/table/marks.py",
    "connectors/table/people.py",
    "connectors/table/seen.py",
    "connectors/table/suggest.py",
    "connectors/toolkit/sums.py",
    "connectors/table/tabs.py",
    "connectors/table/survey.py",
    "connectors/table/webinars.py",
    "connectors/toolkit/texts.py",
    "connectors/tilda/fields.py",
    "connectors/tilda/mapping.py",
    "connectors/tilda/webhook.py",
    "connectors/typeform/mapping.py",
    "connectors/typeform/webhook.py",
    "connectors/toolkit/utm.py",
    "connectors/webhook.py",
    "connectors/webhooks/counts.py",
    "connectors/webhooks/operator.py",
    "connectors/webhooks/replays.py",
    "connectors/toolkit/zone_names.py",
    "connectors/zoom/detail.py",
    "connectors/zoom/mapping.py",
    "connectors/zoom/occurrence.py",
    "connectors/zoom/payload.py",
    "connectors/zoom/people.py",
    "connectors/zoom/rows.py",
    "connectors/zoom/signature.py",
    "connectors/zoom/statement.py",
    "connectors/zoom/tracking.py",
    "connectors/zoom/webhook.py",
    "connectors/zoom_report/about.py",
    "connectors/zoom_report/cells.py",
    "connectors/zoom_report/kinds.py",
    "connectors/zoom_report/layout.py",
    "connectors/zoom_report/mapping.py",
    "connectors/zoom_report/people.py",
    "connectors/zoom_report/table.py",
    "contract/measures.py",
    "contract/pages.py",
    "alerts/digest_words.py",
    "alerts/evaluate.py",
    "alerts/known.py",
    "alerts/plain.py",
    "alerts/say.py",
    "alerts/usual_numbers.py",
    "funnel/business/explain.py",
    "funnel/business/lists.py",
    "funnel/report/compare.py",
    "funnel/demo/script.py",
    "funnel/report/oracle.py",
    "funnel/report/table.py",
    "funnel/stack/health.py",
    "funnel/stack/table.py",
    "contract/alert_events.py",
    "process/beat.py",
    "contract/canonical.py",
    "contract/client_id.py",
    "contract/decode.py",
    "alerts/detection/alarm.py",
    "alerts/detection/cause.py",
    "alerts/detection/cohort.py",
    "alerts/detection/detect.py",
    "alerts/detection/expected.py",
    "alerts/detection/lower_tail.py",
    "alerts/detection/pace.py",
    "alerts/detection/reason.py",
    "alerts/detection/sentence.py",
    "alerts/detection/settings.py",
    "alerts/detection/standouts.py",
    "alerts/detection/usual.py",
    "contract/events.py",
    "contract/instants.py",
    "streams/fold/lines.py",
    "streams/fold/memory.py",
    "contract/partition.py",
    "streams/fold/person.py",
    "contract/reports.py",
    "streams/fold/row.py",
    "contract/source.py",
    "contract/source_names.py",
    "contract/topics.py",
    "streams/transport/delivery.py",
    "streams/fold/webinar.py",
    "streams/fold/webinar_row.py",
]

IO = {
    "aiohttp",
    "aiokafka",
    "asyncio",
    "chdb",
    "clickhouse",
    "clickhouse_connect",
    "faust",
    "http",
    "kafka",
    "logging",
    "os",
    "pathlib",
    "requests",
    "secrets",
    "shutil",
    "socket",
    "subprocess",
    "sys",
    "tempfile",
    "threading",
    "time",
    "urllib",
    "urllib3",
    "uuid",
}
CLOCKS = {"now", "utcnow", "today", "localtime", "monotonic", "perf_counter", "time_ns"}
CALLS = {"open", "print", "input", "exec", "eval"}

ALLOWED = {
    ("clickhouse/template.py", "clickhouse.positions.EACH"),
    ("clickhouse/template.py", "clickhouse.positions.POSITIONS"),
    ("connectors/toolkit/body.py", "urllib.parse.parse_qsl"),
    ("connectors/toolkit/body.py", "urllib.parse.unquote_plus"),
    ("funnel/report/oracle.py", "urllib.parse.unquote_to_bytes"),
    ("contract/source_names.py", "urllib.parse.unquote"),
    ("grafana/preview/variables.py", "urllib.parse.quote"),
    ("contract/partition.py", "kafka.partitioner.default.murmur2"),
    ("streams/fold/person.py", "sys.intern"),
    ("contract/source_names.py", "urllib.parse.unquote"),
}
"""What of these modules is a pure function."""

CONTRACT = {
    "contract.events",
    "contract.topics",
    "contract.decode",
    "contract.instants",
    "contract.partition",
    "contract.reports",
    "contract.source_names",
    "process.heartbeat",
}
"""What connectors may know of streams: the contract, and the sign of life that every process leaves alike."""


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


@cache
def imported(path: Path) -> frozenset[str]:
    """The full names of all modules that the file imports, wherever in it."""
    return frozenset(_imported(path))


def _imported(path: Path) -> Iterator[str]:
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def called(path: Path) -> Iterator[str]:
    """The last names of all that the file calls, or hands on without calling it."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Attribute) and node.attr in CLOCKS:
            yield node.attr
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield node.func.id


def of_streams(path: Path) -> set[str]:
    """The modules of streams that the file imports."""
    return {name for name in imported(path) if name.startswith("streams.") and is_module(name)}


def is_module(name: str) -> bool:
    place = ROOT / name.replace(".", "/")
    return place.with_suffix(".py").exists() or place.is_dir()


def test_the_list_of_pure_modules_is_right() -> None:
    assert all((ROOT / name).is_file() for name in PURE)


def test_pure_modules_import_no_io() -> None:
    found = {(name, one) for name in PURE for one in imported(ROOT / name) if one.split(".")[0] in IO}
    assert not {(name, one) for name, one in found if not is_allowed(name, one)}


def is_allowed(name: str, one: str) -> bool:
    return any(by == name and (of == one or of.startswith(f"{one}.")) for by, of in ALLOWED)


def test_pure_modules_read_no_clock_and_no_file() -> None:
    assert not {name: found for name in PURE if (found := (CLOCKS | CALLS).intersection(called(ROOT / name)))}


def test_pure_modules_build_on_pure_ones() -> None:
    pure = {one.removesuffix(".py").replace("/", ".") for one in PURE}
    assert not {name: found for name in PURE if (found := of_streams(ROOT / name) - pure)}


def test_no_module_is_pure_by_its_own_word_only() -> None:
    said = {
        str(path.relative_to(ROOT))
        for folder in ("contract", "streams", "connectors", "funnel")
        for path in (ROOT / folder).rglob("*.py")
        if "Pure" in (ast.get_docstring(parsed(path)) or "")
    }
    assert said <= set(PURE)


def test_connectors_know_of_streams_only_the_contract() -> None:
    connectors = sorted((ROOT / "connectors").rglob("*.py"))
    assert not {str(path): found for path in connectors if (found := of_streams(path) - CONTRACT)}
    assert not knowing(connectors, {"clickhouse", "funnel", "grafana", "faust"})


def knowing(paths: list[Path], rooms: set[str]) -> dict[str, set[str]]:
    """File -> what it imports of these rooms."""
    return {
        str(path): found for path in paths if (found := {one for one in imported(path) if one.split(".")[0] in rooms})
    }


def test_the_oracle_shares_nothing_with_what_it_is_held_against() -> None:
    own = {one.split(".")[0] for one in imported(ROOT / "funnel/report/oracle.py")}
    assert not own & {"streams", "connectors", "contract", "clickhouse", "grafana", "orjson", "pydantic"}


def test_the_contract_knows_nothing_of_ours() -> None:
    contract = sorted((ROOT / "contract").rglob("*.py"))
    assert not knowing(contract, {"streams", "connectors", "clickhouse", "grafana", "funnel"})


def test_streams_know_neither_connectors_nor_the_command_line() -> None:
    streams = sorted((ROOT / "streams").rglob("*.py"))
    assert not knowing(streams, {"connectors", "funnel", "grafana"})


def test_only_the_client_module_makes_clickhouse_clients() -> None:
    makers = {
        str(path.relative_to(ROOT))
        for folder in ("contract", "streams", "connectors", "clickhouse", "grafana", "funnel")
        for path in (ROOT / folder).rglob("*.py")
        if "get_client" in path.read_text() or "get_async_client" in path.read_text()
    }
    assert makers == {"clickhouse/client.py"}
