"""What is told of requests while they are made."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from connectors.toolkit.io.http import ON_REQUEST, Http, ServiceError


@contextmanager
def answering(statuses: Iterator[int]) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(next(statuses))
            self.end_headers()
            self.wfile.write(b"[]")

        def log_message(self, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_what_was_wrong_is_told_no_more_once_it_is_answered() -> None:
    """What is done with the answer may take minutes."""
    told: list[str] = []
    mark = ON_REQUEST.set(lambda _, trouble: told.append(trouble))
    try:
        with answering(iter([200, 503, 200])) as url, Http("A", url, sleep=lambda _: None) as http:
            http.get("/")
            assert told == [""]
            http.get("/")
    finally:
        ON_REQUEST.reset(mark)
    assert told[2].startswith("A does not answer (status 503)")
    assert told[-1] == ""


@pytest.mark.parametrize("status", [403, 404, 429, 500])
def test_an_error_does_not_name_the_user_that_was_asked_about(status: int) -> None:
    """It is logged, and published with the run."""
    with (
        answering(iter([status] * 4)) as url,
        Http("A", url, sleep=lambda _: None) as http,
        pytest.raises(ServiceError, match="/users/…/webinars") as failed,
    ):
        http.get("/users/ann%40example.com/webinars")
    assert "ann" not in str(failed.value)
