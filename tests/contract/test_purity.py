"""docs/design.md 5, rules of the house: pure modules import no I/O and read no clock; connectors know only the
contract; the oracle shares nothing with what it is held against. Read from the sources."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

PURE = [
    *(
        f"streams/{name}.py"
        for name in (
            "topics",
            "client_id",
            "lines",
            "instants",
            "events",
            "decode",
            "canonical",
            "source",
            "partition",
            "webinar",
            "webinar_row",
            "person",
            "row",
            "memory",
            "reports",
            "transport/delivery",
        )
    ),
    *(f"connectors/{name}.py" for name in ("content_id", "identity", "mapped", "poll", "webhook")),
    *(f"connectors/zoom_report/{name}.py" for name in ("cells", "layout", "mapping", "people", "table")),
    *(
        f"connectors/simulator/{name}.py"
        for name in ("attending", "broken", "day", "registering", "scenario", "webinars", "zoom_csv")
    ),
    "connectors/samples/make.py",
    *(f"grafana/preview/{name}.py" for name in ("expand", "frames", "macros", "variables", "wide")),
    *(f"funnel/{name}.py" for name in ("oracle", "report_table", "stack_table", "demo/script")),
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
    ("grafana/preview/variables.py", "urllib.parse.quote"),
    ("streams/partition.py", "kafka.partitioner.default.murmur2"),
    ("streams/person.py", "sys.intern"),
}
"""What of these modules is a pure function."""

CONTRACT = {
    "streams.events",
    "streams.topics",
    "streams.decode",
    "streams.instants",
    "streams.partition",
    "streams.reports",
}
"""What connectors may know of streams."""


def imported(path: Path) -> Iterator[str]:
    """The full names of all modules that the file imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def called(path: Path) -> Iterator[str]:
    """The last names of all that the file calls, or hands on without calling it."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Attribute) and node.attr in CLOCKS:
            yield node.attr
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield node.func.id


def in_short(path: Path) -> str:
    return str(path.relative_to(ROOT))


def of_streams(path: Path) -> set[str]:
    """The modules of streams that the file imports."""
    return {name for name in imported(path) if name.startswith("streams.") and is_module(name)}


def is_module(name: str) -> bool:
    place = ROOT / name.replace(".", "/")
    return place.with_suffix(".py").exists() or place.is_dir()


def test_the_list_of_pure_modules_is_right() -> None:
    assert all((ROOT / name).is_file() for name in PURE)


@pytest.mark.parametrize("name", PURE)
def test_a_pure_module_imports_no_io(name: str) -> None:
    found = {one for one in imported(ROOT / name) if one.split(".")[0] in IO}
    allowed = {of for by, of in ALLOWED if by == name}
    assert not {one for one in found if not any(of == one or of.startswith(f"{one}.") for of in allowed)}


@pytest.mark.parametrize("name", PURE)
def test_a_pure_module_reads_no_clock_and_no_file(name: str) -> None:
    assert not (CLOCKS | CALLS).intersection(called(ROOT / name))


@pytest.mark.parametrize("name", PURE)
def test_a_pure_module_builds_on_pure_ones(name: str) -> None:
    pure = {one.removesuffix(".py").replace("/", ".") for one in PURE}
    assert of_streams(ROOT / name) <= pure


def test_no_module_is_pure_by_its_own_word_only() -> None:
    said = {
        str(path.relative_to(ROOT))
        for folder in ("streams", "connectors", "funnel")
        for path in (ROOT / folder).rglob("*.py")
        if "Pure" in (ast.get_docstring(ast.parse(path.read_text())) or "")
    }
    assert said <= set(PURE)


@pytest.mark.parametrize("path", sorted((ROOT / "connectors").rglob("*.py")), ids=in_short)
def test_connectors_know_of_streams_only_the_contract(path: Path) -> None:
    assert of_streams(path) <= CONTRACT
    assert not {one for one in imported(path) if one.split(".")[0] in ("clickhouse", "funnel", "grafana", "faust")}


def test_the_oracle_shares_nothing_with_what_it_is_held_against() -> None:
    own = {one.split(".")[0] for one in imported(ROOT / "funnel/oracle.py")}
    assert not own & {"streams", "connectors", "clickhouse", "grafana", "orjson", "pydantic"}


@pytest.mark.parametrize("path", sorted((ROOT / "streams").rglob("*.py")), ids=in_short)
def test_streams_know_neither_connectors_nor_the_command_line(path: Path) -> None:
    assert not {one for one in imported(path) if one.split(".")[0] in ("connectors", "funnel", "grafana")}


def test_only_the_client_module_makes_clickhouse_clients() -> None:
    makers = {
        str(path.relative_to(ROOT))
        for folder in ("streams", "connectors", "clickhouse", "grafana", "funnel")
        for path in (ROOT / folder).rglob("*.py")
        if "get_client" in path.read_text() or "get_async_client" in path.read_text()
    }
    assert makers == {"clickhouse/client.py"}
