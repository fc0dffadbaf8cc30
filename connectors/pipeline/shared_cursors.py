"""The cursors of a service's polls, in Kafka: a compacted topic, from which whoever polls next reads them first.

Each writer of a service has the same transactional id, and Kafka takes records only from the one that opened last. So a
former owner that wakes up can move no cursor (docs/decisions/0045-several-pollers.md). A value is written in one
transaction, in parts if it is long.
"""

import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, suppress
from threading import Thread
from types import TracebackType
from typing import Any, Self

import orjson
from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.errors import InvalidProducerEpochError, KafkaError, ProducerFencedError

from connectors.pipeline.publish import PublishError
from contract.topics import POLL_CURSORS
from process.kafka import KafkaSettings, reach
from process.kafka_trouble import cause

WRITER = "webinar-funnel-cursors-{}"
"""The transactional id of whoever writes a service's cursors."""
_PARTITION = 0
"""Where all cursors are. One that followed from the number of partitions would be another one once these are raised."""
_PART = 400_000
"""Bytes of a value in one record."""
_IN_ONE = 500
"""Cursors that are written in one transaction."""
_CONNECT_MS = 5_000
_BLOCK_MS = 15_000
_TRANSACTION_MS = 15_000
"""After this time Kafka ends a transaction whose writer is gone; until then others do not see its end."""
_READ_SECONDS = 40.0
_POLL_MS = 200
_WAIT_MS = 50
"""How long Kafka waits for a record where there is none: whoever starts to poll waits for it too."""

Values = dict[str, str]


class OwnershipLostError(PublishError):
    """Another process polls this service now. The text is one line."""


class SharedCursors:
    """One service's cursors (connectors/poll.py, Cursors), for the process that polls it. For one thread at a time.

    Opening it shuts out every earlier writer of that service. `put` returns once Kafka has the value. Raises
    PublishError; OwnershipLostError once another process has opened the same cursors.
    """

    def __init__(self, kafka: KafkaSettings, connector: str) -> None:
        self._kafka = kafka
        self._connector = connector
        self._producer: Any = None
        self._is_lost = False
        try:
            self._producer = KafkaProducer(
                **reach(kafka),
                client_id="webinar-funnel-cursors",
                transactional_id=WRITER.format(connector),
                transaction_timeout_ms=_TRANSACTION_MS,
                acks="all",
                compression_type="lz4",
                linger_ms=0,
                allow_auto_create_topics=False,
                bootstrap_timeout_ms=_CONNECT_MS,
                max_block_ms=_BLOCK_MS,
                request_timeout_ms=_BLOCK_MS,
                delivery_timeout_ms=2 * _BLOCK_MS,
                metrics_enabled=False,
            )
            # First: what an earlier writer still sends from here on is refused, so what is read stays the truth.
            self._producer.init_transactions()
            self._producer.partitions_for(POLL_CURSORS.name)
            self._values = _read(kafka)[connector]
        except (KafkaError, OSError, ValueError) as error:
            self.close()
            raise self._failure(error) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Closes it in the background: everything that was put is kept."""
        producer, self._producer = self._producer, None
        if producer is not None:
            Thread(target=_close, args=(producer,), name="closed-cursors", daemon=True).start()

    def get(self, name: str) -> str | None:
        """The value last put under that name, by whichever process."""
        return self._values.get(name)

    def put(self, name: str, value: str) -> None:
        """Replaces the value."""
        self.put_all({name: value})

    def put_all(self, values: Mapping[str, str]) -> None:
        """The same for several."""
        changed = [(name, value) for name, value in values.items() if self._values.get(name) != value]
        for first in range(0, len(changed), _IN_ONE):
            some = changed[first : first + _IN_ONE]
            self._write(some)
            self._values.update(some)

    def erase(self, names: Iterable[str]) -> None:
        """Takes these cursors away; Kafka deletes what they held within about a day."""
        some = [name for name in names if name in self._values]
        if some:
            self._write([(name, None) for name in some])
        for name in some:
            del self._values[name]

    def missing(self, names: Iterable[str]) -> list[str]:
        """Those of the names that have no cursor."""
        return [name for name in names if name not in self._values]

    def _write(self, values: Iterable[tuple[str, str | None]]) -> None:
        try:
            self._producer.begin_transaction()
            sent = [
                self._producer.send(POLL_CURSORS.name, part, key, headers, _PARTITION)
                for name, value in values
                for key, part, headers in _parts(self._connector, name, value, self._values.get(name, ""))
            ]
            # It has a limit of time, which the commit has not; and the records say what is wrong.
            self._producer.flush(_BLOCK_MS / 1000)
            for one in sent:
                one.get(0)
            self._producer.commit_transaction()
        except (KafkaError, OSError, ValueError) as error:
            raise self._failure(error) from error

    def _failure(self, error: BaseException) -> PublishError:
        self._is_lost = self._is_lost or isinstance(error, (ProducerFencedError, InvalidProducerEpochError))
        if self._is_lost:
            return OwnershipLostError(f"{self._connector} is polled by another process now: this run ends")
        return PublishError(
            cause(self._kafka, error)
            or f"The cursors of {self._connector} could not be read or stored in Kafka at "
            f"{self._kafka.kafka_bootstrap} ({type(error).__name__}). Look at funnel status; if the topic "
            f"{POLL_CURSORS.name} is missing, run funnel create-topics."
        )


def all_cursors(kafka: KafkaSettings) -> Mapping[str, Values]:
    """The cursors of all services, by connector. Raises PublishError."""
    try:
        return _read(kafka)
    except (KafkaError, OSError, ValueError) as error:
        raise PublishError(
            cause(kafka, error)
            or f"The cursors of the polls cannot be read from Kafka at {kafka.kafka_bootstrap} "
            f"({type(error).__name__}): look at funnel status, then try again."
        ) from error


def _read(kafka: KafkaSettings) -> Mapping[str, Values]:
    consumer = KafkaConsumer(
        **reach(kafka),
        group_id=None,
        enable_auto_commit=False,
        isolation_level="read_committed",
        allow_auto_create_topics=False,
        fetch_max_wait_ms=_WAIT_MS,
        bootstrap_timeout_ms=_CONNECT_MS,
        metrics_enabled=False,
    )
    parts: dict[str, dict[tuple[str, int], tuple[bytes, int]]] = defaultdict(dict)
    with closing(consumer):
        is_there = consumer.partitions_for_topic(POLL_CURSORS.name)
        for record in _records(consumer, [TopicPartition(POLL_CURSORS.name, _PARTITION)] if is_there else []):
            connector, name, number = orjson.loads(record.key)
            if record.value is None:
                parts[connector].pop((name, number), None)
            else:
                parts[connector][name, number] = record.value, int(dict(record.headers)["parts"])
    return defaultdict(dict, {connector: _joined(some) for connector, some in parts.items()})


def _records(consumer: Any, places: list[TopicPartition]) -> Iterator[Any]:
    """All records up to the end, also if another service's writer has died before the end of its transaction."""
    if not places:
        return
    consumer.assign(places)
    consumer.seek_to_beginning()
    deadline = time.monotonic() + _READ_SECONDS
    left = set(places)
    while left:
        for records in consumer.poll(_POLL_MS, max_records=5_000).values():
            yield from records
        # The end of all records, not only of the committed ones, which end where a transaction is open.
        left = {one for one in left if (end := consumer.highwater(one)) is None or consumer.position(one) < end}
        if left and time.monotonic() > deadline:
            raise TimeoutError


def _parts(
    connector: str, name: str, value: str | None, before: str
) -> Iterator[tuple[bytes, bytes | None, list[tuple[str, bytes]]]]:
    """The records of a value as (key, value, headers), and an end for the parts that it has no more."""
    pieces = [] if value is None else _pieces(value)
    headers = [("parts", str(len(pieces)).encode())]
    for number in range(max(len(pieces), len(_pieces(before)))):
        key = orjson.dumps([connector, name, number])
        yield key, pieces[number] if number < len(pieces) else None, headers


def _pieces(value: str) -> list[bytes]:
    data = value.encode()
    return [data[first : first + _PART] for first in range(0, len(data), _PART)] or [b""]


def _joined(parts: Mapping[tuple[str, int], tuple[bytes, int]]) -> Values:
    return {
        name: b"".join(parts[name, one][0] for one in range(count) if (name, one) in parts).decode()
        for (name, number), (_, count) in parts.items()
        if number == 0
    }


def _close(producer: Any) -> None:
    with suppress(KafkaError):
        producer.close(_BLOCK_MS / 1000)
