"""Ends the process when it can neither continue nor stop, so that the supervisor starts a new one.

Consumers are known to stall for good after broker outages and rebalances (faust-streaming issues 166, 175, 523, 629,
640), and a crashed or stopping worker to hang (robinhood/faust 301, faust-streaming 324, 684). It is a thread, so that
it notices a blocked event loop too.
"""

import logging
import os
import threading
import time
from collections.abc import Callable, Hashable
from typing import NamedTuple

from process.heartbeat import heartbeat
from streams.fatal import exit_status, say_fatal

_TOLD_SECONDS = 20.0
"""The worker counts as failing after this long without progress."""

log = logging.getLogger(__name__)


class Condition(NamedTuple):
    """The input of the watchdog."""

    waiting: bool
    """Whether records wait to be handed out or finished, or may wait."""
    progress: Hashable
    """A value that changes when the worker makes progress."""
    stopping: bool
    """Whether the worker was asked to stop, or crashed."""


class Patience:
    """How long a condition has lasted. Pure: `now` comes with each call, in seconds of a clock that never steps."""

    def __init__(self, stall_seconds: float, stop_seconds: float) -> None:
        self._stall_seconds = stall_seconds
        self._stop_seconds = stop_seconds
        self._progress: Hashable = None
        self._waiting_since: float | None = None
        self._stopping_since: float | None = None

    def exhausted(self, condition: Condition, now: float) -> str | None:
        """Why the process has to end; None while it may continue."""
        if condition.stopping:
            if self._stopping_since is None:
                self._stopping_since = now
            if now - self._stopping_since >= self._stop_seconds:
                return f"still not stopped after {self._stop_seconds:g} s"
            return None
        if not condition.waiting:
            self._waiting_since = None
        elif self._waiting_since is None or condition.progress != self._progress:
            self._waiting_since = now
        self._progress = condition.progress
        if self.stalled(now) >= self._stall_seconds:
            return f"records wait, but there was no progress for {self._stall_seconds:g} s"
        return None

    def stalled(self, now: float) -> float:
        """How many seconds records have waited without progress."""
        return 0.0 if self._waiting_since is None else now - self._waiting_since


def watch(patience: Patience, condition: Callable[[], Condition], every: float = 0.5) -> None:
    """Starts the watchdog, which runs as long as the process."""

    def run() -> None:
        while (reason := patience.exhausted(condition(), time.monotonic())) is None:
            stalled = patience.stalled(time.monotonic())
            told = f"records wait, but there was no progress for {stalled:.0f} s" if stalled > _TOLD_SECONDS else ""
            heartbeat().tell("progress", told)
            time.sleep(every)
        log.critical("Ending the worker: %s", reason)
        say_fatal(reason)
        # logging.shutdown() could wait for a lock that a stuck thread holds.
        os._exit(exit_status())

    threading.Thread(target=run, name="watchdog", daemon=True).start()
