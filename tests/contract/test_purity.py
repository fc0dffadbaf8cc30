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
    "connectors/body.py",
    "connectors/business/catalogue.py",
    "connectors/business/exclusions.py",
    "connectors/business/notes.py",
    "connectors/business/overrides.py",
    "connectors/business/patterns.py",
    "connectors/business/sources.py",
    "connectors/business/statements.py",
    "connectors/cells.py",
    "connectors/content_id.py",
    "connectors/date_forms.py",
    "connectors/date_order.py",
    "connectors/email_address.py",
    "connectors/form_registration.py",
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
    "connectors/identity.py",
    "connectors/imported_rows.py",
    "connectors/livestorm/mapping.py",
    "connectors/livestorm/people.py",
    "connectors/livestorm/sessions.py",
    "connectors/livestorm/webhook.py",
    "connectors/mapped.py",
    "connectors/marked.py",
    "connectors/month_names.py",
    "connectors/multipart_body.py",
    "connectors/poll.py",
    "connectors/reading.py",
    "connectors/rows.py",
    "connectors/samples/make.py",
    "connectors/separators.py",
    "connectors/signing.py",
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
    "connectors/spans.py",
    "connectors/table/cells.py",
    "connectors/table/fields.py",
    "connectors/table/gather.py",
    "connectors/ids.py",
    "connectors/table/layout.py",
    "connectors/table/mapping.py",
    "connectors/table/mapping_file.py",
    "connectors/table/marks.py",
    "connectors/table/people.py",
    "connectors/table/percent.py",
    "connectors/table/seen.py",
    "connectors/table/suggest.py",
    "connectors/sums.py",
    "connectors/table/tabs.py",
    "connectors/table/survey.py",
    "connectors/table/webinars.py",
    "connectors/texts.py",
    "connectors/tilda/fields.py",
    "connectors/tilda/mapping.py",
    "connectors/tilda/webhook.py",
    "connectors/typeform/mapping.py",
    "connectors/typeform/webhook.py",
    "connectors/utm.py",
    "connectors/webhook.py",
    "connectors/webhooks/counts.py",
    "connectors/webhooks/operator.py",
    "connectors/webhooks/replays.py",
    "connectors/zone_names.py",
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
    "funnel/alerts/digest_words.py",
    "funnel/alerts/evaluate.py",
    "funnel/alerts/known.py",
    "funnel/alerts/plain.py",
    "funnel/alerts/say.py",
    "funnel/alerts/usual_numbers.py",
    "funnel/business/explain.py",
    "funnel/business/lists.py",
    "funnel/compare.py",
    "funnel/demo/script.py",
    "funnel/oracle.py",
    "funnel/report_table.py",
    "funnel/stack/health.py",
    "funnel/stack_table.py",
    "streams/alert_events.py",
    "streams/beat.py",
    "streams/canonical.py",
    "streams/client_id.py",
    "streams/decode.py",
    "streams/drops/alarm.py",
    "streams/drops/cause.py",
    "streams/drops/cohort.py",
    "streams/drops/detect.py",
    "streams/drops/expected.py",
    "streams/drops/lower_tail.py",
    "streams/drops/pace.py",
    "streams/drops/reason.py",
    "streams/drops/sentence.py",
    "streams/drops/settings.py",
    "streams/drops/standouts.py",
    "streams/drops/usual.py",
    "streams/events.py",
    "streams/instants.py",
    "streams/lines.py",
    "streams/memory.py",
    "streams/partition.py",
    "streams/person.py",
    "streams/reports.py",
    "streams/row.py",
    "streams/source.py",
    "streams/source_names.py",
    "streams/topics.py",
    "streams/transport/delivery.py",
    "streams/webinar.py",
    "streams/webinar_row.py",
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
    ("connectors/body.py", "urllib.parse.parse_qsl"),
    ("connectors/body.py", "urllib.parse.unquote_plus"),
    ("funnel/oracle.py", "urllib.parse.unquote_to_bytes"),
    ("streams/source_names.py", "urllib.parse.unquote"),
    ("grafana/preview/variables.py", "urllib.parse.quote"),
    ("streams/partition.py", "kafka.partitioner.default.murmur2"),
    ("streams/person.py", "sys.intern"),
    ("streams/source_names.py", "urllib.parse.unquote"),
}
"""What of these modules is a pure function."""

CONTRACT = {
    "streams.events",
    "streams.topics",
    "streams.decode",
    "streams.instants",
    "streams.partition",
    "streams.reports",
    "streams.source_names",
    "streams.heartbeat",
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
    own = {one.split(".")[0] for one in imported(ROOT / "funnel/oracle.py")}
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
