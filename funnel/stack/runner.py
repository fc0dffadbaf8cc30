"""Keeps one child running."""

import os
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import psutil

from funnel.stack.child import Child
from funnel.stack.ear import Ear
from funnel.stack.health import Signs, judge
from funnel.stack.last_words import words
from funnel.stack.log import Log
from funnel.stack.ports import LOOPBACK
from funnel.stack.probe import Probe
from funnel.stack.ready import ask
from funnel.stack.state import ChildStatus, State
from process import meters
from process.errors import FORMER_END, HELD
from process.heartbeat import VARIABLE
from process.logs import NAMED

FIRST_PAUSE = 0.5
LONGEST_PAUSE = 30.0
_SETTLE_SECONDS = 20
"""A server that is still unhealthy this long after its start is failing, not starting."""
_STEADY_SECONDS = 30
"""After being ready this long, a failure does not count as one in a row."""
_ASK_SECONDS = {"kafka": 5.0, "http": 2.0}
"""Interval between two checks of a server; until it is ready it is checked more often."""
_ASK_SOON_SECONDS = 0.2
_KILLED_SECONDS = 5


class Runner:
    """Starts the child, checks it, and restarts it with growing pauses when it ends or hangs.

    Call `tick` regularly with monotonic seconds; nothing here waits for a child.
    """

    def __init__(self, child: Child, log: Path, heartbeat: Path, environment: Mapping[str, str]) -> None:
        """`heartbeat`: the file of its heartbeat, if it writes one."""
        self.child = child
        self.status = ChildStatus(name=child.name, since=datetime.now(UTC), port=child.port, log=log)
        self._environment = {**environment, NAMED: child.name}
        if child.heartbeat:
            # Any free port: the heartbeat names it (funnel/stack/metrics.py).
            self._environment = {**self._environment, VARIABLE: str(heartbeat), meters.VARIABLE: f"{LOOPBACK}:0"}
        self._process: subprocess.Popen[bytes] | None = None
        self._ear = Ear(heartbeat)
        self._probe: Probe | None = None
        self._log = Log(log)
        self._started = 0.0
        self._ready_since: float | None = None
        self._hung_since: float | None = None
        self._killed_for = ""
        self._former_end = ""
        """Why it ended, if the next start follows that."""
        self._resume = 0.0
        self._end_by: float | None = None

    @property
    def runs(self) -> bool:
        """Whether its process exists."""
        return self._process is not None

    @property
    def ends(self) -> bool:
        """Whether it is held but has not ended yet."""
        return self._end_by is not None

    def tick(self, now: float, unmet: Callable[[], Sequence[str]]) -> None:
        """Checks the child once. `unmet`: the children it needs that are not ready, such as "kafka (backing off)"."""
        match self.status.state:
            case State.WAITING | State.BACKING_OFF:
                if now < self._resume:
                    return
                if missing := unmet():
                    self._enter(State.WAITING, f"waiting for {', '.join(missing)}")
                else:
                    self._start(now)
            case State.DONE | State.STOPPED | State.HELD:
                pass
            case _:
                self._watch(now, unmet)

    def hold(self, now: float, reason: str) -> None:
        """Called instead of `tick` while the child must not run: stops it without waiting, and shows the reason."""
        if self._process is not None:
            if self._end_by is None:
                self._end_by = now + self.child.stop_seconds
                self.terminate()
            elif now > self._end_by:
                self._kill_group()
            if self._process.poll() is None:
                self._enter(State.FAILING, reason or self.status.trouble)
                return
            self._process = None
        self._end_by = None
        self._enter(State.STOPPED, reason)

    def release(self) -> None:
        """Allows a held child to start again."""
        if self.status.state is State.STOPPED:
            self._ready_since, self._resume = None, 0.0
            self._enter(State.WAITING)

    def run_again(self) -> None:
        """Makes a finished task run again once the children it needs are ready."""
        if self.status.state is State.DONE:
            self._enter(State.WAITING)

    def terminate(self) -> None:
        """Sends SIGTERM to the child, without waiting. A suspended child is resumed, so that it gets the signal."""
        if self._process is not None:
            self._process.terminate()
            self._process.send_signal(signal.SIGCONT)

    def finish(self) -> None:
        """Waits for a terminated child to end, at most its `stop_seconds`, then kills it and its own children."""
        if self._process is not None:
            try:
                self._process.wait(self.child.stop_seconds)
            except subprocess.TimeoutExpired:
                self._kill_group()
                with suppress(subprocess.TimeoutExpired):
                    self._process.wait(_KILLED_SECONDS)
        self._process = None
        self._enter(State.STOPPED)

    def _start(self, now: float) -> None:
        self._started = now
        self._ready_since = self._hung_since = None
        self._killed_for = ""
        self._probe = Probe(partial(ask, self.child)) if self.child.ready in _ASK_SECONDS else None
        try:
            self._process = subprocess.Popen(
                self.child.command,
                stdin=subprocess.DEVNULL,
                stdout=self._log.begin(),
                stderr=subprocess.STDOUT,
                env={**self._environment, FORMER_END: self._former_end},
                start_new_session=True,
            )
        except OSError as error:
            self._fail(now, f"it cannot be started: {error}")
            return
        self._former_end = ""
        self.status.pid = self._process.pid
        # Not reaped yet, so the process exists even if it has ended already.
        self.status.created = psutil.Process(self._process.pid).create_time()
        self._ear.expect(self._process.pid, now)
        self._enter(State.STARTING)

    def _watch(self, now: float, unmet: Callable[[], Sequence[str]]) -> None:
        assert self._process is not None
        self._log.bound()
        code = self._process.poll()
        if code == 0 and self.child.ready == "exit":
            self._process = None
            self._enter(State.DONE)
        elif code == HELD and not self._killed_for:
            self._process = None
            self._enter(State.HELD, words(self._log.last_lines(), code))
        elif code is not None:
            self._process = None
            self._fail(now, self._killed_for or words(self._log.last_lines(), code))
        elif not self._killed_for:
            if self._probe is not None:
                soon = self.status.state is not State.READY
                self._probe.look(now, _ASK_SOON_SECONDS if soon else _ASK_SECONDS[self.child.ready])
            late = now > self._started + self.child.start_seconds
            # A child that answered, even if unhealthy, is judged like any other once its start time is over.
            if (
                self._ready_since is not None
                or self._has_begun(now)
                or (late and self.status.state is not State.STARTING)
            ):
                self._look(now, unmet)
            elif late:
                self._kill(f"it was not ready within {self.child.start_seconds:.0f} s")

    def _has_begun(self, now: float) -> bool:
        if self._probe is not None:
            answer = self._probe.answer
            # While it creates its database, Grafana answers that it is unhealthy.
            return answer is not None and answer.alive and (not answer.trouble or now > self._started + _SETTLE_SECONDS)
        return self.child.ready == "line" and self._log.says_ready()

    def _look(self, now: float, unmet: Callable[[], Sequence[str]]) -> None:
        # A child with a check reports its own health: webhooks are accepted even without ClickHouse.
        state, trouble = judge(self._signs(now, () if self._probe is not None else unmet()))
        if state is State.READY:
            self._ready_since = self._ready_since or now
        self._enter(state, trouble)
        if state is not State.HUNG:
            self._hung_since = None
        elif self._hung_since is None:
            self._hung_since = now
        elif now - self._hung_since > self.child.hung_seconds:
            self._kill(f"hung: {trouble}; it was killed")

    def _signs(self, now: float, unmet: Sequence[str]) -> Signs:
        signs = Signs(unmet=unmet)
        if self._probe is not None:
            trouble = self._probe.answer.trouble if self._probe.answer is not None else ""
            signs = signs._replace(unanswered=self._probe.silent(now), trouble=trouble)
        if self.child.heartbeat:
            self._ear.listen(now)
            # A child that cannot write its heartbeat at all, as on a full disk, is not killed for that.
            silent = self._ear.silent(now) if self._ear.beat is not None else 0.0
            signs = signs._replace(silent=silent, beat=self._ear.beat)
        return signs

    def _kill(self, reason: str) -> None:
        # A later check sees its end: a process that the system does not release must not hold up the others.
        self._killed_for = reason
        self._kill_group()

    def _kill_group(self) -> None:
        assert self._process is not None
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)

    def _fail(self, now: float, reason: str) -> None:
        if self._ready_since is not None and now - self._ready_since > _STEADY_SECONDS:
            self.status.failures = 0
        pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2**self.status.failures)
        self._resume = now + pause
        self.status.failures += 1
        self._former_end = reason
        self.status.note_end(datetime.now(UTC), reason)
        self._enter(State.BACKING_OFF, reason)

    def _enter(self, state: State, trouble: str = "") -> None:
        if self.status.state is not state:
            self.status.state = state
            self.status.since = datetime.now(UTC)
        self.status.trouble = trouble
        if self._process is None:
            self.status.pid = self.status.created = None
