"""What a process prints stays on the disk in two bounded files, and its last words are kept."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from funnel.stack import log as module
from funnel.stack.log import Log
from tests.funnel.stack.waiting import eventually


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Log:
    monkeypatch.setattr(module, "LIMIT", 1_000)
    return Log(tmp_path / "worker.log")


def say(log: Log, text: str) -> None:
    """As another process does that was given the file."""
    with log.path.open("a") as file:
        file.write(text)


def test_a_long_log_is_put_aside_for_its_owner_only_and_goes_on_from_empty(log: Log) -> None:
    log.begin()
    say(log, "ready\n" + "a" * 2_000 + "\nERROR: the disk\n")
    log.bound()
    assert (log.path.read_text(), len(log.aside.read_bytes())) == ("", 1_000)
    assert [path.stat().st_mode & 0o777 for path in (log.path, log.aside)] == [0o600, 0o600]
    assert log.says_ready()
    assert log.last_lines()[-1] == b"ERROR: the disk"
    say(log, "bye\n")
    assert log.last_lines()[-2:] == [b"ERROR: the disk", b"bye"]
    assert log.path.read_text() == "bye\n"


def test_what_an_earlier_run_has_said_is_not_of_this_one(log: Log) -> None:
    say(log, "ready\nERROR: long ago\n")
    log.begin()
    assert (log.says_ready(), log.last_lines()) == (False, [])
    say(log, "starts\n" + "b" * 1_000 + "\n")
    log.bound()
    log.bound()
    assert b"ERROR: long ago" not in log.last_lines()
    assert log.last_lines()[-1].endswith(b"b")
    log.begin()
    assert log.last_lines() == []


def test_a_process_that_goes_on_printing_appends_to_the_emptied_file(log: Log) -> None:
    flood = "import itertools\nfor n in itertools.count(): print(n, flush=True)"
    process = subprocess.Popen([sys.executable, "-c", flood], stdout=log.begin())

    def put_aside() -> bool:
        log.bound()
        return log.aside.exists()

    try:
        eventually(put_aside)
        eventually(lambda: log.path.stat().st_size > 100)
    finally:
        process.kill()
        process.wait()
    # The first may have been cut through.
    numbers = [int(line) for line in log.path.read_text().splitlines()[1:-1]]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    log.bound()
    assert log.path.stat().st_size <= 1_000


def test_a_log_that_was_deleted_meanwhile_is_still_kept_short_and_read(log: Log) -> None:
    file = log.begin()
    log.path.unlink()
    os.write(file.fileno(), b"c" * 2_000 + b"\nfatal: no room\n")
    log.bound()
    assert os.fstat(file.fileno()).st_size == 0
    assert log.last_lines()[-1] == b"fatal: no room"


def test_where_nothing_can_be_put_aside_nothing_is_lost(log: Log) -> None:
    log.begin()
    say(log, "d" * 1_500 + "\nERROR: full\n")
    log.aside.mkdir()
    log.bound()
    assert log.last_lines()[-1] == b"ERROR: full"
    log.aside.rmdir()
    log.bound()
    assert not log.aside.exists(), "not tried again before it has grown"
    say(log, "more\n")
    log.bound()
    assert (log.path.stat().st_size, log.last_lines()[-1]) == (0, b"more")
