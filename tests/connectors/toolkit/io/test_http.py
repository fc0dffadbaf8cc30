"""What is told of requests while they are made."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import repeat
from threading import Thread

import pytest

from connectors.toolkit.io.http import HURRIED, ON_REQUEST, Http, ServiceError


@contextmanager
def answering(statuses: Iterator[int], headers: Mapping[str, str] | None = None) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(next(statuses))
            for name, value in (headers or {}).items():
                self.send_header(name, value)
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


def test_where_a_person_waits_it_is_tried_twice_without_long_waiting() -> None:
    waited: list[float] = []
    mark = HURRIED.set(True)
    try:
        with answering(repeat(503)) as url, Http("A", url, sleep=waited.append, requests_per_second=1e6) as http:
            with pytest.raises(ServiceError, match=r"A does not answer GET /: status 503. Does http://127.* network\?"):
                http.get("/")
            assert len(waited) == 1
            assert waited[0] <= 5
        wants = {"Retry-After": "30"}
        with answering(repeat(429), wants) as url, Http("A", url, sleep=waited.append, requests_per_second=1e6) as http:
            with pytest.raises(ServiceError, match=r"A is asked too often \(status 429\): it wants a pause of 30 s"):
                http.get("/")
            assert len(waited) == 1
    finally:
        HURRIED.reset(mark)


def test_a_redirect_says_where_it_leads() -> None:
    moved = {"Location": "https://login.example.org/x?token=1"}
    with answering(repeat(302), moved) as url, Http("A", url) as http, pytest.raises(ServiceError) as error:
        http.get("/")
    assert str(error.value) == (
        "A answered GET / with status 302. It redirects to login.example.org: is its base address right?"
    )


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
