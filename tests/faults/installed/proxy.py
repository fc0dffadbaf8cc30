"""A TCP proxy on loopback, between clients and a server; what passes can be looked at, held up, or lost."""

import socket
import threading
from contextlib import suppress

_BYTES = 65_536


class Proxy:
    """Its subclasses say what becomes of what passes; each direction of a connection has a thread of its own."""

    def __init__(self, upstream: int) -> None:
        """`upstream`: the port of the server."""
        self._upstream = upstream
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listening.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Takes no further connection."""
        # A blocked accept() goes on after close().
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def asked(self, piece: bytes, aimed: threading.Event) -> None:
        """Called with each piece of a request before it is passed on. `aimed`: of this connection."""

    def answered(self, piece: bytes, aimed: threading.Event) -> bool:
        """Called with each piece of an answer. False: it is lost, and the connection ends."""
        return True

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
                self.asked(piece, aimed)
                server.sendall(piece)
        _end(client, server)

    def _answer(self, client: socket.socket, server: socket.socket, aimed: threading.Event) -> None:
        with suppress(OSError):
            while (piece := server.recv(_BYTES)) and self.answered(piece, aimed):
                client.sendall(piece)
        _end(client, server)


def _end(*sockets: socket.socket) -> None:
    for one in sockets:
        with suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)
        one.close()
