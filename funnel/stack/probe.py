"""Checks of a child, run in a separate thread, so that the caller never waits for an answer."""

import threading
from collections.abc import Callable
from typing import NamedTuple

UNHEARD = 5.0
"""Seconds without an answer to a check after which the child counts as silent."""


class Answer(NamedTuple):
    """A child's answer to one check."""

    alive: bool
    """Whether it answered at all."""
    trouble: str = ""
    """Why it is not ready, in one line; empty: it is."""


class Probe:
    """Checks repeatedly. For one thread; `now`: monotonic seconds."""

    def __init__(self, ask: Callable[[], Answer]) -> None:
        """`ask` may take long, but has to end."""
        self._ask = ask
        self._said: Answer | None = None
        self._thread: threading.Thread | None = None
        self._asked = self._alive_at = 0.0
        self._unasked = True
        self.answer: Answer | None = None
        """The newest answer; None: none yet."""

    def look(self, now: float, every: float) -> None:
        """Stores an answer that has arrived, and starts the next check if the last one is `every` seconds old."""
        if self._unasked:
            self._alive_at = now
        if self._thread is not None and not self._thread.is_alive():
            self._thread = None
            self.answer = self._said
            if self.answer is not None and self.answer.alive:
                self._alive_at = now
        if self._thread is None and (self._unasked or now - self._asked >= every):
            self._asked, self._unasked = now, False
            self._thread = threading.Thread(target=self._run, name="probe", daemon=True)
            self._thread.start()

    def silent(self, now: float) -> float:
        """For how many seconds it has not answered; 0 while an answer is not overdue."""
        alive = self.answer is not None and self.answer.alive
        late = self._thread is not None and now - self._asked > UNHEARD
        return 0.0 if alive and not late else now - self._alive_at

    def _run(self) -> None:
        self._said = None
        self._said = self._ask()
