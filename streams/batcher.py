"""Gathers the chunks of all agents into batches: whatever has arrived meanwhile becomes the next batch.

Under low load a batch is a single record, which waits for nothing; under high load it is thousands, and an insert of
many rows costs little more than one of few. While one batch is written, the next one is folded.
"""

import asyncio
import time
from collections.abc import AsyncIterable, Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from streams.transport import Chunk

Folded = TypeVar("Folded")

MOST_RECORDS = 10_000
"""Records of one batch: bounds its memory and how long it blocks the event loop."""
MOST_WAITING = 16_000
"""Records that may wait in the batcher; beyond it the agents wait, and with them Kafka's consumer. Not chunks: under a
steady load these hold a few records each, and a batch of few chunks would leave most of what has arrived waiting.
"""
EVERY_SECONDS = 0.05
"""From the beginning of one batch to the next, at least. However small, a batch costs ClickHouse two inserts and the
merges of four parts: without a pause these take a core, and each insert takes longer (docs/performance.md).
"""


class Batcher(Generic[Folded]):
    """A bounded queue of chunks, and the two loops that fold and write them, batch after batch in order."""

    def __init__(
        self,
        fold: Callable[[Sequence[Chunk]], Awaitable[Folded | None]],
        write: Callable[[Folded], Awaitable[None]],
        beside: Callable[[], Awaitable[None]] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`fold` turns chunks into what `write` writes; None: there is nothing to write. `beside` runs all the time.
        `clock`: seconds, for the pause between two batches.
        """
        self._fold = fold
        self._write = write
        self._beside = beside
        self._clock = clock
        self._waiting: asyncio.Queue[Chunk] = asyncio.Queue()
        self._records = 0
        """That wait."""
        self._room = asyncio.Event()
        self._folded: asyncio.Queue[Folded] = asyncio.Queue(1)

    @property
    def waiting(self) -> int:
        """Records that wait for the next batch."""
        return self._records

    async def forward(self, chunks: AsyncIterable[Chunk]) -> None:
        """The body of every agent."""
        async for chunk in chunks:
            while self._records >= MOST_WAITING:
                self._room.clear()
                await self._room.wait()
            self._records += len(chunk)
            self._waiting.put_nowait(chunk)

    async def run(self) -> None:
        """Handles batch after batch. Raises an ExceptionGroup if that fails: the worker has to end."""
        async with asyncio.TaskGroup() as both:
            both.create_task(self._fold_all())
            both.create_task(self._write_all())
            if self._beside is not None:
                both.create_task(_run(self._beside))

    async def _fold_all(self) -> None:
        next_at = 0.0
        while True:
            first = await self._waiting.get()
            await asyncio.sleep(next_at - self._clock())
            next_at = self._clock() + EVERY_SECONDS
            folded = await self._fold(self._batch(first))
            if folded is not None:
                await self._folded.put(folded)
                # Until the writer takes it. A batch folded before that would wait for two others to be written.
                await self._folded.join()

    def _batch(self, first: Chunk) -> list[Chunk]:
        """This chunk and what waits behind it, as much as a batch may hold."""
        batch, records = [first], len(first)
        while records < MOST_RECORDS and not self._waiting.empty():
            batch.append(self._waiting.get_nowait())
            records += len(batch[-1])
        self._records -= records
        self._room.set()
        return batch

    async def _write_all(self) -> None:
        while True:
            folded = await self._folded.get()
            self._folded.task_done()
            await self._write(folded)


async def _run(work: Callable[[], Awaitable[None]]) -> None:
    await work()
