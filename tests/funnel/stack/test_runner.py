import os
import signal
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psutil
import pytest

from funnel.stack import log as module
from funnel.stack import ready
from funnel.stack.child import Child
from funnel.stack.ports import free_port
from funnel.stack.runner import FIRST_PAUSE, LONGEST_PAUSE, Runner
from funnel.stack.state import State
from funnel.stack.table import problems
from process import beat
from process.beat import Beat
from process.errors import FORMER_END, HELD
from process.heartbeat import read_beat
from tests.funnel.stack.children import BEATS, DEAF, SLEEPER, python, server
from tests.funnel.stack.waiting import eventually, has_ended


class Run:
    """A runner with a clock of its own."""

    def __init__(self, child: Child, folder: Path) -> None:
        self.heartbeat = folder / "heartbeat"
        self.runner = Runner(child, folder / "child.log", self.heartbeat, os.environ)
        self.now = 1000.0
        self.unmet: list[str] = []

    def tick(self) -> State:
        self.runner.tick(self.now, lambda: self.unmet)
        return self.runner.status.state

    @property
    def trouble(self) -> str:
        return self.runner.status.trouble

    def until(self, state: State) -> None:
        eventually(lambda: self.later(0.02).tick() is state)

    def later(self, seconds: float) -> "Run":
        self.now += seconds
        return self

    def again(self) -> "Run":
        """After a look some time later."""
        self.later(0.02).tick()
        return self

    def hear(self) -> None:
        """Until a sign of life was heard."""
        eventually(lambda: (read_beat(self.heartbeat) or Beat(pid=0, at=0, progress=0)).pid == self.pid)
        self.later(0.6).tick()

    @property
    def pid(self) -> int:
        assert self.runner.status.pid is not None
        return self.runner.status.pid

    def stop(self) -> int:
        """SIGSTOP; what was on its way by then is heard. The pid."""
        os.kill(self.pid, signal.SIGSTOP)
        eventually(lambda: psutil.Process(self.pid).status() == psutil.STATUS_STOPPED)
        self.later(0.6).tick()
        return self.pid


@pytest.fixture
def start(tmp_path: Path) -> Iterator[list[Run]]:
    runs: list[Run] = []
    yield runs
    for run in runs:
        run.runner.terminate()
        run.runner.finish()


def begin(runs: list[Run], child: Child, folder: Path) -> Run:
    runs.append(Run(child, folder))
    return runs[-1]


def test_pauses_double_up_to_a_limit_and_no_child_is_given_up(start: list[Run], tmp_path: Path) -> None:
    run = begin(start, python("ill", "import sys; sys.exit(1)"), tmp_path)
    pauses = []
    for _ in range(9):
        run.until(State.BACKING_OFF)
        failed = run.now
        run.now = failed + 0.01
        while run.tick() is State.BACKING_OFF:
            run.now += 0.25
        pauses.append(run.now - failed)
    expected = [min(LONGEST_PAUSE, FIRST_PAUSE * 2**n) for n in range(9)]
    assert pauses == pytest.approx(expected, abs=0.3)
    assert run.runner.status.restarts == 9


def test_one_that_was_steady_starts_again_without_a_long_pause(start: list[Run], tmp_path: Path) -> None:
    run = begin(start, python("worker", SLEEPER), tmp_path)
    for _ in range(3):
        run.until(State.READY)
        run.now += 3600
        pid = run.runner.status.pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        run.until(State.BACKING_OFF)
        run.now += FIRST_PAUSE
        run.until(State.STARTING)
    assert run.runner.status.restarts == 3
    assert run.runner.status.failures == 1


def test_one_that_is_started_again_is_told_why_and_one_that_is_started_as_wanted_is_not(
    start: list[Run], tmp_path: Path
) -> None:
    said = f"import os, time; print('ready: it follows', repr(os.environ['{FORMER_END}']), flush=True); time.sleep(600)"
    run = begin(start, python("worker", said), tmp_path)
    run.until(State.READY)
    os.kill(run.pid, signal.SIGKILL)
    run.until(State.BACKING_OFF)
    run.until(State.READY)
    assert (tmp_path / "child.log").read_text().splitlines()[-1] == "ready: it follows 'ended by SIGKILL'"

    def rests() -> bool:
        run.runner.hold(run.now, "a rest")
        return run.runner.status.state is State.STOPPED

    eventually(rests)
    run.runner.release()
    run.until(State.READY)
    assert (tmp_path / "child.log").read_text().splitlines()[-1] == "ready: it follows ''"


def test_one_that_is_not_ready_in_time_is_killed_and_started_again(start: list[Run], tmp_path: Path) -> None:
    run = begin(start, python("slow", "import time; time.sleep(600)"), tmp_path)
    run.until(State.STARTING)
    pid = run.runner.status.pid
    assert pid is not None
    run.now += 121
    run.until(State.BACKING_OFF)
    assert has_ended(pid)
    assert run.runner.status.error == "it was not ready within 120 s"


def test_one_that_answers_badly_is_failing_and_is_not_killed(start: list[Run], tmp_path: Path) -> None:
    run = begin(start, server("store", free_port(), tmp_path / "www"), tmp_path)
    run.until(State.READY)
    (tmp_path / "www" / "ping").rename(tmp_path / "gone")
    run.now += 6
    run.until(State.FAILING)
    assert "File not found" in run.trouble
    for _ in range(100):
        run.now += 3
        run.until(State.FAILING)
        eventually(lambda: "File not found" in run.again().trouble)
    (tmp_path / "gone").rename(tmp_path / "www" / "ping")
    run.now += 6
    run.until(State.READY)
    assert (run.trouble, run.runner.status.restarts) == ("", 0)


def test_one_that_never_was_well_is_not_killed_for_one_missed_answer(
    start: list[Run], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ready, "ANSWER_SECONDS", 0.2)
    run = begin(start, server("webhooks", free_port(), tmp_path / "www"), tmp_path)
    (tmp_path / "www" / "ping").unlink()
    run.tick()
    run.now += 25
    run.until(State.FAILING)
    run.stop()
    run.now += 121
    eventually(lambda: run.later(0.3).tick() is State.BACKING_OFF)
    assert run.runner.status.error.startswith("hung: no answer for ")


def test_a_server_that_stands_still_is_told_then_killed_and_started_again(
    start: list[Run], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ready, "ANSWER_SECONDS", 0.2)
    run = begin(start, server("store", free_port(), tmp_path / "www"), tmp_path)
    run.until(State.READY)
    stopped = run.stop()
    run.now += 3
    run.until(State.FAILING)
    assert run.trouble.startswith("no answer for ")
    run.now += 8
    assert run.tick() is State.HUNG
    assert run.trouble.startswith("no answer for 1")
    run.now += 11
    assert run.tick() is State.HUNG
    run.until(State.BACKING_OFF)
    assert has_ended(stopped)
    assert run.runner.status.error.startswith("hung: no answer for 2")
    run.now += 1
    run.until(State.READY)
    assert [one.reason for one in run.runner.status.restarted] == [run.runner.status.error]


def test_a_process_without_a_sign_of_progress_is_told_then_killed_and_started_again(
    start: list[Run], tmp_path: Path
) -> None:
    run = begin(start, python("worker", BEATS, heartbeat=True), tmp_path)
    run.until(State.READY)
    run.hear()
    stopped = run.stop()
    # Up to two seconds ago it was heard last: it writes once a second, and is not listened to at each look.
    run.now += 7
    assert run.tick() is State.READY
    run.now += 4
    assert run.tick() is State.HUNG
    assert run.trouble.startswith("no sign of progress for 1")
    run.now += 11
    run.tick()
    run.until(State.BACKING_OFF)
    assert has_ended(stopped)
    assert run.runner.status.error.startswith("hung: no sign of progress for 2")
    run.now += 1
    run.until(State.READY)
    run.hear()


def test_a_process_whose_loop_is_stuck_is_hung_though_it_lives(start: list[Run], tmp_path: Path) -> None:
    code = BEATS.replace("while True", "heart.beat('evaluating', within=0.2)\nwhile False")
    run = begin(start, python("alerts", code + "\ntime.sleep(600)", heartbeat=True), tmp_path)
    run.until(State.READY)
    eventually(lambda: run.again().tick() is State.HUNG)
    assert run.trouble.endswith("(while evaluating)")
    assert run.runner.status.restarts == 0


def test_a_step_that_may_take_long_is_told_before_it_counts_as_hung(
    start: list[Run], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(beat, "SLOW", 0.2)
    code = BEATS.replace("while True", "heart.beat('applying', within=300)\nwhile False")
    run = begin(start, python("business", code + "\ntime.sleep(600)", heartbeat=True), tmp_path)
    run.until(State.READY)
    eventually(lambda: run.again().tick() is State.FAILING)
    assert run.trouble.endswith("(while applying)")
    run.hear()
    assert (run.later(3).tick(), run.runner.status.restarts) == (State.FAILING, 0)


def test_what_a_process_says_to_fail_is_told_and_kills_nobody(start: list[Run], tmp_path: Path) -> None:
    code = BEATS.replace("while True:", "heart.fails('settle', 'Code: 457')\nwhile True:\n    heart.works(read())\n")
    (tmp_path / "works").write_text("nothing")
    run = begin(start, python("worker", code, str(tmp_path / "works"), heartbeat=True), tmp_path)
    eventually(lambda: run.again().trouble == "settle: Code: 457")
    assert run.tick() is State.FAILING
    (tmp_path / "works").write_text("settle")
    eventually(lambda: run.again().tick() is State.READY)
    assert run.runner.status.restarts == 0


def test_one_that_cannot_leave_a_sign_of_life_is_not_killed_for_it(start: list[Run], tmp_path: Path) -> None:
    run = begin(start, python("worker", SLEEPER, heartbeat=True), tmp_path)
    run.until(State.READY)
    run.now += 3600
    assert run.tick() is State.READY


def test_what_needs_a_server_that_is_away_says_so_and_is_not_started_before_it_is_back(
    start: list[Run], tmp_path: Path
) -> None:
    run = begin(start, python("worker", SLEEPER), tmp_path)
    run.until(State.READY)
    run.unmet = ["kafka (backing off)"]
    assert run.tick() is State.FAILING
    assert run.trouble == "waiting for kafka (backing off)"
    os.kill(run.pid, signal.SIGKILL)
    run.until(State.BACKING_OFF)
    run.now += 3600
    assert run.tick() is State.WAITING
    assert run.trouble == "waiting for kafka (backing off)"
    run.unmet = []
    run.until(State.READY)
    assert run.trouble == ""


def test_one_that_answers_that_it_is_well_is_not_failing_for_what_it_needed_at_its_start(
    start: list[Run], tmp_path: Path
) -> None:
    run = begin(start, server("webhooks", free_port(), tmp_path / "www"), tmp_path)
    run.unmet = ["topics (waiting)"]
    assert run.tick() is State.WAITING
    run.unmet = []
    run.until(State.READY)
    run.unmet = ["clickhouse (hung)"]
    assert (run.later(3).tick(), run.trouble) == (State.READY, "")


@pytest.mark.parametrize(
    ("code", "error"),
    [
        (
            "import sys; print('fine'); sys.exit('cannot open it')",
            "cannot open it (ended with exit status 1)",
        ),
        ("raise ValueError('a bad thing')", "ValueError: a bad thing (ended with exit status 1)"),
        ("print('ERROR: broken'); print('bye'); raise SystemExit(3)", "ERROR: broken (ended with exit status 3)"),
        ("print('bye'); raise SystemExit(3)", "bye (ended with exit status 3)"),
        ("raise SystemExit(3)", "ended with exit status 3"),
        ("import os; print('well', flush=True); os.kill(os.getpid(), 9)", "ended by SIGKILL"),
        (
            "print('fatal: ClickHouse is away'); print('We experienced a crash! Reraising original exception...');"
            "raise RuntimeError('what follows')",
            "ClickHouse is away (ended with exit status 1)",
        ),
        (
            "print('[2026] [CRITICAL] [^Worker]: Crashed: StoreGone(1)'); "
            "print('We experienced a crash! Reraising original exception...'); raise SystemExit(1)",
            "[2026] [CRITICAL] [^Worker]: Crashed: StoreGone(1) (ended with exit status 1)",
        ),
        (
            "raise ExceptionGroup('unhandled errors in a TaskGroup', [ValueError('a bad thing')])",
            "ValueError: a bad thing (ended with exit status 1)",
        ),
        (
            "print('java.io.UncheckedIOException: wrapped'); print('Caused by: java.io.IOException: No space left');"
            "raise SystemExit(1)",
            "java.io.IOException: No space left (ended with exit status 1)",
        ),
        ("", "ended with exit status 0"),
    ],
)
def test_the_error_is_the_most_telling_line_of_this_run(
    start: list[Run], tmp_path: Path, code: str, error: str
) -> None:
    (tmp_path / "child.log").write_text("ERROR: of an earlier run\n")
    run = begin(start, python("ill", code), tmp_path)
    run.until(State.BACKING_OFF)
    assert run.runner.status.error == error


def test_a_ready_line_of_an_earlier_run_does_not_count(start: list[Run], tmp_path: Path) -> None:
    (tmp_path / "child.log").write_text("ready\n")
    run = begin(start, python("slow", "import time; print('not ready', flush=True); time.sleep(600)"), tmp_path)
    eventually(lambda: run.tick() is State.STARTING and "not ready" in (tmp_path / "child.log").read_text())
    assert run.tick() is State.STARTING


def test_a_log_is_kept_short_while_its_process_runs_and_its_last_words_are_kept(
    start: list[Run], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LIMIT", 20_000)
    code = """
import os, sys, time
print('ready', flush=True)
os.write(1, b'ERROR: one of many\\n' * 10_000)
while not os.path.exists(sys.argv[1]):
    time.sleep(0.01)
print('fatal: no more', flush=True)
time.sleep(600)
"""
    go = tmp_path / "go"
    run = begin(start, python("loud", code, str(go)), tmp_path)
    log, aside = tmp_path / "child.log", tmp_path / "child.log.1"
    eventually(lambda: run.again().runner.runs and aside.exists() and log.stat().st_size == 0)
    assert (run.runner.status.state, aside.stat().st_size) == (State.READY, 20_000)
    go.touch()
    eventually(lambda: b"no more" in log.read_bytes())
    os.kill(run.pid, signal.SIGKILL)
    run.until(State.BACKING_OFF)
    assert run.runner.status.error == "no more (ended by SIGKILL)"


def test_one_that_is_held_ends_says_why_and_starts_again_when_released(start: list[Run], tmp_path: Path) -> None:
    run = begin(start, python("worker", SLEEPER), tmp_path)
    run.until(State.READY)

    def held() -> bool:
        run.runner.hold(run.now, "no room")
        return not run.runner.runs

    eventually(held)
    assert (run.runner.status.state, run.runner.status.trouble) == (State.STOPPED, "no room")
    run.runner.release()
    assert (run.tick(), run.runner.status.error) == (State.STARTING, "")
    run.until(State.READY)
    assert run.runner.status.restarts == 0


def test_one_that_is_held_and_does_not_end_is_killed(start: list[Run], tmp_path: Path) -> None:
    run = begin(start, python("deaf", DEAF), tmp_path)
    run.until(State.READY)
    run.runner.hold(run.now, "no room")
    assert run.runner.ends
    assert (run.runner.status.state, run.trouble) == (State.FAILING, "no room")
    run.now += 21

    def held() -> bool:
        run.runner.hold(run.now, "no room")
        return not run.runner.runs

    eventually(held)


def test_the_end_of_one_whose_log_was_deleted_is_told(start: list[Run], tmp_path: Path) -> None:
    run = begin(start, python("worker", SLEEPER), tmp_path)
    run.until(State.READY)
    (tmp_path / "child.log").unlink()
    pid = run.runner.status.pid
    assert pid is not None
    os.kill(pid, signal.SIGTERM)
    run.until(State.BACKING_OFF)
    assert run.runner.status.error == "ended by SIGTERM"


def test_one_that_needs_somebody_is_not_started_again_and_says_for_what(start: list[Run], tmp_path: Path) -> None:
    code = f"import sys; print('fatal: the fuse blew: do this', flush=True); sys.exit({HELD})"
    run = begin(start, python("worker", code), tmp_path)
    run.until(State.HELD)
    assert "the fuse blew: do this" in run.trouble
    assert run.later(10 * LONGEST_PAUSE).tick() is State.HELD
    assert run.runner.status.restarts == 0
    (said,) = problems([run.runner.status], "", datetime.now(UTC))
    assert said.startswith("worker is held: the fuse blew: do this")
    # A look at what is held for another reason, such as a full disk, starts nothing.
    run.runner.release()
    assert run.again().tick() is State.HELD
