"""Compares what Kafka holds, record by record, with the store: raw events, and dead letters.

The numbers are recomputed from the raw log (funnel/report/verify.py), so a raw log that lost events agrees with them.
Kafka shows the loss: every record up to a committed offset has to be in the raw log at its position, or under its id
and content (a repeat, or a record with another position), or among the dead letters. It shares no code with the
workers; it reads in bounded memory.
"""

import asyncio
import hashlib
import logging
import re
import time
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from itertools import groupby
from typing import NamedTuple

import orjson
from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError as ReadingError
from clickhouse_connect.driver.client import Client
from kafka import KafkaAdminClient

from contract.forgotten import forgotten_id
from process.kafka import reach
from process.kafka_trouble import cause
from streams.lag import LagError, asking, committed, starts
from streams.lag import ends as published
from streams.settings import Settings

_RECORDS_AT_ONCE = 50_000
_BYTES_AT_ONCE = 64 * 1024 * 1024
_SILENCE_SECONDS = 8.0
_STOP_SECONDS = 1.0
_PATIENCE_SECONDS = 3.0
_KEYS_BYTES = 150_000
"""Bytes of one statement: ClickHouse accepts 262,144 from a user who may not change settings."""
_RECEIVED_AT = re.compile(rb'"received_at"\s*:\s*"[^"]*"')

# It would log what we report in one line.
logging.getLogger("aiokafka").addHandler(logging.NullHandler())

Partition = tuple[str, int]
"""A topic and a partition."""


@dataclass(slots=True)
class Compared:
    """One partition: what was compared, and what is missing in the store."""

    topic: str
    partition: int
    begin: int
    """The first offset that Kafka still has."""
    end: int
    """The offset after the last record in Kafka."""
    committed: int
    records: int = 0
    missing: list[int] = field(default_factory=list)
    """Offsets of committed records that are not in the store."""

    @property
    def stop(self) -> int:
        """The end of the comparison (excluded)."""
        return min(self.committed, self.end)

    def lines(self) -> Iterator[str]:
        """What is wrong, and what could not be compared."""
        name = f"{self.topic} partition {self.partition}"
        if self.missing:
            those = f"{len(self.missing):,} records are" if len(self.missing) > 1 else "1 record is"
            yield (
                f"{name}: {those} committed that the raw log does not hold ({_ranges(self.missing)}): "
                "funnel rebuild rebuilds the tables from Kafka"
            )
        if min(self.begin, self.committed) > 0:
            gone = min(self.begin, self.committed)
            yield f"{name}: not compared: Kafka no longer has the {gone:,} records before offset {gone}"
        if not self.committed and self.end > self.begin:
            yield f"{name}: not compared: no offset of its {self.end - self.begin:,} records is committed"
        if self.committed > self.end:
            yield (
                f"{name}: not compared: offsets up to {self.committed} are committed, but Kafka's log ends at "
                f"{self.end}: the topic was recreated"
            )


@dataclass(slots=True)
class KafkaResult:
    """All partitions of the event topics."""

    partitions: dict[Partition, Compared] = field(default_factory=dict)

    @property
    def records(self) -> int:
        """How many committed records Kafka still has; each was looked up."""
        return sum(one.records for one in self.partitions.values())

    @property
    def missing(self) -> int:
        """How many of them are not in the store."""
        return sum(len(one.missing) for one in self.partitions.values())

    def lines(self) -> list[str]:
        """What is wrong, and what could not be compared, by topic and partition."""
        return [line for _, one in sorted(self.partitions.items()) for line in one.lines()]


def compare_with_kafka(
    settings: Settings,
    client: Client,
    progress: Callable[[str], None] = lambda _: None,
    only: Collection[Partition] | None = None,
) -> KafkaResult:
    """Looks up every committed record in the store. `only`: these partitions.

    Commits are read first, so that workers may continue meanwhile. Raises LagError if Kafka does not answer.
    """
    with asking(settings) as admin:
        done = _committed(admin, settings.consumer_group, patient=any(published(admin).values()))
        begins, ends = starts(admin), published(admin)
    result = KafkaResult()
    for (topic, partition), end in sorted(ends.items()):
        if only is None or (topic, partition) in only:
            place = (topic, partition)
            result.partitions[place] = Compared(topic, partition, begins[place], end, max(0, done.get(place, 0)))
    asyncio.run(_compare(settings, client, result, progress))
    return result


def _committed(admin: KafkaAdminClient, group: str, *, patient: bool) -> dict[Partition, int]:
    """The group's committed offsets. A coordinator that is moving or loading reports none for a while."""
    deadline = time.monotonic() + _PATIENCE_SECONDS * patient
    while not (done := committed(admin, group)) and time.monotonic() < deadline:
        time.sleep(0.25)
    return done


class _Record(NamedTuple):
    """How a record has to be in the store. `key` is None if it is no JSON object with the two ids."""

    offset: int
    written_at: int
    key: tuple[str, str] | None
    content: bytes
    """Hash of the value without received_at."""
    ids: frozenset[str]
    """The persons that it names."""


async def _compare(settings: Settings, client: Client, result: KafkaResult, progress: Callable[[str], None]) -> None:
    to_read = {place: one for place, one in result.partitions.items() if one.begin < one.stop}
    if not to_read:
        return
    async with _consumer(settings) as consumer:
        for place, one in to_read.items():
            async for records in _read(consumer, one):
                one.records += len(records)
                one.missing += sorted(await asyncio.to_thread(_missing, client, place, records))
                progress(f"compared {result.records:,} records with Kafka")


@asynccontextmanager
async def _consumer(settings: Settings) -> AsyncIterator[AIOKafkaConsumer]:
    # kafka-python reads a fifth as fast.
    consumer = AIOKafkaConsumer(
        **reach(settings),
        group_id=None,
        enable_auto_commit=False,
        request_timeout_ms=int(_SILENCE_SECONDS * 1000),
        max_partition_fetch_bytes=8 * 1024 * 1024,
    )
    try:
        async with asyncio.timeout(_SILENCE_SECONDS):
            await consumer.start()
        yield consumer
    except (ReadingError, OSError, TimeoutError) as error:
        raise LagError(
            cause(settings, error) or f"Kafka at {settings.kafka_bootstrap} stopped answering ({type(error).__name__})"
        ) from error
    finally:
        # Its stop may raise the cancellation of its own tasks, or wait for a Kafka that is gone.
        with suppress(asyncio.CancelledError, ReadingError, TimeoutError):
            async with asyncio.timeout(_STOP_SECONDS):
                await consumer.stop()


async def _read(consumer: AIOKafkaConsumer, one: Compared) -> AsyncIterator[list[_Record]]:
    """The committed records of a partition, in chunks."""
    place = TopicPartition(one.topic, one.partition)
    consumer.assign([place])
    consumer.seek(place, one.begin)
    some: list[_Record] = []
    size, last_answer = 0, time.monotonic()
    while await consumer.position(place) < one.stop:
        records = (await consumer.getmany(place, timeout_ms=500, max_records=_RECORDS_AT_ONCE)).get(place, [])
        if records:
            last_answer = time.monotonic()
        elif time.monotonic() - last_answer > _SILENCE_SECONDS:
            raise TimeoutError
        for record in records:
            if record.offset < one.stop:
                some.append(_record(record))
                size += len(record.value or b"")
        if len(some) >= _RECORDS_AT_ONCE or size >= _BYTES_AT_ONCE:
            yield some
            some, size = [], 0
    if some:
        yield some


def _record(record: ConsumerRecord) -> _Record:
    value: bytes = record.value or b""
    content = hashlib.md5(_RECEIVED_AT.sub(b"", value, count=1), usedforsecurity=False).digest()
    key = None
    ids: frozenset[str] = frozenset()
    try:
        said = orjson.loads(value)
        ids = frozenset(said[name] for name in ("person_id", "same_as") if isinstance(said.get(name), str))
        if isinstance(said["webinar_id"], str) and isinstance(said["event_id"], str):
            key = (said["webinar_id"], said["event_id"])
    except (orjson.JSONDecodeError, TypeError, KeyError, IndexError, AttributeError):
        pass
    return _Record(record.offset, record.timestamp, key, content, ids)


def _missing(client: Client, place: Partition, records: Sequence[_Record]) -> set[int]:
    """The offsets of records that are not in the store."""
    left = _not_at_their_place(client, place, records)
    if left:
        dead = _dead(client, place, left)
        left = [record for record in left if record.offset not in dead]
    if left:
        # What is said of forgotten persons is not kept.
        forgotten = _forgotten(client)
        left = [record for record in left if forgotten.isdisjoint(map(forgotten_id, record.ids))]
    held = _held(client, {record.key for record in left if record.key is not None})
    return {record.offset for record in left if record.key is None or (record.key, record.content) not in held}


def _not_at_their_place(client: Client, place: Partition, records: Sequence[_Record]) -> list[_Record]:
    # The time distinguishes a record from one at the same position before the topic was recreated.
    rows = client.query(
        f"SELECT offset, written_at, webinar_id, event_id FROM events WHERE {_WITHIN}", _within(place, records)
    ).result_rows
    held = {(offset, written_at): (webinar_id, event_id) for offset, written_at, webinar_id, event_id in rows}
    return [
        record for record in records if record.key is None or held.get((record.offset, record.written_at)) != record.key
    ]


def _dead(client: Client, place: Partition, records: Sequence[_Record]) -> set[int]:
    rows = client.query(
        f"SELECT offset, written_at FROM dead_letters WHERE {_WITHIN}", _within(place, records)
    ).result_rows
    written = {record.offset: record.written_at for record in records}
    return {offset for offset, written_at in rows if written.get(offset) == written_at}


def _forgotten(client: Client) -> set[str]:
    return {one for (one,) in client.query("SELECT DISTINCT forgotten_id FROM forgotten").result_rows}


_WITHIN = (
    "topic = {topic:String} AND partition = {partition:UInt16} AND offset BETWEEN {first:UInt64} AND {last:UInt64}"
)


def _within(place: Partition, records: Sequence[_Record]) -> dict[str, object]:
    topic, partition = place
    return {"topic": topic, "partition": partition, "first": records[0].offset, "last": records[-1].offset}


def _held(client: Client, keys: Collection[tuple[str, str]]) -> set[tuple[tuple[str, str], bytes]]:
    """The contents in the raw log under these ids, whatever their position in Kafka."""
    held: set[tuple[tuple[str, str], bytes]] = set()
    for some in _statements(sorted(keys)):
        rows = client.query(
            'SELECT webinar_id, event_id, MD5(replaceRegexpOne(event, \'"received_at"\\\\s*:\\\\s*"[^"]*"\', \'\')) '
            f"FROM events WHERE (webinar_id, event_id) IN ({','.join(some)})"
        ).result_rows
        held.update(((webinar_id, event_id), bytes(content)) for webinar_id, event_id, content in rows)
    return held


def _statements(keys: Iterable[tuple[str, str]]) -> Iterator[list[str]]:
    """The keys as SQL, neighbours together, as many as fit into one statement."""
    some: list[str] = []
    size = 0
    for webinar_id, event_id in keys:
        text = f"({_quote(webinar_id)},{_quote(event_id)})"
        if some and size + len(text.encode()) > _KEYS_BYTES:
            yield some
            some, size = [], 0
        some.append(text)
        size += len(text.encode()) + 1
    if some:
        yield some


def _quote(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _ranges(offsets: Sequence[int], most: int = 5) -> str:
    """Offsets as ranges: `offsets 3, 7..9`."""
    found = []
    for _, group in groupby(enumerate(offsets), lambda item: item[1] - item[0]):
        members = [offset for _, offset in group]
        found.append(f"{members[0]}..{members[-1]}" if len(members) > 1 else f"{members[0]}")
    more = f" and {len(found) - most:,} more ranges" if len(found) > most else ""
    return f"offset{'s' if len(offsets) > 1 else ''} {', '.join(found[:most])}{more}"
