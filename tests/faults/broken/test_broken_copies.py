"""The tests can fail: each runs in a copy of the project in which one thing is deliberately wrong, and fails there.

The same tests pass in the copy before the change, so that it is the change that they see.
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.faults.installed.installation import SLOWNESS
from tests.layers.sources import FOLDERS

pytestmark = pytest.mark.faults

ROOT = Path(__file__).parents[3]
_NEEDED = (*FOLDERS, "tests", "business", "pyproject.toml")
_SECONDS = 480.0 * SLOWNESS
"""Longer than the patience of what runs: test_storm waits four minutes for workers that get nowhere."""


class Wrong(NamedTuple):
    """What is done to a file, and the tests that have to see it."""

    path: str
    change: tuple[tuple[str, str], ...]
    """Regular expressions and what replaces them; each is there exactly once."""
    tests: tuple[str, ...]
    sees: str
    """A regular expression: what every failure says."""
    environment: tuple[tuple[str, str], ...] = ()


_SINK = (
    (r"        folded\.held\.let_go\(\)\n", ""),
    (r"(        await asyncio\.gather\(self\._store\.insert\(folded\.log\))", r"        folded.held.let_go()\n\1"),
)
_SERVER = ((r"(sql, kept = _utf8\(insert\.from_file[^\n]*\n +)await running\.call\([^\n]*\)", r"\1kept.close()"),)
_FOLD = ((r"if united and start <= united\[-1\]\[1\]:", "if False:"),)

WRONG = {
    "the sink commits before it inserts": Wrong(
        "streams/batch.py",
        _SINK,
        ("tests/streams/test_batch.py::test_when_the_store_is_gone_nothing_counts_as_done",),
        r"assert not .*done",
    ),
    "the server answers 200 and stores nothing": Wrong(
        "clickhouse/embedded/server.py",
        _SERVER,
        ("tests/clickhouse/embedded/test_server.py::test_rows_come_back_in_every_format_as_they_were_sent",),
        r"assert b'.*' == b'",
    ),
    "the fold sums overlapping stays": Wrong(
        "streams/fold/row.py",
        _FOLD,
        (
            "tests/streams/fold/test_row.py::test_the_union_holds_every_moment_once",
            "tests/streams/fold/test_row.py::test_the_union_knows_no_order_and_is_its_own_union",
        ),
        r"assert \[.*\] == \[|assert False",
    ),
}
WHOLE = {
    "the sink commits before it inserts": Wrong(
        "streams/batch.py",
        _SINK,
        ("tests/faults/test_outages.py::test_a_worker_without_clickhouse_waits_then_ends_and_the_next_one_catches_up",),
        r"AssertionError|persons",
    ),
    "the server answers 200 and stores nothing": Wrong(
        "clickhouse/embedded/server.py",
        _SERVER,
        ("tests/faults/test_storm.py::test_no_event_is_lost_and_no_number_wrong_whoever_is_killed",),
        r"the workers are at work|mismatches|AssertionError",
        (("STORM_EVENTS", "5000"),),
    ),
    "the fold sums overlapping stays": Wrong(
        "streams/fold/row.py",
        _FOLD,
        ("tests/faults/test_storm.py::test_no_event_is_lost_and_no_number_wrong_whoever_is_killed",),
        r"assert result\.lines\(\) == \[\]",
        (("STORM_EVENTS", "5000"),),
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_test_of_its_part_sees_that(tmp_path: Path, name: str) -> None:
    _passes_then_fails(tmp_path, WRONG[name])


@pytest.mark.long
@pytest.mark.parametrize("name", WHOLE)
def test_a_test_of_the_whole_sees_that(tmp_path: Path, name: str) -> None:
    _passes_then_fails(tmp_path, WHOLE[name])


def _passes_then_fails(folder: Path, wrong: Wrong) -> None:
    for needed in _NEEDED:
        whole = ROOT / needed
        if whole.is_dir():
            shutil.copytree(whole, folder / needed, ignore=shutil.ignore_patterns("__pycache__", "node_modules"))
        else:
            shutil.copy(whole, folder / needed)
    status, said = _run(folder, wrong)
    assert status == 0, f"unchanged it has to pass: {said[-3000:]}"
    changed = folder / wrong.path
    text = changed.read_text()
    for pattern, replacement in wrong.change:
        text, count = re.subn(pattern, replacement, text)
        assert count == 1, f"{wrong.path} has no such place any more, or several: {pattern}"
    changed.write_text(text)
    status, said = _run(folder, wrong)
    assert status == 1, f"changed it has to fail: {said[-3000:]}"
    assert re.search(wrong.sees, said), f"it failed, but not for this: {said[-3000:]}"


def _run(folder: Path, wrong: Wrong) -> tuple[int, str]:
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *wrong.tests]
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(Path.home()), **dict(wrong.environment)}
    run = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, timeout=_SECONDS, env=environment
    )
    return run.returncode, run.stdout + run.stderr
