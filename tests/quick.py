"""Which tests start no server and no process, and are soon done: those of `make quick`.

A module of tests may start one if it, or a module of tests that it imports, imports what servers and processes are
started with. A fixture may if its module may. Whatever passes for quick is held to it in every run (`Guard`).
"""

import re
import sys
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[1]
_STARTERS = re.compile(
    r"^\s*(?:import|from) "
    r"(?:subprocess|multiprocessing|socket|socketserver|http\.server|uvicorn|funnel\.demo|funnel\.stack)\b",
    re.MULTILINE,
)
_OF_TESTS = re.compile(r"^\s*from (tests[\w.]*) import (\([^)]*\)|[^\n]*)", re.MULTILINE)
_STARTS = {"subprocess.Popen", "os.fork", "os.forkpty", "os.posix_spawn", "socket.bind"}


def is_quick(item: pytest.Item) -> bool:
    """Whether the test starts nothing, nor does one of its fixtures, and is not marked as one that takes long."""
    if any(item.get_closest_marker(name) for name in ("slow", "soak", "faults")):
        return False
    fixtures = [one for found in item._fixtureinfo.name2fixturedefs.values() for one in found]  # type: ignore[attr-defined]
    files = {Path(one.func.__code__.co_filename) for one in fixtures if hasattr(one.func, "__code__")}
    return not any(may_start(path) for path in (item.path, *files) if path.is_relative_to(_ROOT / "tests"))


@cache
def may_start(path: Path) -> bool:
    """Whether a module of tests may start a server or a process."""
    return any(_STARTERS.search(_text(used)) for used in _with_what_it_imports(path, set()))


def _with_what_it_imports(path: Path, known: set[Path]) -> set[Path]:
    if path not in known and path.is_file():
        known.add(path)
        for module, names in _OF_TESTS.findall(_text(path)):
            folder = _ROOT.joinpath(*module.split("."))
            used = [folder.with_suffix(".py"), *(folder / f"{name}.py" for name in re.findall(r"\w+", names))]
            for one in used:
                _with_what_it_imports(one, known)
    return known


@cache
def _text(path: Path) -> str:
    return path.read_text()


class Guard:
    """Lets a test that passes for quick start nothing: it would fail where nobody looked why it is slow."""

    def __init__(self) -> None:
        self.on = False
        # Faust's croniter runs file(1) when it is imported: not in whichever test comes first.
        import_module("croniter")
        sys.addaudithook(self._look)

    def _look(self, event: str, _: object) -> None:
        if self.on and event in _STARTS:
            self.on = False
            pytest.fail(f"{event}: this test passes for one that starts no server and no process (tests/quick.py)")
