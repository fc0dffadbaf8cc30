"""docs/design.md 5: pure modules import no I/O, read no clock and no file.

Pure is what stands in a pure room, each service's mapping, and what says "Pure." of itself.
"""

import ast
import re
from collections.abc import Iterator
from functools import cache

from tests.layers.sources import imported, modules_of_ours, parsed, python_files

ROOMS = re.compile(r"contract/(?!__main__)|streams/fold/|alerts/detection/|connectors/toolkit/(?!io/)")
"""Where everything is pure, but for the command `python -m contract`, which writes files."""
MAPPING = re.compile(r"connectors/\w+/mapping\.py$")
"""Whichever service it is."""

IO = {
    "aiohttp",
    "aiokafka",
    "asyncio",
    "chdb",
    "clickhouse_connect",
    "faust",
    "http",
    "httpx",
    "kafka",
    "logging",
    "os",
    "pathlib",
    "requests",
    "secrets",
    "shutil",
    "socket",
    "sqlite3",
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

FUNCTIONS = {
    "kafka.partitioner.default.murmur2",
    "sys.intern",
    "urllib.parse.parse_qsl",
    "urllib.parse.quote",
    "urllib.parse.unquote",
    "urllib.parse.unquote_plus",
    "urllib.parse.unquote_to_bytes",
}
"""What of these modules is a pure function."""


def in_pure_room(path: str) -> bool:
    return ROOMS.match(path) is not None


def says_so(path: str) -> bool:
    return re.search(r"\bPure\.", ast.get_docstring(parsed(path)) or "") is not None


@cache
def pure() -> tuple[str, ...]:
    """Every pure module."""
    return tuple(path for path in python_files() if in_pure_room(path) or MAPPING.match(path) or says_so(path))


def called(path: str) -> Iterator[str]:
    """The last names of all that the file calls, or hands on without calling it."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Attribute) and node.attr in CLOCKS:
            yield node.attr
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield node.func.id


def test_pure_modules_import_no_io() -> None:
    assert len(pure()) > 150
    assert not {
        (path, one)
        for path in pure()
        for one in imported(path)
        if one.split(".")[0] in IO and not any(f"{name}.".startswith(f"{one}.") for name in FUNCTIONS)
    }


def test_pure_modules_read_no_clock_and_no_file() -> None:
    assert not {path: found for path in pure() if (found := (CLOCKS | CALLS).intersection(called(path)))}


def test_what_stands_in_a_pure_room_builds_on_pure_modules() -> None:
    known = set(pure())
    assert not {path: found for path in pure() if in_pure_room(path) and (found := modules_of_ours(path) - known)}
