"""A worker's batches for frameworks that are not asyncio: a thread with an event loop of its own.

`submit` hands records over, and waits while too many wait; `drain` waits until all of them are in ClickHouse. Runs in
the environment of the peers, on the fold of this checkout or of an earlier release, whichever is on the path.
"""

import asyncio
import gc
import os
import threading
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from streams.app import GC_THRESHOLD
from streams.batch import Batches
from streams.batcher import Batcher
from streams.settings import settings
from streams.store import Store

_MOST_WAITING = 24
AT_ONCE = 1_000
"""Records that are handed over together."""


class Record(NamedTuple):
    """A record in the shape that a batch reads."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None


class Partition(NamedTuple):
    """Where records are from, in the shape that a batch reads."""

    topic: str
    partition: int


class Handed(list[Record]):
    """Records in the shape of a chunk: of one topic, maybe of several partitions."""

    current = True
    generation = 1

    def __init__(self, records: Iterable[Record], done: Callable[[], None]) -> None:
        super().__init__(records)
        self.done = done
        self.tp = Partition(self[0].topic, self[0].partition)
        self.written_at = self[0].timestamp

    @property
    def records(self) -> Sequence[Record]:
        """As a chunk has them."""
        return self

    def free(self) -> None:
        """As a chunk does: the records are read."""
        self.clear()


class _NoProducer:
    async def send_all(self, messages: Sequence[Any]) -> None:
        if messages:
            raise RuntimeError(f"dead letters are not expected here: {messages[0]}")


class Engine:
    """Folds and inserts what it is given, in order."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._left = 0
        self._changed = threading.Condition()
        self._room = threading.Semaphore(_MOST_WAITING)
        started = threading.Event()
        threading.Thread(target=self._run, args=(started,), daemon=True).start()
        started.wait()
        gc.freeze()
        gc.set_threshold(*GC_THRESHOLD)

    def submit(self, records: Iterable[Record]) -> None:
        """Hands these over."""
        self._room.acquire()
        with self._changed:
            self._left += 1
        asyncio.run_coroutine_threadsafe(self._batcher.forward(_once(Handed(records, self._done))), self._loop).result()

    def drain(self) -> None:
        """Returns when everything is stored."""
        with self._changed:
            self._changed.wait_for(lambda: self._left == 0)

    def _done(self) -> None:
        self._room.release()
        with self._changed:
            self._left -= 1
            self._changed.notify_all()

    def _run(self, started: threading.Event) -> None:
        asyncio.set_event_loop(self._loop)
        config = settings()
        batches = Batches(config, Store(config), _NoProducer())
        self._batcher = Batcher(batches.fold, batches.write)
        self._loop.create_task(self._batcher.run()).add_done_callback(_end)
        started.set()
        self._loop.run_forever()


def ready() -> None:
    """Says that events are consumed from now on."""
    print("ready", flush=True)


async def _once(chunk: Any) -> Any:
    yield chunk


def _end(ended: "asyncio.Task[None]") -> None:
    print("the batches ended:", ended.exception(), flush=True)
    os._exit(1)
