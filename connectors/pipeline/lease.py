"""Who polls a service: one process, however many are started, on whichever machines (docs/decisions/0045).

The pollers of a service are a consumer group on the topic of wake-ups. The one that Kafka gives its partitions polls;
it also gets the wake-ups. It keeps them while it lives; when it ends or dies, another gets them.
"""

import logging
import os
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from dataclasses import replace
from types import TracebackType
from typing import Any, NamedTuple, Self

from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError
from kafka.structs import OffsetAndMetadata

from connectors.pipeline.claims import Claim
from connectors.pipeline.owner_first import OwnerFirst
from connectors.pipeline.shared_cursors import OwnershipLostError
from connectors.pipeline.waking import read_wake
from contract.topics import POLL_WAKES
from process.clock import now
from process.kafka import KafkaSettings, reach
from process.kafka_trouble import cause

GROUP = "webinar-funnel-poll-{}"
"""The consumer group of a service's pollers."""
_BEATS = 10
"""How many signs of life are sent within the time after which a poller counts as dead."""
_TURN_MS = 200
_ASK_MS = 2_000
_CONNECT_MS = 5_000
_AGAIN_SECONDS = 1.0
_END_SECONDS = 5.0

_log = logging.getLogger(__name__)


class _Wake(NamedTuple):
    subject: str
    at: int
    place: TopicPartition
    offset: int


class _TopicMissingError(Exception):
    """There are no partitions by which it could be said who polls. The text is one line."""


class Lease:
    """A process's membership: `with Lease(settings, "zoom", 20.0) as lease:`. Its methods do not wait for Kafka.

    Leaving the block lets another process poll at once.
    """

    def __init__(
        self,
        kafka: KafkaSettings,
        connector: str,
        seconds: float,
        *,
        is_errand: bool = False,
        tell: "Callable[[Lease], None]" = lambda _: None,
    ) -> None:
        """`seconds`: after which a silent owner is replaced. `is_errand`: see Claim. `tell`: called now and then, in
        another thread, while Kafka says who polls.
        """
        self.connector = connector
        self.trouble = ""
        """Why it cannot be known who polls; empty: it is."""
        self._kafka = kafka
        self._seconds = seconds
        self._tell = tell
        self._assignor = OwnerFirst(Claim(whoami(), now(), is_errand))
        self._wakes: deque[_Wake] = deque()
        self._taken: dict[TopicPartition, int] = {}
        self._kept: dict[TopicPartition, int] = {}
        self._unmarked: set[TopicPartition] = set()
        """Partitions that came, where nothing is committed yet to show who polls."""
        self._turned = 0.0
        """When its thread last asked Kafka, in seconds of the monotonic clock."""
        self._lock = threading.Lock()
        self._changed = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="lease", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping.set()
        self._thread.join(_END_SECONDS)

    @property
    def who(self) -> str:
        """This process, for people."""
        return self._assignor.claim.who

    @property
    def owns(self) -> bool:
        """Whether this process polls. Not if it was asleep for so long that another one may have taken over."""
        return self._assignor.claim.owned > 0 and not self._overslept()

    @property
    def stands_by(self) -> bool:
        """Whether Kafka has said that another process polls."""
        return self._assignor.is_known and not self.owns

    @property
    def owner_since(self) -> int:
        """Since when, in ms since 1970 UTC; 0: it does not."""
        return self._assignor.claim.owner_since

    def wait(self, seconds: float) -> bool:
        """Waits until this process polls, for so long at most; returns whether it does."""
        until = time.monotonic() + seconds
        while not self.owns and (left := until - time.monotonic()) > 0:
            self._changed.wait(min(left, _TURN_MS / 1000))
            self._changed.clear()
        return self.owns

    def require(self) -> None:
        """Raises OwnershipLostError if another process polls now."""
        if not self.owns:
            raise OwnershipLostError(f"{self.connector} is polled by another process now: this run ends")

    def is_woken(self) -> bool:
        """Whether there are wake-ups that were not taken."""
        return bool(self._wakes)

    def take_wakes(self, most: int) -> list[tuple[str, int]]:
        """At most `most` wake-ups as (subject, time), oldest first. The others stay."""
        with self._lock:
            taken = [self._wakes.popleft() for _ in range(min(most, len(self._wakes)))]
            self._taken |= {one.place: one.offset + 1 for one in taken}
        return [(one.subject, one.at) for one in taken]

    def wakes_kept(self) -> None:
        """Call it once what was taken is stored: until then it is given again to whoever polls next."""
        with self._lock:
            self._kept |= self._taken
            self._taken.clear()

    def _overslept(self) -> bool:
        return time.monotonic() - self._turned > self._seconds

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._assignor.claim = replace(self._assignor.claim, owned=0, owner_since=0)
            self._assignor.is_known = self._assignor.lacks_topic = False
            self._turned = time.monotonic()
            try:
                with closing(self._consumer()) as consumer:
                    consumer.subscribe([POLL_WAKES.name])
                    self._follow(consumer)
            except Exception as error:
                # Whatever it is: without this thread the process would stand by for ever.
                self.trouble = self._why(error)
                if not self._assignor.claim.is_errand:
                    # Whoever is on an errand says it, and ends.
                    _log.warning("%s", self.trouble)
                self._stopping.wait(_AGAIN_SECONDS)

    def _why(self, error: Exception) -> str:
        if isinstance(error, _TopicMissingError):
            return str(error)
        if not isinstance(error, (KafkaError, OSError, ValueError)):
            return f"who polls {self.connector} is not known ({type(error).__name__}: a bug of ours)"
        return cause(self._kafka, error) or (
            f"Kafka at {self._kafka.kafka_bootstrap} does not say who polls {self.connector} "
            f"({type(error).__name__}): start it (funnel up), or set FUNNEL_KAFKA_BOOTSTRAP"
        )

    def _consumer(self) -> Any:
        session = int(self._seconds * 1000)
        return KafkaConsumer(
            **reach(self._kafka),
            client_id="webinar-funnel-poll",
            group_id=GROUP.format(self.connector),
            partition_assignment_strategy=[self._assignor],
            session_timeout_ms=session,
            heartbeat_interval_ms=session // _BEATS,
            # Also how long the others wait for one that does not join them anew.
            max_poll_interval_ms=session,
            enable_auto_commit=False,
            # Of wake-ups that nobody has read yet all count.
            auto_offset_reset="earliest",
            allow_auto_create_topics=False,
            bootstrap_timeout_ms=_CONNECT_MS,
            metrics_enabled=False,
        )

    def _follow(self, consumer: Any) -> None:
        owned, self._unmarked = 0, set()
        while not self._stopping.is_set() and not self._overslept():
            self._turned = time.monotonic()
            records = consumer.poll(_TURN_MS)
            claim = self._assignor.claim
            if self._assignor.lacks_topic:
                raise _TopicMissingError(
                    f"the topic {POLL_WAKES.name} is missing, so nobody polls {self.connector}: funnel create-topics"
                )
            if self._assignor.is_known:
                self.trouble = ""
            if claim.owned != owned:
                owned = self._turn_over(consumer, owned, claim)
            self._mark(consumer, records)
            self._add(record for some in records.values() for record in some)
            self._commit(consumer)
            self._tell(self)

    def _turn_over(self, consumer: Any, before: int, claim: Claim) -> int:
        if not (before and claim.owned):
            with self._lock:
                # What was taken and not stored is given to the next owner.
                for mine in (self._wakes, self._taken, self._kept):
                    mine.clear()
        if not claim.owned or claim.is_errand:
            self._unmarked = set()
        elif not before:
            self._unmarked = set(consumer.assignment())
        self._changed.set()
        return claim.owned

    def _mark(self, consumer: Any, records: Mapping[TopicPartition, Any]) -> None:
        """A group with commits stays known for a week after its end: so it shows that nobody polls any more."""
        for place in list(self._unmarked):
            # Wake-ups that came with the partitions are not stored yet. Nothing else may be committed than where it
            # stands: from 0 the next owner would be given all wake-ups again.
            first = records[place][0].offset if records.get(place) else consumer.position(place, _ASK_MS)
            if first is not None:
                self._unmarked.discard(place)
                with self._lock:
                    self._kept.setdefault(place, first)

    def _add(self, records: Iterable[Any]) -> None:
        mine = self.connector.encode()
        for record in records:
            if record.key == mine and (wake := read_wake(record.value)) is not None:
                self._wakes.append(_Wake(*wake, TopicPartition(record.topic, record.partition), record.offset))

    def _commit(self, consumer: Any) -> None:
        with self._lock:
            kept, self._kept = self._kept, {}
        if not kept or not self.owns:
            return
        said = "" if self._assignor.claim.is_errand else self.who
        try:
            at = {place: OffsetAndMetadata(one, said or _said(consumer, place), -1) for place, one in kept.items()}
            consumer.commit(at, _ASK_MS)
        except KafkaError:
            # The next turn tries again; until then the next owner would read the wake-ups once more.
            with self._lock:
                self._kept = kept | self._kept


def whoami() -> str:
    """This process, for people on other machines."""
    return f"{socket.gethostname()} (pid {os.getpid()})"


def _said(consumer: Any, place: TopicPartition) -> str:
    """What a lasting poller has said there: a single run does not change it."""
    found = consumer.committed(place, metadata=True, timeout_ms=_ASK_MS)
    return found.metadata if found is not None else ""
