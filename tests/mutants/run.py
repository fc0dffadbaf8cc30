"""Tries mutants on copies of the project: the checkout itself is never changed."""

import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from queue import SimpleQueue
from typing import NamedTuple

from tests.mutants.entries import Mutant, StaleError, missing_tests, mutated

ROOT = Path(__file__).resolve().parents[2]
AT_ONCE = 2
PATIENCE = 300
"""Seconds after which the tests of one mutant are ended."""
_FAILED = re.compile(r"^\d+ failed\b", re.MULTILINE)


class Result(NamedTuple):
    """What became of a mutant: `died`, or why it did not."""

    mutant: Mutant
    died: bool
    said: str


class Copy:
    """A copy of the project, and the process that runs its tests."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in _known_files():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
        self._forks = subprocess.Popen(
            [sys.executable, ROOT / "tests/mutants/forks.py"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def close(self) -> None:
        """Ends the process."""
        self._forks.communicate()

    def run(self, tests: Sequence[str], seconds: int) -> tuple[int, str]:
        """Pytest's exit status, negative if the tests had to be ended, and what it said."""
        assert self._forks.stdin is not None
        assert self._forks.stdout is not None
        output = self.folder.with_suffix(".out")
        asked = {"folder": str(self.folder), "tests": list(tests), "seconds": seconds, "output": str(output)}
        print(json.dumps(asked), file=self._forks.stdin, flush=True)
        return int(self._forks.stdout.readline()), output.read_text()

    @contextmanager
    def changed(self, mutant: Mutant) -> Iterator[None]:
        """The mutant is in the copy while the context lasts. Raises StaleError and OSError."""
        path = self.folder / mutant.file
        before = path.read_text()
        _write(path, mutated(mutant, before))
        try:
            yield
        finally:
            _write(path, before)


def tried(mutants: Sequence[Mutant]) -> Iterator[Result]:
    """Tries each mutant; the results come in their order. Raises StaleError if the tests fail without a mutant."""
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder, ExitStack() as stack:
        copies: SimpleQueue[Copy] = SimpleQueue()
        for number in range(AT_ONCE):
            copy = Copy(Path(folder) / str(number))
            stack.callback(copy.close)
            copies.put(copy)
        pool = stack.enter_context(ThreadPoolExecutor(AT_ONCE))
        if said := pool.submit(_green, mutants, copies).result():
            raise StaleError(said)
        yield from pool.map(lambda mutant: _tried(mutant, copies), mutants)


def _known_files() -> Iterator[str]:
    """What git knows and what it would add, as it stands in the working tree."""
    known = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(known, cwd=ROOT, capture_output=True, check=True).stdout.decode()
    return (name for name in listed.split("\0") if name and (ROOT / name).is_file())


def _green(mutants: Sequence[Mutant], copies: "SimpleQueue[Copy]") -> str:
    """Why the tests of all mutants do not pass without them, or an empty text."""
    if missing := missing_tests(mutants, ROOT):
        return "\n".join(missing)
    copy = copies.get()
    status, output = copy.run(sorted({test for one in mutants for test in one.tests}), 4 * PATIENCE)
    copies.put(copy)
    return "" if status == 0 else f"The tests fail without a mutant:\n{output[-4000:]}"


def _tried(mutant: Mutant, copies: "SimpleQueue[Copy]") -> Result:
    copy = copies.get()
    try:
        with copy.changed(mutant):
            status, output = copy.run(mutant.tests, PATIENCE)
    except (StaleError, OSError) as error:
        return Result(mutant, False, f"stale: {error}")
    finally:
        copies.put(copy)
    if status < 0:
        return Result(mutant, False, f"no end within {PATIENCE} s")
    if status == 0:
        return Result(mutant, False, "survived")
    if status == 1 and _FAILED.search(output):
        return Result(mutant, True, "died")
    # Code that cannot even be imported, or a schema that cannot be made, is seen by any test.
    return Result(mutant, False, f"is not valid, no test failed by itself:\n{output[-2000:]}")


def _write(path: Path, text: str) -> None:
    """Python takes a compiled file for good if second and size are those of the source: it has to go."""
    path.write_text(text)
    for compiled in path.parent.glob(f"__pycache__/{path.stem}.*"):
        compiled.unlink()
