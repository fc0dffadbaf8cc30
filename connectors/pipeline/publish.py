"""The only producer of events: every connector, import and simulation uses it.

A record is keyed by its webinar_id and partitioned by the Java client's murmur2 (kafka-python's default), so that one
worker owns a webinar (docs/contract.md, "Key of every topic").
"""

import threading
from collections import Counter, deque
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext, suppress
from types import TracebackType
from typing import Protocol, Self

from kafka import KafkaProducer
from kafka.errors import KafkaError, KafkaTimeoutError

from contract.events import Event, encode
from contract.reports import Report, encode_report
from contract.topics import CONNECTOR_REPORTS, MAX_RECORD_BYTES, TOPIC_OF_TYPE
from process.errors import ExplainedError
from process.kafka import KafkaSettings, reach
from process.kafka_trouble import cause
from process.late import said_if_late

_MAX_PENDING_RECORDS = 20_000
_MAX_PENDING_BYTES = 32 * 1024 * 1024
_BATCH_BYTES = 128 * 1024
_LINGER_MS = 20
_CONNECT_MS = 5_000
_REQUEST_MS = 15_000
_CLOSE_SECONDS = 5.0
_OVERDUE_SECONDS = 5.0
"""How long after its limit a record without an answer is given up: kafka-python forgot some after a broker's crash."""
_ROOM_RECORDS = 1_000


class _Acknowledgement(Protocol):
    """The part that we use of kafka-python's untyped FutureRecordMetadata."""

    is_done: bool

    def get(self, timeout: float) -> object: ...


class PublishError(ExplainedError):
    """Kafka did not acknowledge something. The text is one line: what happened, and what to do."""


class RefusedError(PublishError):
    """Kafka is there and lets nobody in with these settings: whoever waits for it waits for somebody to act."""


class Publisher:
    """Sends events and waits until each is acknowledged: `with Publisher(settings) as publisher:`.

    Leaving the block flushes. Unacknowledged records are bounded in number and bytes: `send` waits when Kafka is slower
    than the caller. Not for use by several threads at once.

    Raises PublishError if Kafka cannot be reached, or as soon as one record is known to be lost.
    """

    def __init__(
        self,
        config: KafkaSettings,
        delivery_seconds: float = 60.0,
        block_seconds: float = 10.0,
        tell: Callable[[str], None] | None = None,
        require_room: Callable[[], None] = lambda: None,
    ) -> None:
        """`delivery_seconds`: after which a record without an acknowledgement counts as lost. `block_seconds`: how long
        `send` may wait for a topic's metadata. `tell` gets a line when it waits for Kafka for long. `require_room`:
        called at the start and now and then; raises PublishError if nothing more may be sent
        (connectors/pipeline/room.py).
        """
        require_room()
        self._require_room = require_room
        self.sent: Counter[str] = Counter()
        """How many records were sent, by topic. All are acknowledged once `flush` has returned."""
        self._bootstrap = config.kafka_bootstrap
        self._delivery_seconds = delivery_seconds
        self._tell = tell
        # (future, bytes) in the order of sending. kafka-python itself sets no bound.
        self._pending: deque[tuple[_Acknowledgement, int]] = deque()
        self._pending_bytes = 0
        self._lost = 0
        self._first_error: BaseException | None = None
        try:
            self._producer = KafkaProducer(
                **reach(config),
                client_id="webinar-funnel-publisher",
                acks="all",
                enable_idempotence=True,
                compression_type="lz4",
                batch_size=_BATCH_BYTES,
                linger_ms=_LINGER_MS,
                allow_auto_create_topics=False,
                bootstrap_timeout_ms=_CONNECT_MS,
                max_block_ms=int(block_seconds * 1000),
                request_timeout_ms=_REQUEST_MS,
                delivery_timeout_ms=int(delivery_seconds * 1000),
                metrics_enabled=False,
            )
        except (KafkaError, OSError, ValueError) as error:
            if why := cause(config, error):
                raise RefusedError(why) from error
            raise PublishError(
                f"Kafka does not answer at {self._bootstrap}. Start it (funnel up), or set FUNNEL_KAFKA_BOOTSTRAP."
            ) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self.flush()
        finally:
            # After PublishError there is nothing to wait for; after another error, records under way may still arrive.
            self._producer.close(timeout=0 if self._lost else _CLOSE_SECONDS)

    def send(self, event: Event) -> None:
        """Publishes one event on the topic of its type. Raises PublishError."""
        self.send_raw(TOPIC_OF_TYPE[event.type].name, event.webinar_id.encode(), encode(event))

    def report(self, report: Report) -> None:
        """Publishes a connector's report about itself. Raises PublishError."""
        self.send_raw(CONNECTOR_REPORTS.name, report.connector.encode(), encode_report(report))

    def send_raw(self, topic: str, key: bytes | None, value: bytes) -> None:
        """Publishes `value` as it is. Raises PublishError: too large, no such topic, or an earlier record is lost."""
        if len(value) > MAX_RECORD_BYTES:
            raise PublishError(
                f"A record of {len(value):,} bytes is too large for Kafka: at most {MAX_RECORD_BYTES:,} bytes."
            )
        if self.sent.total() % _ROOM_RECORDS == 0:
            self._require_room()
        try:
            future = self._producer.send(topic, value=value, key=key)
        except KafkaTimeoutError as error:
            raise PublishError(
                f"Topic {topic} is not available from Kafka at {self._bootstrap}. "
                "Create the topics (funnel up, or funnel create-topics) and look at funnel status."
            ) from error
        except (KafkaError, ValueError) as error:
            raise self._failure(error) from error
        self._pending.append((future, len(value)))
        self._pending_bytes += len(value)
        self.sent[topic] += 1
        self._keep_within_bounds()

    def flush(self, seconds: float | None = None) -> None:
        """Waits until Kafka has acknowledged everything sent, for about `seconds` at most; None: `delivery_seconds`.

        Raises PublishError if a record was not acknowledged; after a timeout it may still arrive.
        """
        try:
            with self._reporting_delay():
                self._producer.flush(self._longest() if seconds is None else seconds)
        except KafkaError as error:
            raise self._failure(error) from error
        while self._pending:
            self._settle_oldest()
        if self._first_error is not None:
            raise self._failure(self._first_error)

    def abandon(self) -> None:
        """Closes it in the background, without waiting: records under way may still arrive for a while."""

        def close() -> None:
            with suppress(KafkaError):
                # Not 0 seconds: kafka-python would raise before its thread ends.
                self._producer.close(self._delivery_seconds + _CLOSE_SECONDS)

        threading.Thread(target=close, name="abandoned-publisher", daemon=True).start()

    def _keep_within_bounds(self) -> None:
        pending = self._pending
        while pending and (
            pending[0][0].is_done or len(pending) > _MAX_PENDING_RECORDS or self._pending_bytes > _MAX_PENDING_BYTES
        ):
            self._settle_oldest()
        if self._first_error is not None:
            raise self._failure(self._first_error)

    def _settle_oldest(self) -> None:
        future, size = self._pending.popleft()
        self._pending_bytes -= size
        try:
            if not future.is_done:
                with self._reporting_delay():
                    future.get(self._longest())
            future.get(0)
        except KafkaError as error:
            self._lost += 1
            self._first_error = self._first_error or error

    def _longest(self) -> float:
        return self._delivery_seconds + _OVERDUE_SECONDS

    def _reporting_delay(self) -> AbstractContextManager[None]:
        if self._tell is None:
            return nullcontext()
        said = f"still waiting for Kafka at {self._bootstrap}, for up to {self._delivery_seconds:.0f} s"
        return said_if_late(self._tell, said)

    def _failure(self, error: BaseException) -> PublishError:
        self._first_error = error
        self._lost = max(self._lost, 1)
        return PublishError(
            f"Kafka at {self._bootstrap} did not acknowledge {self._lost:,} or more of {self.sent.total():,} records "
            f"({type(error).__name__}). Look at funnel status, then run the same command again: "
            "what has already arrived is not counted twice."
        )
