"""Brings the chunks of all agents into one lane: what has come meanwhile becomes the next batch.

So a batch is one record when little comes, with nothing to wait for, and thousands when much comes, when an insert of
many rows costs little more than one of few.
"""

import asyncio
from collections.abc import AsyncIterable, Awaitable, Callable

from streams.transport import Chunk

MOST_RECORDS = 10_000
"""Of one batch: bounds what a batch holds in memory and how long the event loop is kept from anything else."""
MOST_WAITING = 16
"""Chunks that wait in the lane; then the agents wait, and with them Kafka's consumer."""


class Lane:
    """A bounded queue of chunks and the loop that empties it."""

    def __init__(self, handle: Callable[[list[Chunk]], Awaitable[None]]) -> None:
        self._handle = handle
        self._waiting: asyncio.Queue[Chunk] = asyncio.Queue(MOST_WAITING)

    async def forward(self, chunks: AsyncIterable[Chunk]) -> None:
        """The body of every agent."""
        async for chunk in chunks:
            await self._waiting.put(chunk)

    async def run(self) -> None:
        """Handles batch after batch. Raises what the handling raises: then the worker has to end."""
        while True:
            batch = [await self._waiting.get()]
            records = len(batch[0])
            while records < MOST_RECORDS and not self._waiting.empty():
                batch.append(self._waiting.get_nowait())
                records += len(batch[-1])
            await self._handle(batch)
