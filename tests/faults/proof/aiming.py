"""A worker that can be struck at a chosen moment: its requests to ClickHouse pass a proxy that waits for one."""

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from streams.settings import Settings
from tests.faults.installed.proxy import Proxy
from tests.servers.worker import Worker

_AIM = re.compile(rb"INSERT[ +]INTO[ +]persons\b")
"""In the request that stores the rows of a batch: they have their versions, nothing is committed."""
_HEAD = 4_096
"""Bytes of a piece in which that is looked for: the statement is in the address, or begins the body."""

Strike = Callable[[], None]


class Aiming(Proxy):
    """Between a worker and ClickHouse. What is set is called once, at the next insert of persons."""

    def __init__(self, upstream: int) -> None:
        self.before: Strike | None = None
        """Called when the request has arrived, and before it is passed on."""
        self.after: Strike | None = None
        """Called when ClickHouse has answered, and before the answer is passed on."""
        super().__init__(upstream)

    def asked(self, piece: bytes, aimed: threading.Event) -> None:
        if _AIM.search(piece, 0, _HEAD):
            strike, self.before = self.before, None
            if strike:
                strike()
            aimed.set()

    def answered(self, piece: bytes, aimed: threading.Event) -> bool:
        if aimed.is_set() and piece.startswith(b"HTTP/1.1 200"):
            aimed.clear()
            strike, self.after = self.after, None
            if strike:
                strike()
        return True


@contextmanager
def aimed_worker(config: Settings, folder: Path) -> Iterator[tuple[Worker, Aiming]]:
    """A worker of the same group, not started yet, and the proxy that it asks through."""
    proxy = Aiming(config.clickhouse_port)
    worker = Worker(config.model_copy(update={"clickhouse_port": proxy.port}), folder / "aimed.log")
    try:
        yield worker, proxy
    finally:
        worker.close()
        proxy.close()
