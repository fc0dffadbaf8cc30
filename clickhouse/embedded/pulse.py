"""Whether the engine answers: `SELECT 1` in a thread of its own, one at a time, however many ask."""

import asyncio
import time
from concurrent.futures import Future, ThreadPoolExecutor

from clickhouse.embedded.engine import Engine
from clickhouse.embedded.errors import EngineError

ANSWER_SECONDS = 2.0
"""Less than whoever asks waits for us."""


class Pulse:
    """Asked by `/ping`. For one event loop."""

    def __init__(self, engine: Engine, answer_seconds: float = ANSWER_SECONDS) -> None:
        self._engine = engine
        self._answer_seconds = answer_seconds
        self._thread = ThreadPoolExecutor(1, "pulse")
        self._asked: Future[None] | None = None
        self._since = 0.0

    async def feel(self) -> tuple[int, str]:
        """The status of the answer, and its text: 504 if the engine is silent, 503 if it has only an error to say."""
        if self._asked is None or self._asked.done():
            self._asked, self._since = self._thread.submit(self._ask), time.monotonic()
        try:
            async with asyncio.timeout(self._answer_seconds):
                await asyncio.shield(asyncio.wrap_future(self._asked))
        except TimeoutError:
            return 504, f"the engine has not answered SELECT 1 for {time.monotonic() - self._since:.0f} s"
        except EngineError as error:
            return 503, f"the engine answers SELECT 1 with an error: {' '.join(str(error).split())}"
        return 200, "Ok."

    def _ask(self) -> None:
        connection = self._engine.connect()
        try:
            connection.run("SELECT 1", "Null", {})
        finally:
            connection.close()
