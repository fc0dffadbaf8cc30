"""Keeps one child running."""

import os
import re
import signal
import subprocess
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import psutil

from funnel.stack.child import Child
from funnel.stack.ready import is_ready
from funnel.stack.state import ChildStatus, State

FIRST_PAUSE = 0.5
LONGEST_PAUSE = 30.0
_STEADY_SECONDS = 30
"""One that was ready for so long has not failed in a row."""
_ASK_AGAIN_SECONDS = 5
_LOG_LIMIT = 20_000_000
_TELLING = re.compile(rb"error|exception|fatal|cannot|could not|failed|refused", re.IGNORECASE)


class Runner:
    """Starts the child, asks whether it is ready, starts it again with growing pauses when it ends.

    `tick` is called again and again with a monotonic time; nothing here waits, save for the answer of a child.
    """

    def __init__(self, child: Child, log: Path, environment: Mapping[str, str]) -> None:
        self.child = child
        self.status = ChildStatus(name=child.name, since=datetime.now(UTC), port=child.port, log=log)
        self._environment = environment
        self._process: subprocess.Popen[bytes] | None = None
        self._log_start = 0
        self._started = 0.0
        self._asked = 0.0
        self._ready_since: float | None = None
        self._resume = 0.0
        self._end_by: float | None = None

    @property
    def runs(self) -> bool:
        """Whether there is a process."""
        return self._process is not None

    @property
    def ends(self) -> bool:
        """Whether it was held and has not ended yet."""
        return self._end_by is not None

    def tick(self, now: float, needs_met: Callable[[], bool]) -> None:
        """One look at the child."""
        match self.status.state:
            case State.WAITING | State.BACKING_OFF:
                if now >= self._resume and needs_met():
                    self._start(now)
            case State.STARTING | State.READY:
                self._watch(now)
            case State.DONE | State.STOPPED:
                pass

    def hold(self, now: float, reason: str) -> None:
        """In place of `tick` while the child must not run: ends it without waiting, and says why in its status."""
        if self._process is not None:
            if self._end_by is None:
                self._end_by = now + self.child.stop_seconds
                self._process.terminate()
            elif now > self._end_by:
                os.killpg(self._process.pid, signal.SIGKILL)
            if self._process.poll() is None:
                return
            self._process = None
        self._end_by = None
        self.status.error = reason
        if self.status.state is not State.STOPPED:
            self._enter(State.STOPPED)

    def release(self) -> None:
        """What was held may start again."""
        if self.status.state is State.STOPPED:
            self._ready_since, self._resume = None, 0.0
            self.status.error = ""
            self._enter(State.WAITING)

    def run_again(self) -> None:
        """A task that has ended well is done anew once what it needs is there."""
        if self.status.state is State.DONE:
            self._enter(State.WAITING)

    def terminate(self) -> None:
        """Asks the child to end (SIGTERM), without waiting."""
        if self._process is not None:
            self._process.terminate()

    def finish(self) -> None:
        """Waits for a terminated child to end, at most its `stop_seconds`, then kills it and what it has started."""
        if self._process is not None:
            try:
                self._process.wait(self.child.stop_seconds)
            except subprocess.TimeoutExpired:
                os.killpg(self._process.pid, signal.SIGKILL)
                self._process.wait()
        self._process = None
        self._enter(State.STOPPED)

    def _start(self, now: float) -> None:
        self._started = self._asked = now
        self._ready_since = None
        try:
            with _log_file(self.status.log).open("ab") as log:
                self._log_start = log.tell()
                self._process = subprocess.Popen(
                    self.child.command,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    env=self._environment,
                    start_new_session=True,
                )
        except OSError as error:
            self._fail(now, f"it cannot be started: {error}")
            return
        self.status.pid = self._process.pid
        # Not reaped yet, so the process is there even if it has ended already.
        self.status.created = psutil.Process(self._process.pid).create_time()
        self._enter(State.STARTING)

    def _watch(self, now: float) -> None:
        assert self._process is not None
        code = self._process.poll()
        if code == 0 and self.child.ready == "exit":
            self._process = None
            self._enter(State.DONE)
        elif code is not None:
            self._process = None
            self._fail(now, self._last_words(code))
        elif self.status.state is State.STARTING:
            if is_ready(self.child, self.status.log, self._log_start):
                if self._ready_since is not None:
                    self.status.error = ""
                self._ready_since = self._ready_since or now
                self._enter(State.READY)
            elif now > self._started + self.child.start_seconds and self._ready_since is None:
                os.killpg(self._process.pid, signal.SIGKILL)
                self._process.wait()
                self._process = None
                self._fail(now, f"it was not ready within {self.child.start_seconds:.0f} s")
        elif now > self._asked + _ASK_AGAIN_SECONDS:
            self._asked = now
            if not is_ready(self.child, self.status.log, self._log_start):
                self._enter(State.STARTING)
                self.status.error = "it runs, but does not answer"

    def _fail(self, now: float, reason: str) -> None:
        if self._ready_since is not None and now - self._ready_since > _STEADY_SECONDS:
            self.status.failures = 0
        pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2**self.status.failures)
        self._resume = now + pause
        self.status.restarts += 1
        self.status.failures += 1
        self.status.error = reason
        self._enter(State.BACKING_OFF)

    def _enter(self, state: State) -> None:
        self.status.state = state
        self.status.since = datetime.now(UTC)
        if self._process is None:
            self.status.pid = self.status.created = None

    def _last_words(self, code: int) -> str:
        """The last line of this run's log that tells of an error, else the last line, else how it ended."""
        lines = []
        # Whoever made room may have deleted the log.
        with suppress(OSError), self.status.log.open("rb") as log:
            log.seek(max(self._log_start, self.status.log.stat().st_size - 20_000))
            lines = [line.strip() for line in log if line.strip() and not line.startswith(b"\tat ")]
        telling = [line for line in lines if _TELLING.search(line)] or lines
        ended = f"ended by {signal.Signals(-code).name}" if code < 0 else f"ended with exit status {code}"
        if code < 0 or not telling:
            return ended
        return f"{telling[-1].decode(errors='replace')[:500]} ({ended})"


def _log_file(path: Path) -> Path:
    """The log to write on; a long one is put aside first, in place of the one put aside before."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and path.stat().st_size > _LOG_LIMIT:
        path.replace(path.with_suffix(".log.1"))
    return path
