"""funnel logs: the lines of all processes in the order of time, and what is added, also after a rotation."""

import json
import os
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest

from funnel.stack.errors import StackError
from funnel.stack.folder import StackFolder
from funnel.stack.last_words import words
from funnel.stack.logs import Following, last_lines, logs_of
from process.logs import parsed
from tests.funnel.stack.waiting import eventually
from tests.servers.commands import funnel


def ours(second: int, message: str) -> str:
    said = {"time": f"2026-11-30T12:00:{second:02}.000Z", "level": "info", "process": "x", "message": message}
    return json.dumps(said) + "\n"


@pytest.fixture
def folder(tmp_path: Path) -> StackFolder:
    found = StackFolder(tmp_path)
    found.logs.mkdir()
    found.log("worker-1").write_text("ready: 4 partitions\n" + ours(1, "one") + ours(3, "three") + "Traceback\n")
    found.log("kafka").write_text("[2026-11-30 12:00:02,500] INFO two\n")
    found.log("kafka").with_suffix(".log.1").write_text("[2026-11-30 11:00:00,000] INFO earlier\n")
    return found


def texts(folder: StackFolder, count: int, process: str | None = None) -> list[tuple[str, str]]:
    found = last_lines(logs_of(folder, process), count)
    return [(line.process, (parsed(line.text) or {"message": line.text.decode()[-5:]})["message"]) for line in found]


def test_the_last_lines_of_all_come_in_the_order_of_time(folder: StackFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    of_worker = [("worker-1", "three"), ("worker-1", "eback")]
    assert texts(folder, 4) == [("worker-1", "one"), ("kafka", "O two"), *of_worker]
    assert texts(folder, 2, "kafka") == [("kafka", "rlier"), ("kafka", "O two")]
    assert texts(folder, 0) == []
    assert len(texts(folder, 100)) == 6


def test_a_long_log_is_read_from_its_end(folder: StackFolder) -> None:
    folder.log("long").write_text("".join(f"line {number:07}\n" for number in range(200_000)))
    found = last_lines(logs_of(folder, "long"), 3)
    assert [line.text for line in found] == [b"line 0199997", b"line 0199998", b"line 0199999"]


def test_what_is_not_there_is_told_with_what_is(folder: StackFolder, tmp_path: Path) -> None:
    with pytest.raises(StackError, match=r"no log of worker-9; there are those of kafka, worker-1"):
        logs_of(folder, "worker-9")
    with pytest.raises(StackError, match="funnel up"):
        logs_of(StackFolder(tmp_path / "nothing"), None)


def test_what_is_added_is_shown_whole_lines_only_and_after_a_rotation(folder: StackFolder) -> None:
    following = Following(logs_of(folder, "worker-1"))

    def added() -> list[bytes]:
        return [line.text for line in following.lines()]

    assert added() == []
    with folder.log("worker-1").open("a") as log:
        log.write("whole\nha")
        log.flush()
        assert added() == [b"whole"]
        log.write("lf\n")
        log.flush()
        assert added() == [b"half"]
    folder.log("worker-1").write_text("")
    assert added() == []
    folder.log("worker-1").write_text("anew\n")
    assert added() == [b"anew"]


def test_the_command_shows_and_follows(folder: StackFolder, tmp_path: Path) -> None:
    environment = {**os.environ, "FUNNEL_DATA_DIR": str(folder.root)}
    shown = funnel("logs", "worker-1", "--lines", "2", folder=tmp_path, environment=environment)
    assert shown.stdout.splitlines() == [ours(3, "three").rstrip(), "Traceback"]
    wrong = funnel("logs", "nobody", folder=tmp_path, environment=environment)
    assert (wrong.returncode, wrong.stderr.count("\n")) == (1, 1)

    out = tmp_path / "out"
    with out.open("wb") as file:
        command = [sys.executable, "-m", "funnel", "logs", "-f", "-n", "1", "worker-1"]
        # Whoever runs the tests in the background of a shell has it ignored, and children would inherit that.
        heed = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
        process = subprocess.Popen(command, stdout=file, env=environment, preexec_fn=heed)  # noqa: PLW1509
    try:
        eventually(lambda: "Traceback" in out.read_text())
        with folder.log("worker-1").open("a") as log:
            log.write("later\n")
        eventually(lambda: "later" in out.read_text())
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0
    finally:
        process.kill()


def test_the_last_words_of_a_process_are_a_message_not_its_json() -> None:
    lines = [ours(1, "assigned 4 partitions").encode(), ours(2, "the topic cannot be read").encode()]
    assert words(lines, 1) == "INFO: the topic cannot be read (ended with exit status 1)"
    assert words([*lines, b"fatal: no partition"], 1) == "no partition (ended with exit status 1)"
