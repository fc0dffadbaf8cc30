"""Queries under way: each on a connection of its own, in a thread of the pool for reads or the one for writes.

Two pools, so that slow reads never hold back an insert. What a client left is cancelled, in every state it can be in:
waiting for a thread, starting, running, or between two pieces.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import asynccontextmanager
from typing import ParamSpec, TypeVar

from clickhouse.embedded.engine import Connection, Engine
from clickhouse.embedded.errors import SAME_QUERY_ID, ServerError

# Threads that wait for the engine cost little; the engine shares the processor among queries by itself.
_READS = 32
_WRITES = 16
_CANCEL_AGAIN_SECONDS = 0.2

P = ParamSpec("P")
R = TypeVar("R")


class Running:
    """One query. `call` runs a method of its connection in its pool; one call at a time."""

    def __init__(self, pool: ThreadPoolExecutor) -> None:
        self.cancellable = True
        self._pool = pool
        self._last: Future[object] | None = None

    async def call(self, work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """The result of `work` in the pool. When the waiting task is cancelled the work goes on; see `end`."""
        future = self._pool.submit(work, *args, **kwargs)
        self._last = future  # type: ignore[assignment]
        return await asyncio.shield(asyncio.wrap_future(future))

    async def end(self, cancel: Callable[[], None]) -> None:
        """Waits until no thread works for this query, `cancel`ling it where that is allowed."""
        last = self._last
        while last is not None and not last.cancel() and not last.done():
            if self.cancellable:
                await asyncio.to_thread(cancel)
            # Again after a while: the query may not have reached the engine when it was cancelled.
            await asyncio.to_thread(wait, [last], _CANCEL_AGAIN_SECONDS)


class Runner:
    """The two pools and what runs in them."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._reads = ThreadPoolExecutor(_READS, "read")
        self._writes = ThreadPoolExecutor(_WRITES, "write")
        self._ids: set[str] = set()
        self._ending: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def query(
        self, query_id: str, prepare: Callable[[Connection], None], *, reads: bool
    ) -> AsyncIterator[tuple[Running, Connection]]:
        """A running query with a connection of its own, prepared. Raises ServerError when its id is in use."""
        if query_id in self._ids:
            raise ServerError(SAME_QUERY_ID, f"Query with id = {query_id} is already running")
        self._ids.add(query_id)
        running, connections = Running(self._reads if reads else self._writes), list[Connection]()
        try:
            await running.call(self._connect, connections, prepare)
            yield running, connections[0]
        finally:
            # A task of its own: it must go on when this one has been cancelled, and may take as long as the query.
            task = asyncio.create_task(self._end(query_id, running, connections))
            self._ending.add(task)
            task.add_done_callback(self._ending.discard)
            await asyncio.shield(task)

    async def drain(self, seconds: float) -> None:
        """Waits for what runs, at most so long, then cancels it."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + seconds
        while self._ids:
            if loop.time() > deadline:
                await asyncio.to_thread(self._engine.cancel, None)
            await asyncio.sleep(0.05)

    def _connect(self, connections: list[Connection], prepare: Callable[[Connection], None]) -> None:
        connections.append(self._engine.connect())
        prepare(connections[0])

    async def _end(self, query_id: str, running: Running, connections: list[Connection]) -> None:
        try:
            await running.end(lambda: self._engine.cancel(query_id))
            for connection in connections:
                await running.call(connection.close)
        finally:
            self._ids.discard(query_id)
