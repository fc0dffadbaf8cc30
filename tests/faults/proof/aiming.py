"""A worker that can be struck at a chosen moment: its requests to ClickHouse pass a proxy that waits for one."""

import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from streams.settings import Settings
from tests.servers.worker import Worker

_BYTES = 65_536
_AIM = re.compile(rb"INSERT[ +]INTO[ +]persons\b")
"""In the request that stores the rows of a batch: they have their versions, nothing is committed."""
_HEAD = 4_096
"""Bytes of a piece in which that is looked for: the statement is in the address, or begins the body."""

Strike = Callable[[], None]


class Aiming:
    """Between a worker and ClickHouse. What is set is called once, at the next insert of persons."""

    def __init__(self, upstream: int) -> None:
        self.before: Strike | None = None
        """Called when the request has arrived, and before it is passed on."""
        self.after: Strike | None = None
        """Called when ClickHouse has answered, and before the answer is passed on."""
        self._upstream = upstream
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listening.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Takes no further connection."""
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                threading.Thread(target=self._connect, args=(client,), daemon=True).start()

    def _connect(self, client: socket.socket) -> None:
        try:
            server = socket.create_connection(("127.0.0.1", self._upstream))
        except OSError:
            client.close()
            return
        aimed = threading.Event()
        threading.Thread(target=self._answer, args=(client, server, aimed), daemon=True).start()
        with suppress(OSError):
            while piece := client.recv(_BYTES):
                if _AIM.search(piece, 0, _HEAD):
                    strike, self.before = self.before, None
                    if strike:
                        strike()
                    aimed.set()
                server.sendall(piece)
        _end(client, server)

    def _answer(self, client: socket.socket, server: socket.socket, aimed: threading.Event) -> None:
        with suppress(OSError):
            while piece := server.recv(_BYTES):
                if aimed.is_set() and piece.startswith(b"HTTP/1.1 200"):
                    aimed.clear()
                    strike, self.after = self.after, None
                    if strike:
                        strike()
                client.sendall(piece)
        _end(client, server)


def _end(*sockets: socket.socket) -> None:
    for one in sockets:
        with suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)
        one.close()


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
