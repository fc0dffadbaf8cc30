"""What is taken from the answer of a server that is not well."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from funnel.stack.child import Child
from funnel.stack.ports import LOOPBACK
from funnel.stack.probe import Answer
from funnel.stack.ready import ask

LONG = "only 0 MB are free on the disk of /" + "x" * 200


@contextmanager
def answering(status: int, body: str) -> Iterator[int]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer((LOOPBACK, 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


@pytest.mark.parametrize(
    ("body", "trouble"),
    [
        ('{"why": "' + LONG + '", "kafka": true, "spool": false, "rules": "' + "y" * 300 + '"}', LONG),
        ("the engine has not\n answered", "the engine has not answered"),
        ('{"database": "failing"}', '{"database": "failing"}'),
        ("[1]", "[1]"),
        ("", "it answers 503"),
    ],
)
def test_a_server_says_why_it_is_not_well_in_words_not_in_json(body: str, trouble: str) -> None:
    with answering(503, body) as port:
        child = Child(name="webhooks", command=("true",), ready="http", port=port, path="/ready")
        assert ask(child) == Answer(alive=True, trouble=trouble)
