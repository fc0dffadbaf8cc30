"""A TCP proxy on loopback that loses some of the answers, and ends the connection instead."""

import itertools
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

_BYTES = 65_536


class Swallowing:
    """Between clients and a server. `swallowed` counts the answers that were lost."""

    def __init__(self, upstream: int, each: int) -> None:
        self.swallowed = 0
        self._upstream = upstream
        self._each = each
        self._answers = itertools.count(1)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listening.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Takes no further connection."""
        # A blocked accept() goes on after close().
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                server = socket.create_connection(("127.0.0.1", self._upstream))
                threading.Thread(target=self._ask, args=(client, server), daemon=True).start()
                threading.Thread(target=self._answer, args=(client, server), daemon=True).start()

    def _ask(self, client: socket.socket, server: socket.socket) -> None:
        with suppress(OSError):
            while piece := client.recv(_BYTES):
                server.sendall(piece)
        _end(client, server)

    def _answer(self, client: socket.socket, server: socket.socket) -> None:
        with suppress(OSError):
            while piece := server.recv(_BYTES):
                # The first piece of an answer says so: of those to inserts there is only this one.
                if piece.startswith(b"HTTP/1.1 200") and next(self._answers) % self._each == 0:
                    self.swallowed += 1
                    break
                client.sendall(piece)
        _end(client, server)


def _end(*sockets: socket.socket) -> None:
    for one in sockets:
        with suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)
        one.close()


@contextmanager
def swallowing(upstream: int, each: int) -> Iterator[Swallowing]:
    """While the block runs, every so-many-th answer of the server on that port is lost."""
    proxy = Swallowing(upstream, each)
    try:
        yield proxy
    finally:
        proxy.close()
