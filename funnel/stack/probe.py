"""Questions to a child, asked in a thread of their own: whoever looks at the answers never waits for one."""

import threading
from collections.abc import Callable
from typing import NamedTuple

UNHEARD = 5.0
"""Seconds of a question without an answer after which the child counts as silent."""


class Answer(NamedTuple):
    """What a child said to one question."""

    alive: bool
    """It answered at all."""
    trouble: str = ""
    """Why it cannot be relied on, in one line; empty: it can."""


class Probe:
    """Asks again and again. For one thread; `now` is seconds of a clock that never steps."""

    def __init__(self, ask: Callable[[], Answer]) -> None:
        """`ask` may take its time, but not for ever."""
        self._ask = ask
        self._said: Answer | None = None
        self._thread: threading.Thread | None = None
        self._asked = self._alive_at = 0.0
        self._unasked = True
        self.answer: Answer | None = None
        """The newest one; None: none yet."""

    def look(self, now: float, every: float) -> None:
        """Takes note of an answer that has come, and asks anew if the last question is so old."""
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
        """For how many seconds it has not answered; 0 while an answer is only due."""
        alive = self.answer is not None and self.answer.alive
        late = self._thread is not None and now - self._asked > UNHEARD
        return 0.0 if alive and not late else now - self._alive_at

    def _run(self) -> None:
        self._said = None
        self._said = self._ask()
