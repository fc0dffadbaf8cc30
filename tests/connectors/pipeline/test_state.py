"""The state of connectors: owner-only, durable, shared by processes, of this release."""

import os
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors.pipeline.state import State, StateError

ROOT = Path(__file__).parents[3]

COUNTING = """
import sys
from pathlib import Path
from connectors.pipeline.state import State

with State(Path(sys.argv[1])) as state:
    cursors = state.cursors("demo")
    for _ in range(int(sys.argv[2])):
        with state.transaction():
            cursors.put("count", str(int(cursors.get("count") or 0) + 1))
"""


@pytest.fixture(autouse=True)
def permissive_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def test_its_files_are_the_owners_only(tmp_path: Path) -> None:
    with State(tmp_path) as state:
        state.cursors("zoom").put("since", "7")
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in state.path.parent.iterdir()}
    assert modes == {"state.sqlite": 0o600, "state.sqlite-wal": 0o600, "state.sqlite-shm": 0o600}
    assert stat.S_IMODE(state.path.parent.stat().st_mode) == 0o700


def test_a_commit_waits_for_the_disk(tmp_path: Path) -> None:
    with State(tmp_path) as state:
        assert state.rows("PRAGMA journal_mode") == [("wal",)]
        assert state.rows("PRAGMA synchronous") == [(2,)]


def test_cursors_outlive_the_process_and_are_each_connectors_own(tmp_path: Path) -> None:
    with State(tmp_path) as state:
        assert state.cursors("zoom").get("since") is None
        state.cursors("zoom").put("since", "7")
        state.cursors("zoom").put("since", "8")
        state.cursors("bigmarker").put("since", "1")
    with State(tmp_path) as state:
        assert state.cursors("zoom").get("since") == "8"
        assert state.cursors("bigmarker").get("since") == "1"


def test_processes_share_it_and_lose_no_write(tmp_path: Path) -> None:
    command = [sys.executable, "-c", COUNTING, str(tmp_path), "100"]
    processes = [subprocess.Popen(command, cwd=ROOT) for _ in range(2)]
    assert [process.wait(timeout=60) for process in processes] == [0, 0]
    with State(tmp_path) as state:
        assert state.cursors("demo").get("count") == "200"


def test_opening_it_twice_in_a_process_leaves_the_first_its_locks(tmp_path: Path) -> None:
    with State(tmp_path) as state:
        state.cursors("demo").put("count", "0")
        State(tmp_path).close()
        # Believing itself alone, this process would take the log away with its last connection.
        subprocess.run([sys.executable, "-c", COUNTING, str(tmp_path), "1"], cwd=ROOT, check=True)
        state.cursors("demo").put("last", "1")
        with State(tmp_path) as other:
            assert (other.cursors("demo").get("count"), other.cursors("demo").get("last")) == ("1", "1")


def put_and_fail(state: State) -> None:
    state.cursors("zoom").put("since", "7")
    state.change("DELETE FROM no_such_table")


def test_a_transaction_that_fails_leaves_nothing(tmp_path: Path) -> None:
    with State(tmp_path) as state:
        with pytest.raises(sqlite3.Error, match="no such table"), state.transaction():
            put_and_fail(state)
        assert state.cursors("zoom").get("since") is None


def test_a_state_of_a_later_release_is_left_alone(tmp_path: Path) -> None:
    with State(tmp_path) as state:
        path = state.path
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version = 99")
    with pytest.raises(StateError, match=r"later release: schema 99, known \d+") as error:
        State(tmp_path)
    assert "\n" not in str(error.value)


def test_what_is_no_state_is_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "connectors").mkdir()
    (tmp_path / "connectors" / "state.sqlite").write_bytes(b"something else" * 100)
    with pytest.raises(StateError, match="not a database") as error:
        State(tmp_path)
    assert "\n" not in str(error.value)
