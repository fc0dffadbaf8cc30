"""What the sources of the application say of themselves: rooms, imports, calls."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDERS = ("contract", "process", "clickhouse", "streams", "connectors", "alerts", "grafana", "funnel")
"""The application, from the ground floor up."""
DIVIDED = ("streams", "connectors", "alerts", "funnel")
"""The folders in which each folder is a room of its own."""


@cache
def python_files() -> tuple[str, ...]:
    """Every module of the application, as a path from the root."""
    found = (path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py") if "node_modules" not in path.parts)
    return tuple(sorted(str(path.relative_to(ROOT)) for path in found))


def room(path: str) -> str:
    """The room of a file: its folder at the top, or the one below that in those that are divided."""
    parts = path.split("/")[:-1]
    return "/".join(parts[:2]) if parts[0] in DIVIDED else parts[0]


def parsed(path: str) -> ast.Module:
    """Not kept: the garbage collector would go through the trees of all files again and again."""
    return ast.parse((ROOT / path).read_text())


@cache
def imported(path: str) -> frozenset[str]:
    """The full names of everything that the file imports, wherever in it."""
    return frozenset(_imported(path))


def _imported(path: str) -> Iterator[str]:
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def modules_of_ours(path: str) -> set[str]:
    """The files of the application that the file imports."""
    return {found for name in imported(path) if name.split(".")[0] in FOLDERS and (found := _file(name))}


@cache
def _file(name: str) -> str:
    """A package alone is no file: what is taken out of it is."""
    path = name.replace(".", "/") + ".py"
    return path if (ROOT / path).is_file() else ""
