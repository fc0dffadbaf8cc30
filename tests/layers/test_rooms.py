"""docs/design.md 5: which room may know which other. Read from the sources."""

from tests.layers.sources import ROOT, imported, modules_of_ours, python_files, room

SERVICE = {"contract", "connectors", "connectors/toolkit"}
"""What a service's folder in connectors/ may know, and every other one there that is not named below."""

MAY_KNOW: dict[str, set[str]] = {
    "contract": set(),
    "process": set(),
    "clickhouse": {"contract", "process"},
    "streams/fold": {"contract"},
    # The worker, one room in three folders.
    "streams": {"contract", "process", "clickhouse", "streams/fold", "streams/jobs", "streams/transport"},
    # Webinars are judged by a job, with what alerts know of judging.
    "streams/jobs": {"contract", "process", "clickhouse", "streams", "streams/fold", "alerts/detection"},
    "streams/transport": {"contract", "process", "streams"},
    "connectors": {"contract"},
    "connectors/toolkit": {"contract", "connectors"},
    # Occurrences are named for Zoom alone.
    "connectors/pipeline": {*SERVICE, "process", "connectors/forms", "connectors/zoom"},
    "connectors/webhooks": {*SERVICE, "process", "connectors/pipeline"},
    "connectors/samples": {*SERVICE, "connectors/simulator"},
    "alerts/detection": {"contract"},
    "alerts": {
        *("contract", "process", "clickhouse", "streams", "connectors", "connectors/toolkit", "connectors/pipeline"),
        "alerts/detection",
    },
    "grafana": {"contract", "process", "clickhouse", "streams"},
    "funnel": {"funnel/cli"},
}
"""Room -> the others that its files may import. Those of funnel/ know every room below them."""

FUNNEL = (
    *("funnel/report", "funnel/business", "funnel/stack", "funnel/rebuild", "funnel/dead_letters", "funnel/backup"),
    *("funnel/erasure", "funnel/doctor", "funnel/cli", "funnel/demo"),
)
"""From the ground up: each may know what stands before it."""


def may_know(where: str, other: str) -> bool:
    if where in FUNNEL:
        return not other.startswith("funnel") or other in FUNNEL[: FUNNEL.index(where)]
    return other in MAY_KNOW.get(where, SERVICE)


def test_every_room_is_known() -> None:
    named = {*MAY_KNOW, *FUNNEL}
    assert {one for one in map(room, python_files()) if not one.startswith("connectors/")} <= named
    assert {one for one in named if not (ROOT / one).is_dir()} == set()


def test_a_room_knows_only_rooms_below_it() -> None:
    assert [
        f"{path} imports {other}"
        for path in python_files()
        for other in sorted(modules_of_ours(path))
        if room(other) != room(path) and not may_know(room(path), room(other))
    ] == []


def test_the_root_of_connectors_holds_only_what_they_agree_upon() -> None:
    assert len(list((ROOT / "connectors").glob("*.py"))) <= 8


def test_the_oracle_shares_nothing_with_what_it_is_held_against() -> None:
    oracle = {path for path in python_files() if path.startswith("funnel/report/oracle")}
    assert len(oracle) == 4
    for path in oracle:
        assert modules_of_ours(path) <= oracle
        assert not {one.split(".")[0] for one in imported(path)} & {"orjson", "pydantic"}


def test_only_the_client_module_makes_clickhouse_clients() -> None:
    texts = {path: (ROOT / path).read_text() for path in python_files()}
    makers = {path for path, text in texts.items() if "get_client" in text or "get_async_client" in text}
    assert makers == {"clickhouse/client.py"}
