"""Results that several viewers share: the same query within a few seconds runs once.

ClickHouse's own query cache does this for Grafana (clickhouse/server/users.d); the embedded engine has none.
"""

import re
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Generic, TypeVar

SECONDS = 5.0
"""How long a result is reused; the same as the server's query_cache_ttl."""
_BY_THE_CLOCK = re.compile(r"\b(now|now64|today|yesterday|rand\w*)\s*\(", re.IGNORECASE)

A = TypeVar("A")


class Shared(Generic[A]):
    """Calls `ask`, or reuses its result for the same statement. For several threads."""

    def __init__(self, ask: Callable[[str], A], clock: Callable[[], float] = time.monotonic) -> None:
        self._ask = ask
        self._clock = clock
        self._lock = threading.Lock()
        self._answers: dict[str, tuple[float, Future[A]]] = {}

    def ask(self, statement: str) -> A:
        """The result; always new for a statement that reads the clock. Passes on errors of `ask`, and stores none."""
        if _BY_THE_CLOCK.search(statement):
            return self._ask(statement)
        with self._lock:
            now = self._clock()
            self._answers = {text: one for text, one in self._answers.items() if one[0] > now}
            mine = statement not in self._answers
            _, answer = self._answers.setdefault(statement, (now + SECONDS, Future()))
        if mine:
            try:
                answer.set_result(self._ask(statement))
            except BaseException as error:
                answer.set_exception(error)
                with self._lock:
                    self._answers.pop(statement, None)
        return answer.result()
