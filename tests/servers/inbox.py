"""Fakes of what messages go to, on loopback: an HTTP server (Slack, Telegram, webhooks) and a mail server."""

import json
import re
import socketserver
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

_FOLDED = re.compile(rb"^([\w-]+:)\r?\n(?=[ \t])", re.MULTILINE)
"""A field whose whole text stands on the next line: for mail programs that is no other text (RFC 5322, 2.2.3)."""


def _mail(data: bytes) -> Message:
    head, blank, body = data.partition(b"\r\n\r\n")
    return message_from_bytes(_FOLDED.sub(rb"\1", head) + blank + body, policy=default)


@dataclass
class Posted:
    """One request."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Inbox:
    """What has arrived, and what the next answers are."""

    address: str
    posted: list[Posted] = field(default_factory=list)
    faults: deque[int] = field(default_factory=deque)
    """Statuses of the next answers; then 200."""
    answer: bytes = b""
    """What stands in every answer."""


@dataclass
class Mailbox:
    """Mails that have arrived."""

    port: int
    mails: list[Message] = field(default_factory=list)
    faults: deque[str] = field(default_factory=deque)
    """What the server says of the next mails instead of keeping them."""


@contextmanager
def http_inbox() -> Iterator[Inbox]:
    """The HTTP server."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            inbox.posted.append(Posted(self.path, {name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(inbox.faults.popleft() if inbox.faults else 200)
            self.send_header("Content-Length", str(len(inbox.answer)))
            self.end_headers()
            self.wfile.write(inbox.answer)

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    inbox = Inbox(f"http://127.0.0.1:{server.server_port}")
    with _running(server):
        yield inbox


@contextmanager
def mail_inbox() -> Iterator[Mailbox]:
    """The mail server: plain SMTP without login."""

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self._say("220 here")
            while line := self.rfile.readline():
                verb = line.split(maxsplit=1)[0].upper() if line.strip() else b""
                if verb == b"DATA":
                    self._say("354 go on")
                    data = self._data()
                    if not box.faults:
                        box.mails.append(_mail(data))
                    self._say(box.faults.popleft() if box.faults else "250 kept")
                elif verb == b"QUIT":
                    self._say("221 bye")
                    return
                else:
                    self._say("250 good")

        def _data(self) -> bytes:
            lines = []
            while (line := self.rfile.readline()) not in (b".\r\n", b""):
                lines.append(line.removeprefix(b"."))
            return b"".join(lines)

        def _say(self, text: str) -> None:
            self.wfile.write(f"{text}\r\n".encode())

    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    box = Mailbox(server.server_address[1])
    with _running(server):
        yield box


@contextmanager
def _running(server: socketserver.TCPServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
