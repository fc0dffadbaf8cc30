"""`python -m funnel.stack.supervisor FOLDER`: the background process that starts, watches and stops the children.

It reads the plan from standard input and writes its state and logs into the folder (stack.json, logs/). SIGTERM stops
everything.
"""

import logging
import math
import os
import signal
import sys
import threading
import time
from contextlib import suppress
from functools import partial
from pathlib import Path

from funnel.stack.brake import Brake, from_the_end
from funnel.stack.child import Child, Plan
from funnel.stack.errors import StackError
from funnel.stack.folder import StackFolder
from funnel.stack.log import Log
from funnel.stack.metrics import Metrics
from funnel.stack.private import environment_of
from funnel.stack.runner import Runner
from funnel.stack.state import StackState, State, write_state
from funnel.stack.strays import MARK, end_strays
from process.heartbeat import Heartbeat
from process.logs import log_to_stderr

_TICK_SECONDS = 0.1
_LONGEST_TICK = 1.0
"""The most that one tick counts: a supervisor suspended itself, as on a sleeping machine, has not waited meanwhile."""
_log = logging.getLogger("supervisor")


class Supervisor:
    """Runs the children of one plan. `run` returns once `stop` is set and all have ended."""

    def __init__(self, plan: Plan, folder: StackFolder) -> None:
        environment = {**os.environ, MARK: str(folder.root)}
        self._folder = folder
        folder.heartbeats.mkdir(mode=0o700, exist_ok=True)
        self._heart = Heartbeat(folder.heartbeat("supervisor"))
        self._log = Log(folder.log("supervisor"))
        self._runners = {
            child.name: Runner(
                child, folder.log(child.name), folder.heartbeat(child.name), environment_of(child, environment)
            )
            for child in plan.children
        }
        self._written: StackState | None = None
        self._logged: dict[str, State] = {}
        self._unwritable = ""
        self._metrics = Metrics(folder, self._heart)
        self._metrics_port = plan.metrics_port
        self._brake = Brake(folder, plan.disk_reserve_mb, list(self._runners.values()))
        self.stop = threading.Event()

    def run(self) -> None:
        """Keeps the children running until `stop` is set, then stops them in reverse order."""
        with suppress(OSError):
            self._log.begin()
        if self._metrics_port:
            self._metrics.serve(self._metrics_port)
        now = before = time.monotonic()
        while not self.stop.is_set():
            self._heart.beat()
            self._log.bound()
            now += min(time.monotonic() - before, _LONGEST_TICK)
            before = time.monotonic()
            held = self._brake.hold(now)
            for runner in self._runners.values():
                if runner not in held:
                    runner.tick(now, partial(self._unmet, runner.child))
                if not runner.runs and runner.status.state is not State.DONE:
                    self._undo_tasks_on(runner)
                self._write_state()
            self.stop.wait(_TICK_SECONDS)
        for ending in from_the_end(list(self._runners.values())):
            for runner in ending:
                runner.terminate()
            for runner in ending:
                self._heart.beat(f"stopping {runner.child.name}", within=math.inf)
                runner.finish()
                self._write_state()

    def _unmet(self, child: Child) -> list[str]:
        """The children that are not ready and that it needs, directly or through a task."""
        unmet: dict[str, str] = {}
        for name in child.needs:
            needed = self._runners[name]
            for deeper in self._unmet(needed.child):
                unmet[deeper] = ""
            if needed.status.state not in (State.READY, State.DONE):
                unmet[f"{name} ({needed.status.state})"] = ""
        return list(unmet)

    def _undo_tasks_on(self, ended: Runner) -> None:
        """Makes tasks on an ended server run again: their results are in its folder, which may then be another one."""
        for runner in self._runners.values():
            if runner.child.ready == "exit" and ended.child.name in runner.child.needs:
                runner.run_again()

    def _write_state(self) -> None:
        state = StackState(supervisor=os.getpid(), children=[one.status for one in self._runners.values()])
        self._metrics.children = state.children
        if state == self._written:
            return
        self._log_changes(state)
        try:
            write_state(self._folder.state, state)
        except OSError as error:
            # A full disk must not end the supervisor: the children may continue, and this is retried.
            self._log_unwritable(error.strerror or str(error))
            return
        self._log_unwritable("")
        self._written = state.model_copy(deep=True)

    def _log_changes(self, state: StackState) -> None:
        """Logs a line for each child whose state has changed."""
        for now in state.children:
            if self._logged.get(now.name, now.state) is not now.state:
                _log.info("%s: %s -> %s %s", now.name, self._logged[now.name], now.state, now.trouble)
            self._logged[now.name] = now.state

    def _log_unwritable(self, reason: str) -> None:
        """Logs once why the state cannot be written; empty: it can."""
        self._heart.tell("stack.json", f"it cannot be written ({reason})" if reason else "")
        if reason and reason != self._unwritable:
            _log.warning("the state cannot be written to %s: %s", self._folder.state, reason)
        self._unwritable = reason


def main() -> None:
    """Detaches from the terminal and supervises the folder until SIGTERM. Exits at once if there is a supervisor."""
    folder = StackFolder(Path(sys.argv[1]))
    plan = Plan.model_validate_json(sys.stdin.buffer.read())
    if os.fork():
        os._exit(0)
    os.setsid()
    log_to_stderr("supervisor")
    try:
        _supervise(plan, folder)
    except StackError as error:
        sys.exit(str(error))


def _supervise(plan: Plan, folder: StackFolder) -> None:
    with folder.supervised(os.getpid()) as mine:
        if not mine:
            _log.info("another supervisor is running")
            return
        supervisor = Supervisor(plan, folder)
        signal.signal(signal.SIGTERM, lambda *_: supervisor.stop.set())
        if ended := end_strays(folder.root):
            _log.warning("ended %d processes that had outlived their supervisor", ended)
        supervisor.run()


if __name__ == "__main__":
    main()
