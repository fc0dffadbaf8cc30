"""A door in front of a server, for tests: it speaks TLS where that is wanted, can be shut, and can refuse."""

import socket
import ssl
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from clickhouse.addresses import Address

_PIECE = 65_536


class Front:
    """Passes connections on to a port of loopback. `visits`: how many there were."""

    def __init__(self, port: int, context: ssl.SSLContext | None = None) -> None:
        self._port = port
        self._context = context
        self._listener: socket.socket | None = None
        self._open: set[socket.socket] = set()
        self.address = Address("127.0.0.1", 0)
        self.visits = 0
        self.refusals: list[str] = []
        """Codes of ClickHouse's errors with which the next requests are answered, each on a connection of its own."""
        self.open()

    def open(self) -> None:
        """Listens, where it did before if it did."""
        self._listener = socket.create_server(("127.0.0.1", self.address.port))
        self.address = Address("127.0.0.1", self._listener.getsockname()[1])
        threading.Thread(target=self._serve, args=(self._listener,), daemon=True).start()

    def shut(self) -> None:
        """Listens no more, and ends every connection in the middle of whatever it does."""
        listener, self._listener = self._listener, None
        if listener is not None:
            with suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            listener.close()
        for one in list(self._open):
            _end(one)

    def _serve(self, listener: socket.socket) -> None:
        while True:
            try:
                inside, _ = listener.accept()
            except OSError:
                return
            self.visits += 1
            threading.Thread(target=self._pass, args=(inside,), daemon=True).start()

    def _pass(self, inside: socket.socket) -> None:
        try:
            if self._context is not None:
                inside = self._context.wrap_socket(inside, server_side=True)
        except OSError:
            inside.close()
            return
        self._open.add(inside)
        with inside:
            if self.refusals:
                _refuse(inside, self.refusals.pop(0))
                return
            with socket.create_connection(("127.0.0.1", self._port)) as behind:
                self._open.add(behind)
                back = threading.Thread(target=_copy, args=(behind, inside), daemon=True)
                back.start()
                _copy(inside, behind)
                back.join()


@contextmanager
def fronts(port: int, contexts: Sequence[ssl.SSLContext | None]) -> Iterator[list[Front]]:
    """One for each context."""
    made = [Front(port, context) for context in contexts]
    try:
        yield made
    finally:
        for one in made:
            one.shut()


def tls(files: tuple[Path, Path], clients: Path | None = None) -> ssl.SSLContext:
    """Of a server with this certificate and key, that asks for certificates of the authority of `clients`."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*files)
    if clients is not None:
        context.load_verify_locations(clients)
        context.verify_mode = ssl.CERT_REQUIRED
    return context


def _refuse(inside: socket.socket, code: str) -> None:
    asked = b""
    while b"\r\n\r\n" not in asked:
        asked += inside.recv(_PIECE)
    said = f"Code: {code}. DB::Exception: refused".encode()
    head = f"HTTP/1.1 500 No\r\nX-ClickHouse-Exception-Code: {code}\r\nContent-Length: {len(said)}\r\nConnection: close"
    inside.sendall(head.encode() + b"\r\n\r\n" + said)


def _copy(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while piece := source.recv(_PIECE):
            target.sendall(piece)
    _end(source)
    _end(target)


def _end(one: socket.socket) -> None:
    with suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
