"""Tries mutants on copies of the project: the checkout itself is never changed."""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
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


def tried(mutants: Sequence[Mutant]) -> Iterator[Result]:
    """Tries each mutant; the results come in their order. Raises StaleError if the tests fail without a mutant."""
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        copies: SimpleQueue[Path] = SimpleQueue()
        for number in range(AT_ONCE):
            copies.put(_copy(Path(folder) / str(number)))
        with ThreadPoolExecutor(AT_ONCE) as pool:
            green = pool.submit(_green, mutants, _copy(Path(folder) / "unchanged"))
            yield from pool.map(lambda mutant: _tried(mutant, copies), mutants)
            if said := green.result():
                raise StaleError(said)


def _copy(to: Path) -> Path:
    """Copies what git knows and what it would add, as it stands in the working tree."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    for name in listed.stdout.decode().split("\0"):
        if name and (ROOT / name).is_file():
            (to / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, to / name)
    return to


def _green(mutants: Sequence[Mutant], copy: Path) -> str:
    """Why the tests of all mutants do not pass without them, or an empty text."""
    if missing := missing_tests(mutants, copy):
        return "\n".join(missing)
    status, output = _pytest(sorted({test for one in mutants for test in one.tests}), copy, PATIENCE * 4)
    return "" if status == 0 else f"The tests fail without a mutant:\n{output[-4000:]}"


def _tried(mutant: Mutant, copies: "SimpleQueue[Path]") -> Result:
    copy = copies.get()
    try:
        with _changed(mutant, copy):
            status, output = _pytest(mutant.tests, copy, PATIENCE)
    except (StaleError, OSError) as error:
        return Result(mutant, False, f"could not be applied: {error}")
    except subprocess.TimeoutExpired:
        return Result(mutant, False, f"no end within {PATIENCE} s")
    finally:
        copies.put(copy)
    if status == 0:
        return Result(mutant, False, "survived")
    if status == 1 and _FAILED.search(output):
        return Result(mutant, True, "died")
    # Code that cannot even be imported, or a schema that cannot be made, is seen by any test.
    return Result(mutant, False, f"is not valid, no test failed by itself:\n{output[-2000:]}")


@contextmanager
def _changed(mutant: Mutant, copy: Path) -> Iterator[None]:
    path = copy / mutant.file
    before = path.read_text()
    _write(path, mutated(mutant, before))
    try:
        yield
    finally:
        _write(path, before)


def _write(path: Path, text: str) -> None:
    """Python takes a compiled file for good if second and size are those of the source: it has to go."""
    path.write_text(text)
    for compiled in path.parent.glob(f"__pycache__/{path.stem}.*"):
        compiled.unlink()


def _pytest(tests: Sequence[str], copy: Path, patience: float) -> tuple[int, str]:
    process = subprocess.Popen(
        [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "--tb=short", *tests],
        cwd=copy,
        env={**os.environ, "PYTHONPATH": str(copy)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        output, _ = process.communicate(timeout=patience)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)  # with the servers that the tests have started
        process.communicate()
        raise
    return process.returncode, output
