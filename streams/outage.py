"""One line when a server stops answering and one when it answers again, however often it was tried in between."""

import logging
import re
import threading
import time
from collections.abc import Callable
from functools import cache

from process.heartbeat import Heartbeat, heartbeat
from process.meters import counter

log = logging.getLogger(__name__)


class Outage:
    """The outage of one server. May be used by any thread."""

    def __init__(
        self,
        server: str,
        heart: Heartbeat,
        tell: Callable[[str], None] = log.warning,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`server`: its name for people. While it is away, this process's heartbeat lists it as failing."""
        self._server = server
        self._heart = heart
        self._tell = tell
        self._clock = clock
        self._lock = threading.Lock()
        self._since: float | None = None
        self._times = 0

    @property
    def is_on(self) -> bool:
        """Whether the server is away."""
        return self._since is not None

    def away(self, reason: str) -> None:
        """Records that it did not answer, or answered with an error, for this reason."""
        with self._lock:
            self._times += 1
            if self._server == "Kafka":
                # ClickHouse's are counted by what was asked (streams/store.py).
                counter("funnel_errors_total").labels("kafka").inc()
            begins = self._since is None
            if begins:
                self._since = self._clock()
        if begins:
            self._heart.fails(self._server.lower(), f"does not answer well ({reason})")
            self._tell(f"{self._server} does not answer well ({reason}): trying again")

    def back(self) -> None:
        """Records that it has answered. Cheap if it was not away."""
        if self._since is None:
            return
        with self._lock:
            if self._since is None:
                return
            lasted, times = self._clock() - self._since, self._times
            self._since, self._times = None, 0
        self._heart.works(self._server.lower())
        self._tell(f"{self._server} answers again after {lasted:.0f} s ({times:,} failures)")


class Refusal:
    """ClickHouse answers but keeps refusing one request: reported once, and as failing until it succeeds."""

    _NAME = "clickhouse refuses"

    def __init__(self) -> None:
        self._told = False

    def tell(self, reason: str) -> None:
        """Records a refusal for this reason; the request will be retried."""
        if not self._told:
            self._told = True
            log.warning("ClickHouse refuses (%s): trying again", reason)
        heartbeat().fails(self._NAME, reason)

    def end(self) -> None:
        """Records that it succeeded or was given up. Another refused request reports itself at its next attempt."""
        if self._told:
            heartbeat().works(self._NAME)


@cache
def kafka_outage() -> Outage:
    """The one of this process's consumer and producer."""
    return Outage("Kafka", heartbeat())


_PASSING = re.compile(r"rebalanc|re-?join|member_id was not recognized|not a member", re.IGNORECASE)
"""aiokafka's messages about a rebalance, which is no outage."""


_ERROR = re.compile(r"\w+Error: (.+?)\]?(?: -- .*)?$")
"""The error in its message; before it comes the request, after it what happens next."""


class _Swallow(logging.Handler):
    """Reduces aiokafka's messages about an absent broker to one line; the rest is logged as usual."""

    def __init__(self, outage: Outage) -> None:
        super().__init__(logging.WARNING)
        self._outage = outage

    def emit(self, record: logging.LogRecord) -> None:
        if _PASSING.search(said := record.getMessage()):
            if not self._outage.is_on:
                logging.getLogger().handle(record)
        else:
            line = " ".join(said.split())
            error = _ERROR.search(line)
            self._outage.away((error[1] if error else line)[:200])


def one_line_an_outage() -> None:
    """Reduces the clients' hundreds of lines to one. Once per worker."""
    aiokafka = logging.getLogger("aiokafka")
    aiokafka.addHandler(_Swallow(kafka_outage()))
    aiokafka.propagate = False
    # Each failed attempt is counted where it is made (streams/store.py).
    for name in ("clickhouse_connect", "urllib3"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    # A timer that was late because it waited for a server.
    logging.getLogger("mode.timers").setLevel(logging.ERROR)
