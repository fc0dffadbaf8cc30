"""The servers of a cluster as one: what does not reach one of them goes to the next, for every client alike."""

import logging
import random
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from clickhouse_connect.driver.httputil import get_pool_manager_options
from urllib3 import PoolManager
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NameResolutionError, NewConnectionError, SSLError
from urllib3.response import BaseHTTPResponse
from urllib3.util import parse_url

from clickhouse.addresses import Address
from clickhouse.lasting import lasts
from process.errors import ExplainedError

_CODE = "X-ClickHouse-Exception-Code"
_NOTHING_SENT = (NewConnectionError, NameResolutionError, ConnectTimeoutError)
_NOT_HERE = frozenset({"225", "242", "289"})
"""NO_ZOOKEEPER, TABLE_IS_READ_ONLY, REPLICA_IS_NOT_IN_QUORUM: refused by this replica before anything was done."""
_ILL = frozenset({"999"})
"""KEEPER_EXCEPTION: something may have been done. Only what comes next goes elsewhere."""
_IN_TURN = "286"
"""UNSATISFIED_QUORUM_FOR_PREVIOUS_WRITE: another insert into this table is under way, and takes milliseconds."""
_TURN_SECONDS = 20.0
"""A replica that is lost in between blocks the table for as long as Keeper takes to notice; then the caller retries."""
_PAUSES = (0.01, 0.1)

_log = logging.getLogger(__name__)


class _NotAdmitted(HTTPError):
    """Nobody answers where the request would have gone. The text is one line."""


class Failover(PoolManager):
    """Connections to the servers of one installation. The one that answers is kept until it fails.

    Safe in several threads. Only what certainly did nothing is sent again: whether to repeat the rest is the caller's
    to know.
    """

    def __init__(
        self,
        addresses: Sequence[Address],
        first: Address,
        context: ssl.SSLContext | None,
        admit: Callable[[Address], None],
    ) -> None:
        """`first`: the server that the caller has looked at. `admit`: looks at another one before each use of it;
        raises ExplainedError if it may not be.
        """
        options = get_pool_manager_options()
        if context is not None:
            options = {name: value for name, value in options.items() if name not in ("cert_reqs", "ca_certs")}
            options["ssl_context"] = context
        super().__init__(**options)
        self._addresses = tuple(addresses)
        self._scheme = "http" if context is None else "https"
        self._current = self._addresses.index(first)
        self._lock = threading.Lock()
        self._admit = admit
        self._admitted: int | None = self._current
        self._admission = threading.Lock()
        self._refused = ""

    @property
    def address(self) -> Address:
        """The server that is asked now."""
        return self._addresses[self._current]

    # urllib3's own signature has more names than we use.
    def urlopen(self, method: str, url: str, redirect: bool = True, **kw: Any) -> BaseHTTPResponse:  # type: ignore[override]
        """As urllib3 has it; host and port of the address are replaced.

        Raises the error of the last server asked; ExplainedError if all that answer were refused.
        """
        path = parse_url(url).request_uri
        kw["body"] = _repeatable(kw.get("body"))
        deadline = time.monotonic() + _TURN_SECONDS
        left = len(self._addresses)
        away: HTTPError | None = None
        while True:
            place = self._current
            try:
                self._require(place)
                response = self._ask(method, place, path, redirect, kw)
            except (HTTPError, ExplainedError) as error:
                self._leave(place)
                left -= 1
                away = error if isinstance(error, HTTPError) else away
                if left <= 0 and isinstance(error, ExplainedError) and away is not None:
                    # One that is away may come back; that another one was refused is in the log.
                    raise away from error
                if left <= 0 or not _sent_nothing(error):
                    raise
                continue
            code = response.headers.get(_CODE, "")
            if code == _IN_TURN and time.monotonic() < deadline:
                _close(response)
                time.sleep(random.uniform(*_PAUSES))
                continue
            if code in _NOT_HERE or code in _ILL:
                self._leave(place)
                left -= 1
                if left > 0 and code in _NOT_HERE:
                    away = HTTPError(f"{self._addresses[place]} does not serve this now (error {code})")
                    _close(response)
                    continue
            return response

    def _ask(self, method: str, place: int, path: str, redirect: bool, kw: dict[str, Any]) -> BaseHTTPResponse:
        url = f"{self._scheme}://{self._addresses[place]}{path}"
        return super().urlopen(method, url, redirect=redirect, **{**kw, "retries": False})

    def _require(self, place: int) -> None:
        """A server that takes over may be new, or have other tables. Raises ExplainedError, HTTPError."""
        with self._admission:
            if place == self._admitted:
                return
            try:
                self._admit(self._addresses[place])
            except ExplainedError as error:
                if not lasts(error):
                    raise _NotAdmitted(str(error)) from error
                if str(error) != self._refused:
                    self._refused = str(error)
                    _log.warning("%s", error)
                raise
            self._admitted = place

    def _leave(self, place: int) -> None:
        with self._lock:
            # Another thread may have gone on already.
            if self._current == place:
                self._current = (place + 1) % len(self._addresses)
                # Whoever is there when it answers again may be another one.
                self._admitted = None


def _sent_nothing(error: HTTPError | ExplainedError) -> bool:
    """A server's certificate is looked at before anything is sent; any other fault of TLS may come later."""
    if isinstance(error, SSLError):
        return bool(error.args) and isinstance(error.args[0], ssl.SSLCertVerificationError)
    return isinstance(error, (*_NOTHING_SENT, _NotAdmitted, ExplainedError))


def _repeatable(body: object) -> object:
    """What may be sent twice: the client makes the rows of an insert piece by piece."""
    if body is None or isinstance(body, bytes | bytearray | str) or not isinstance(body, Iterable):
        return body
    return b"".join(body)


def _close(response: BaseHTTPResponse) -> None:
    response.drain_conn()
    response.release_conn()
