"""Limits on what a stranger may cost our servers: time, size and number, for every connection (decision 0019).

uvicorn's own protocol with httptools waits forever for a request and accepts endless headers. This one does neither.
When there are too many connections it closes the oldest unfinished one, so that every complete request is answered.
"""

import asyncio
import enum
import logging
import resource
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace

import httptools
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

_LOOK_SECONDS = 0.5
_TELL_SECONDS = 60.0
_OTHER_FILES = 200
"""Open files that a process needs besides its connections."""
_MOST_PIPELINED = 8
"""Requests sent before the first is answered. No sender of webhooks does that."""

_STATUS = {"long_head": 431, "pipelined": 429, "long_body": 413}

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of one server. Seconds count from the start of the phase, however little arrives in between."""

    connections: int = 1_000
    head_seconds: float = 10.0
    """Until the request line and headers are complete, from the start of the connection or the request's first byte."""
    body_seconds: float = 15.0
    answer_seconds: float = 90.0
    """Until our answer is handed over: how long to wait for a client that does not read it."""
    idle_seconds: float = 30.0
    """Between two requests."""
    bytes_besides_body: int = 32 * 1024
    """Bytes of one request: line, headers, chunk sizes, trailers."""
    headers: int = 100
    """Including trailers."""
    body_bytes: int | None = None
    """Bytes of one body; None: the application has its own limit."""
    waiting_bytes: int = 64 * 1024 * 1024
    """Bytes of the bodies of all unanswered requests; above it the longest unfinished one is closed."""


class _Phase(enum.Enum):
    IDLE = enum.auto()
    HEAD = enum.auto()
    BODY = enum.auto()
    ANSWER = enum.auto()


class _RefusedError(Exception):
    """Ends the parsing of a request."""


class Guard:
    """The connections of one server. For one event loop."""

    def __init__(self, limits: Limits | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self.limits = limits or Limits()
        self.closed: Counter[str] = Counter()
        """Connections closed since the start before their request was answered, by reason."""
        self.now = clock
        self._all: set[GuardedProtocol] = set()
        # In the order in which they became unfinished: the first is the oldest.
        self._unfinished: dict[GuardedProtocol, None] = {}
        self._idle: dict[GuardedProtocol, None] = {}
        self._held = 0
        self._looking = False
        self._told: Counter[str] = Counter()
        self._told_at = -_TELL_SECONDS

    def protocol(self) -> type["GuardedProtocol"]:
        """The value for uvicorn's setting `http`."""
        return type("Guarded", (GuardedProtocol,), {"guard": self})

    def enter(self, one: "GuardedProtocol") -> bool:
        """Accepts a new connection, in place of another if there are too many; False: none can be closed."""
        if len(self._all) >= self.limits.connections and not self._evict():
            return False
        self._all.add(one)
        if not self._looking:
            self._looking = True
            asyncio.get_running_loop().call_later(_LOOK_SECONDS, self._look)
        return True

    def leave(self, one: "GuardedProtocol") -> None:
        """Removes a closed connection."""
        self._all.discard(one)
        self._unfinished.pop(one, None)
        self._idle.pop(one, None)
        self.release(one)

    def moved(self, one: "GuardedProtocol") -> None:
        """Moves a connection to another phase. A request keeps the age of its first byte."""
        if one.phase is _Phase.IDLE:
            self._unfinished.pop(one, None)
            self._idle[one] = None
        else:
            self._idle.pop(one, None)
            if one.phase is _Phase.ANSWER:
                self._unfinished.pop(one, None)
            else:
                self._unfinished.setdefault(one)

    def hold(self, one: "GuardedProtocol", count: int) -> None:
        """Adds bytes of a body that wait in memory."""
        one.held += count
        self._held += count
        while self._held > self.limits.waiting_bytes:
            longest = max(self._unfinished, key=lambda other: other.held, default=None)
            if longest is None or not longest.held:
                return
            self._close(longest, "memory")

    def release(self, one: "GuardedProtocol") -> None:
        """Releases them."""
        self._held -= one.held
        one.held = 0

    def seconds(self, phase: _Phase) -> float:
        """How long the phase may last."""
        limits = self.limits
        return {
            _Phase.IDLE: limits.idle_seconds,
            _Phase.HEAD: limits.head_seconds,
            _Phase.BODY: limits.body_seconds,
            _Phase.ANSWER: limits.answer_seconds,
        }[phase]

    def _evict(self) -> bool:
        if self._unfinished:
            self._close(next(iter(self._unfinished)), "too_many")
        elif self._idle:
            # Its client would only reconnect.
            self._close(next(iter(self._idle)), "")
        else:
            return False
        return True

    def _close(self, one: "GuardedProtocol", reason: str) -> None:
        self.leave(one)
        one.abandon(reason)

    def _look(self) -> None:
        now = self.now()
        for one in [one for one in self._all if now - one.since > self.seconds(one.phase)]:
            one.take_too_long()
        if self.closed != self._told and now - self._told_at >= _TELL_SECONDS:
            new = self.closed - self._told
            said = ", ".join(f"{reason} {count:,}" for reason, count in sorted(new.items()))
            _log.warning("%s connections were closed before their request was answered: %s.", f"{new.total():,}", said)
            self._told, self._told_at = Counter(self.closed), now
        self._looking = bool(self._all) or self.closed != self._told
        if self._looking:
            asyncio.get_running_loop().call_later(_LOOK_SECONDS, self._look)


class GuardedProtocol(HttpToolsProtocol):
    """One connection."""

    guard: Guard
    phase = _Phase.HEAD
    since = 0.0
    """When its phase began, in seconds of the guard's clock."""
    held = 0
    """Bytes of its requests' bodies in memory."""
    _besides_body = 0
    _head = 0
    _body = 0
    _whole = False
    """Whether the current request is complete."""
    _why = ""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if self.guard.enter(self):
            self._turn(_Phase.HEAD)
        else:
            self._refuse(503, "busy")

    def connection_lost(self, exc: Exception | None) -> None:
        self.guard.leave(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._unset_keepalive_if_required()
        if self.phase is _Phase.IDLE:
            self._turn(_Phase.HEAD)
        self._besides_body += len(data)
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            # Only HTTP is spoken here: answered as if the upgrade had not been requested.
            pass
        except httptools.HttpParserError:
            self._refuse(_STATUS.get(self._why, 400), self._why or "no_http")
            return
        if self._besides_body > self.guard.limits.bytes_besides_body and not self.transport.is_closing():
            self._refuse(431, "long_head")

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._head = 0
        self._whole = False

    def on_header(self, name: bytes, value: bytes) -> None:
        super().on_header(name, value)
        self._head += len(name) + len(value)
        limits = self.guard.limits
        if self._head > limits.bytes_besides_body or len(self.headers) > limits.headers:
            self._stop("long_head")

    def on_headers_complete(self) -> None:
        if len(self.pipeline) >= _MOST_PIPELINED:
            self._stop("pipelined")
        if self._is_long(sum(int(value) for name, value in self.headers if name == b"content-length")):
            self._stop("long_body")
        super().on_headers_complete()
        self._body = 0
        self._turn(_Phase.BODY)

    def on_body(self, body: bytes) -> None:
        self._besides_body -= len(body)
        self._body += len(body)
        if self._is_long(self._body):
            self._stop("long_body")
        if not self.cycle.response_complete:
            self.guard.hold(self, len(body))
        super().on_body(body)

    def on_message_complete(self) -> None:
        super().on_message_complete()
        self._whole = True
        self._besides_body = 0
        self._turn(_Phase.IDLE if self.cycle.response_complete else _Phase.ANSWER)

    def on_response_complete(self) -> None:
        self.guard.release(self)
        if self._whole and not self.pipeline:
            self._turn(_Phase.IDLE)
        super().on_response_complete()

    def take_too_long(self) -> None:
        """Handles a phase that has reached its time limit."""
        if self.phase is _Phase.HEAD:
            self._refuse(408, "slow_head")
        elif self.phase is _Phase.BODY and not self.cycle.response_started:
            self._refuse(408, "slow_body")
        elif self.phase is _Phase.IDLE and self.transport.get_write_buffer_size():
            # The application regards it as answered; its client has not read the answer yet.
            self._turn(_Phase.ANSWER)
        else:
            self.abandon({_Phase.IDLE: "", _Phase.BODY: "slow_body", _Phase.ANSWER: "unread"}[self.phase])

    def abandon(self, reason: str) -> None:
        """Closes the connection at once; counts `reason` unless it is empty."""
        if reason:
            self.guard.closed[reason] += 1
        self.guard.leave(self)
        self.transport.abort()

    def _is_long(self, body: int) -> bool:
        limit = self.guard.limits.body_bytes
        return limit is not None and body > limit

    def _turn(self, phase: _Phase) -> None:
        self.phase, self.since = phase, self.guard.now()
        self.guard.moved(self)

    def _stop(self, why: str) -> None:
        self._why = why
        raise _RefusedError(why)

    def _refuse(self, status: int, why: str) -> None:
        """Answers with one line and closes the connection."""
        self.guard.closed[why] += 1
        self._turn(_Phase.ANSWER)
        said = why.encode()
        headers = b"content-type: text/plain\r\nconnection: close\r\ncontent-length: %d\r\n\r\n" % len(said)
        self.transport.write(STATUS_LINE[status] + headers + said)
        self.transport.close()


def fitting(limits: Limits) -> Limits:
    """The limits with at most as many connections as this process may open; raises its soft limit if too low."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = limits.connections + _OTHER_FILES
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(hard, wanted)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return limits
    return replace(limits, connections=max(soft - _OTHER_FILES, soft // 2))
