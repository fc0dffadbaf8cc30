"""Real connections that never finish, never end and never read: each is closed, and whoever comes is answered."""

import asyncio
import resource
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx
import pytest
import uvicorn
from fastapi import FastAPI, Request

from process.http_guard import Guard, Limits, _Phase, fitting
from tests.waiting import until

SHORT = Limits(
    connections=20,
    head_seconds=0.3,
    body_seconds=0.3,
    answer_seconds=0.3,
    idle_seconds=0.3,
    bytes_besides_body=4_000,
    headers=20,
    body_bytes=100_000,
    waiting_bytes=300_000,
)
LONG = Limits(connections=20, waiting_bytes=300_000)
POST = b"POST / HTTP/1.1\r\nHost: a\r\n"


@dataclass
class Served:
    guard: Guard
    port: int

    def connect(self, sent: bytes = b"") -> socket.socket:
        found = socket.create_connection(("127.0.0.1", self.port), timeout=10)
        found.sendall(sent)
        return found

    def post(self, body: bytes = b"hi") -> httpx.Response:
        return httpx.post(f"http://127.0.0.1:{self.port}/", content=body, timeout=5)

    def closed(self, reason: str) -> int:
        return self.guard.closed[reason]


@contextmanager
def served(limits: Limits) -> Iterator[Served]:
    app = FastAPI()
    waiting = threading.Event()

    @app.post("/")
    async def length(request: Request) -> int:
        return len(await request.body())

    @app.post("/at-once")
    async def at_once() -> str:
        return "not read"

    @app.post("/never")
    async def never() -> None:
        while not waiting.is_set():
            await asyncio.sleep(0.02)

    @app.get("/long")
    async def long() -> str:
        return "x" * 30_000_000

    guard = Guard(limits)
    config = uvicorn.Config(app, loop="uvloop", http=guard.protocol(), log_config=None, timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        try:
            until(lambda: server.started, "it listens")
            yield Served(guard, listening.getsockname()[1])
        finally:
            waiting.set()
            server.should_exit = True
            thread.join(10)
    assert not thread.is_alive()


@pytest.fixture(scope="module")
def short() -> Iterator[Served]:
    with served(SHORT) as found:
        yield found


def answer(connection: socket.socket) -> bytes:
    """All until the other side closes it."""
    said = b""
    try:
        while piece := connection.recv(65_536):
            said += piece
    except ConnectionResetError:
        pass
    return said


@pytest.mark.parametrize(
    ("sent", "status", "reason"),
    [
        (b"", 408, "slow_head"),
        (b"P", 408, "slow_head"),
        (POST, 408, "slow_head"),
        (POST + b"Content-Length: 5\r\n\r\nab", 408, "slow_body"),
        (POST + b"Transfer-Encoding: chunked\r\n\r\n5\r\nab", 408, "slow_body"),
        (b"GET /" + b"x" * 5_000, 431, "long_head"),
        (POST + b"A: " + b"x" * 5_000, 431, "long_head"),
        (POST + b"A: b\r\n" * 30, 431, "long_head"),
        (POST + b"A: " + b"x" * 5_000 + b"\r\n\r\n", 431, "long_head"),
        (POST + b"Transfer-Encoding: chunked\r\n\r\n0\r\n" + b"A: b\r\n" * 30, 431, "long_head"),
        (POST + b"Transfer-Encoding: chunked\r\n\r\n0\r\nA: " + b"x" * 5_000, 431, "long_head"),
        (POST + b"Transfer-Encoding: chunked\r\n\r\n1;" + b"x" * 5_000, 431, "long_head"),
        (POST + b"Content-Length: 100001\r\n\r\n", 413, "long_body"),
        (POST + b"Transfer-Encoding: chunked\r\n\r\n186A1\r\n" + b"x" * 100_001, 413, "long_body"),
        (b"nothing of HTTP\r\n\r\n", 400, "no_http"),
    ],
)
def test_a_request_that_never_becomes_one_is_closed_and_counted(
    short: Served, sent: bytes, status: int, reason: str
) -> None:
    before = short.closed(reason)
    with short.connect(sent) as connection:
        said = answer(connection)
    assert said.startswith(b"HTTP/1.1 %d " % status) or (status in (413, 431) and not said)
    assert short.closed(reason) == before + 1
    assert short.post().json() == 2


def test_what_is_just_within_the_limits_is_answered(short: Served) -> None:
    most = POST + b"A: b\r\n" * (SHORT.headers - 3) + b"Connection: close\r\nContent-Length: 2\r\n\r\nhi"
    with short.connect(most) as connection:
        assert answer(connection).startswith(b"HTTP/1.1 200 ")
    assert short.post(b"x" * 100_000).json() == 100_000


def test_a_byte_now_and_then_gains_no_time(short: Served) -> None:
    def is_closed() -> bool:
        try:
            connection.sendall(b"a")
        except OSError:
            return True
        return False

    with short.connect(POST + b"A: ") as connection:
        until(is_closed, "it is closed", 5)


def test_an_answer_that_nobody_reads_is_not_kept(short: Served) -> None:
    with short.connect(b"GET /long HTTP/1.1\r\nHost: a\r\n\r\n"):
        until(lambda: short.closed("unread"), "it is closed", 10)


def test_the_rest_of_a_body_that_was_answered_is_not_waited_for(short: Served) -> None:
    before = short.closed("slow_body")
    with short.connect(b"POST /at-once HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nab") as connection:
        assert answer(connection).count(b"HTTP/1.1") == 1
    assert short.closed("slow_body") == before + 1


def test_a_connection_is_kept_for_the_next_request_and_not_for_ever(short: Served) -> None:
    request = POST + b"Content-Length: 2\r\n\r\nhi"
    with short.connect(request) as connection:
        until(lambda: connection.recv(1_000, socket.MSG_PEEK).endswith(b"2"), "the first answer")
        connection.sendall(request)
        assert answer(connection).count(b"HTTP/1.1 200") == 2


def test_the_limits_are_of_each_request_of_a_connection() -> None:
    with served(Limits(bytes_besides_body=4_000, body_bytes=100_000)) as server, httpx.Client() as client:
        for _ in range(3):
            found = client.post(f"http://127.0.0.1:{server.port}/", content=b"x" * 60_000, headers={"a": "x" * 2_000})
            assert found.json() == 60_000
        assert server.guard.closed.total() == 0


def test_the_next_request_of_a_connection_has_no_more_time_than_the_first() -> None:
    with (
        served(Limits(head_seconds=0.3)) as server,
        server.connect(POST + b"Content-Length: 2\r\n\r\nhi") as connection,
    ):
        assert connection.recv(15) == b"HTTP/1.1 200 OK"
        connection.sendall(POST)
        assert b"HTTP/1.1 408 " in answer(connection)


def test_requests_that_wait_for_no_answer_are_few() -> None:
    with served(LONG) as server:
        with server.connect(b"POST /never HTTP/1.1\r\nHost: a\r\n\r\n" * 1_000) as connection:
            answer(connection)
        assert server.closed("pipelined") == 1
        with server.connect(b"POST /never HTTP/1.1\r\nHost: a\r\n\r\n" * 10):
            until(lambda: server.closed("pipelined") == 2, "one more than eight wait", 5)
        assert server.post().json() == 2


def test_newcomers_take_the_place_of_the_oldest_unfinished(short: Served) -> None:
    with served(LONG) as server:
        idle = server.connect(POST + b"Content-Length: 2\r\n\r\nhi")
        assert idle.recv(15) == b"HTTP/1.1 200 OK"
        unfinished = [server.connect(POST) for _ in range(40)]
        until(lambda: server.closed("too_many") == 21, "the oldest are closed")
        assert [server.post().json() for _ in range(3)] == [2] * 3
        assert answer(unfinished[0]) == b""
        unfinished[-1].sendall(b"Content-Length: 2\r\n\r\nhi")
        assert unfinished[-1].recv(15) == b"HTTP/1.1 200 OK"
        for one in (idle, *unfinished):
            one.close()


class Connection:
    """One that the guard is told of; nothing is behind it."""

    def __init__(self, guard: Guard, phase: _Phase) -> None:
        self.held, self.closed, self._guard = 0, "", guard
        guard.enter(self)  # type: ignore[arg-type]
        self.turn(phase)

    def turn(self, phase: _Phase) -> None:
        self.phase = phase
        self._guard.moved(self)  # type: ignore[arg-type]

    def abandon(self, reason: str) -> None:
        self.closed = reason


async def test_a_request_stays_as_old_as_its_first_byte() -> None:
    guard = Guard(Limits(connections=2))
    first, second = Connection(guard, _Phase.HEAD), Connection(guard, _Phase.HEAD)
    first.turn(_Phase.BODY)
    Connection(guard, _Phase.HEAD)
    assert (first.closed, second.closed) == ("too_many", "")


async def test_who_holds_no_memory_is_not_closed_for_what_another_holds() -> None:
    guard = Guard(Limits(waiting_bytes=10))
    answered, waiting = Connection(guard, _Phase.ANSWER), Connection(guard, _Phase.HEAD)
    guard.hold(answered, 20)  # type: ignore[arg-type]
    assert (answered.closed, waiting.closed) == ("", "")


def test_where_all_are_being_answered_a_newcomer_is_told(short: Served) -> None:
    with served(LONG) as server:
        waiting = [server.connect(b"POST /never HTTP/1.1\r\nHost: a\r\n\r\n") for _ in range(20)]
        until(lambda: server.post().status_code == 503, "it is full")
        for one in waiting:
            one.close()
        until(lambda: server.post().status_code == 200, "there is room again")


def test_bodies_that_never_end_have_a_memory_together() -> None:
    with served(LONG) as server:
        sent = POST + b"Content-Length: 60000\r\n\r\n" + b"x" * 50_000
        connections = [server.connect(sent) for _ in range(12)]
        until(lambda: server.closed("memory") >= 6, "the longest are closed")
        assert server.post(b"x" * 1_000).json() == 1_000
        for one in connections:
            one.close()


def test_a_body_that_is_whole_is_never_closed_for_memory() -> None:
    with served(Limits(waiting_bytes=1_000)) as server:
        assert server.post(b"x" * 900).json() == 900
        with pytest.raises(httpx.TransportError):
            server.post(b"x" * 1_000_000)
        assert server.post(b"x" * 900).json() == 900


def test_no_more_connections_than_files_may_be_open(monkeypatch: pytest.MonkeyPatch) -> None:
    kept: list[tuple[int, int]] = []
    monkeypatch.setattr(resource, "setrlimit", lambda _, both: kept.append(both))
    for (soft, hard), connections in {
        (256, 256): 128,
        (1_024, 1_024): 824,
        (256, 4_096): 1_000,
        (256, resource.RLIM_INFINITY): 1_000,
        (20_000, 20_000): 1_000,
        (resource.RLIM_INFINITY, resource.RLIM_INFINITY): 1_000,
    }.items():
        monkeypatch.setattr(resource, "getrlimit", lambda _, both=(soft, hard): both)
        assert fitting(Limits()).connections == connections
    assert kept == [(256, 256), (1_024, 1_024), (1_200, 4_096), (1_200, resource.RLIM_INFINITY)]
