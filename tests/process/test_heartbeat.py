import math
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from process.beat import Beat, illness
from process.heartbeat import Heartbeat, main, read_beat
from tests.funnel.stack.waiting import eventually


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "heartbeat"


def test_it_is_written_again_and_again_with_what_fails(path: Path) -> None:
    heart = Heartbeat(path, every=0.01)
    assert not path.exists()
    heart.beat("evaluating", within=60)
    eventually(lambda: read_beat(path) is not None)
    first = read_beat(path)
    assert first is not None
    assert (first.pid, first.doing, first.within, first.failing) == (os.getpid(), "evaluating", 60, {})

    heart.fails("settle", "Code: 457.\n  It cannot\tbe")
    eventually(lambda: (read_beat(path) or first).failing == {"settle": "Code: 457. It cannot be"})
    heart.works("settle")
    heart.works("never failed")
    eventually(lambda: (read_beat(path) or first).failing == {})
    later = read_beat(path)
    assert later is not None
    assert later.at > first.at
    assert later.progress == first.progress
    heart.close()


def test_however_much_fails_its_file_keeps_its_size(path: Path) -> None:
    heart = Heartbeat(path, every=0.01)
    for number in range(50):
        heart.fails(f"job-{number}", "é" * 5_000)
    heart.beat()
    eventually(lambda: read_beat(path) is not None)
    assert path.stat().st_size == 4096
    assert len((read_beat(path) or beat()).failing) > 2
    heart.close()


def test_a_pause_is_no_lack_of_progress_and_ends_when_it_is_to_stop(path: Path) -> None:
    heart, stop = Heartbeat(path, every=0.01), threading.Event()
    heart.beat()
    pausing = threading.Thread(target=heart.pause, args=(600.0, stop))
    pausing.start()
    eventually(lambda: read_beat(path) is not None)
    first = read_beat(path)
    assert first is not None
    eventually(lambda: (read_beat(path) or first).progress > first.progress)
    stop.set()
    pausing.join(20)
    assert not pausing.is_alive()
    heart.pause(0.02, threading.Event())
    heart.close()


def test_a_step_that_may_take_for_ever_leaves_a_sign_of_life_too(path: Path) -> None:
    """A supervisor that stops its children says so."""
    heart = Heartbeat(path, every=0.01)
    heart.beat("stopping kafka", within=math.inf)
    eventually(lambda: path.exists() and path.stat().st_size > 0)
    heart.close()
    left = read_beat(path)
    assert left is not None
    assert illness(left, left.at + 5) == ""


def test_without_a_file_it_writes_nothing() -> None:
    heart = Heartbeat(None)
    heart.beat()
    heart.fails("job", "why")
    assert heart.failing == {"job": "why"}
    heart.close()


def beat(**said: object) -> Beat:
    return Beat.model_validate({"pid": 1, "at": 100.0, "progress": 99.0} | said)


@pytest.mark.parametrize(
    ("left", "now", "told"),
    [
        (None, 100.0, "no sign of life yet"),
        (beat(), 101.0, ""),
        (beat(), 112.0, "hung: no sign of progress for 12 s"),
        (beat(doing="evaluating"), 112.0, "hung: no sign of progress for 12 s (while evaluating)"),
        (beat(progress=70.0), 100.0, "hung: no sign of progress for 30 s"),
        (beat(progress=81.0, within=300.0), 100.0, ""),
        (beat(progress=79.0, within=math.inf), 100.0, "failing: no sign of progress for 21 s"),
        (beat(failing={"clickhouse": "away", "settle": "457"}), 100.0, "failing: clickhouse: away; settle: 457"),
        (
            beat(progress=75.0, within=300.0, doing="applying", failing={"apply": "away"}),
            100.0,
            "failing: apply: away; no sign of progress for 25 s (while applying)",
        ),
    ],
)
def test_what_is_wrong_with_a_process(left: Beat | None, now: float, told: str) -> None:
    assert illness(left, now) == told


@pytest.mark.parametrize(
    ("left", "restarts"),
    [
        (None, False),
        (beat(failing={"clickhouse": "away"}), False),
        (beat(), True),
    ],
)
def test_only_what_is_hung_is_to_be_restarted(
    path: Path, left: Beat | None, restarts: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = time.monotonic()
    if left is not None:
        at = now - 60 if restarts else now
        path.write_text(left.model_copy(update={"at": at, "progress": at}).model_dump_json())
    monkeypatch.setenv("FUNNEL_HEARTBEAT", str(path))
    monkeypatch.setattr(sys, "argv", ["heartbeat", "--hung"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert bool(ended.value.code) == restarts


def test_a_container_asks_for_it(path: Path) -> None:
    environment = os.environ | {"FUNNEL_HEARTBEAT": str(path)}

    def check(module: str = "process.heartbeat") -> tuple[int, str]:
        ran = subprocess.run(
            [sys.executable, "-m", module], env=environment, capture_output=True, text=True, check=False
        )
        return ran.returncode, ran.stderr.strip()

    assert check() == (1, "no sign of life yet")
    # Installations that were set up before it moved ask by this name.
    assert check("streams.heartbeat") == (1, "no sign of life yet")
    heart = Heartbeat(path)
    heart.beat()
    eventually(lambda: read_beat(path) is not None)
    heart.close()
    assert check() == (0, "")
    path.write_text(beat(at=time.monotonic() - 11, progress=time.monotonic() - 11).model_dump_json())
    status, told = check()
    assert status == 1
    assert told.startswith("hung: no sign of progress for 1")
