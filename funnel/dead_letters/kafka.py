"""The bytes of dead letters: from their own position in Kafka, else from the copy in the topic of dead letters.

Both are kept forever unless somebody sets a retention or recreates the topics. Blocking I/O.
"""

import base64
import time
from collections import defaultdict
from collections.abc import Collection, Generator, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from typing import NamedTuple

import orjson
from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError

from contract.record import Record
from contract.topics import DEAD_LETTERS
from funnel.dead_letters.letter import Letter, Place
from process.kafka import reach
from process.kafka_trouble import cause
from streams import offsets
from streams.lag import LagError, asking
from streams.settings import Settings

_SILENCE_SECONDS = 10.0
_POLL_MS = 500
_FAR = 2_000
"""A gap of up to this many records is read through rather than skipped by a seek."""


class Raw(NamedTuple):
    """The record's bytes."""

    key: bytes | None
    value: bytes | None
    found: str
    """Where they were found, in words."""


Found = Generator[tuple[Letter, Raw], None, list[Letter]]
Ranges = dict[TopicPartition, tuple[int, int]]
"""The first and the end offset of each partition now."""


def raw_letters(config: Settings, letters: Collection[Letter]) -> Iterator[tuple[Letter, Raw | None]]:
    """Each letter with its bytes, in bounded memory and in any order; None: Kafka no longer has them.

    Raises LagError if Kafka does not answer.
    """
    if not letters:
        return
    topics = {one.place.topic for one in letters} | {DEAD_LETTERS.name}
    with asking(config) as admin:
        begins, ends = offsets.starts(admin, topics), offsets.ends(admin, topics)
    ranges = {TopicPartition(*place): (begin, ends[place]) for place, begin in begins.items()}
    with reading(config) as consumer:
        left = yield from _from_their_places(consumer, letters, ranges)
        left = yield from _from_copies(consumer, left, ranges)
    for letter in left:
        yield letter, None


@contextmanager
def reading(config: Settings) -> Iterator[KafkaConsumer]:
    """A consumer of no group. Raises LagError if Kafka stops answering."""
    try:
        consumer = KafkaConsumer(
            **reach(config), group_id=None, enable_auto_commit=False, allow_auto_create_topics=False
        )
        with closing(consumer):
            yield consumer
    except (KafkaError, OSError, ValueError) as error:
        raise LagError(
            cause(config, error)
            or f"Kafka at {config.kafka_bootstrap} stopped answering ({type(error).__name__}): look at funnel status, "
            "then run the same command again."
        ) from error


def _from_their_places(consumer: KafkaConsumer, letters: Iterable[Letter], ranges: Ranges) -> Found:
    """Yields the letters that are still at their position; returns the others."""
    left: list[Letter] = []
    by_partition: dict[TopicPartition, list[Letter]] = defaultdict(list)
    for letter in letters:
        by_partition[TopicPartition(letter.place.topic, letter.place.partition)].append(letter)
    for place, some in by_partition.items():
        begin, end = ranges.get(place, (0, 0))
        there = {one.place.offset: one for one in some if begin <= one.place.offset < end}
        left += [one for one in some if one.place.offset not in there]
        for run in _runs(sorted(there)):
            for record in records_of(consumer, place, run[0], run[-1] + 1):
                wanted = there.get(record.offset)
                # The time distinguishes it from a record of a recreated topic.
                if wanted is not None and wanted.written_at == record.timestamp:
                    del there[record.offset]
                    yield wanted, Raw(record.key, record.value, "at its place")
        left += there.values()
    return left


def _from_copies(consumer: KafkaConsumer, letters: Iterable[Letter], ranges: Ranges) -> Found:
    """Yields the letters with a copy in the topic of dead letters; returns the others."""
    left = {(one.place, one.written_at): one for one in letters}
    for place, (begin, end) in ranges.items():
        if place.topic != DEAD_LETTERS.name or not left:
            continue
        for record in records_of(consumer, place, begin, end):
            assert record.value is not None
            said = orjson.loads(record.value)
            named = (Place(said["topic"], said["partition"], said["offset"]), said["written_at"])
            wanted = left.pop(named, None)
            if wanted is not None:
                yield wanted, Raw(_bytes(said["key"]), _bytes(said["value"]), f"on {DEAD_LETTERS.name}")
    return list(left.values())


def records_of(consumer: KafkaConsumer, place: TopicPartition, first: int, stop: int) -> Iterator[Record]:
    """The records of a partition from offset `first` on, before `stop`. Raises TimeoutError, KafkaError."""
    if first >= stop:
        return
    consumer.assign([place])
    consumer.seek(place, first)
    last_answer = time.monotonic()
    while consumer.position(place) < stop:
        records = consumer.poll(timeout_ms=_POLL_MS).get(place, [])
        if records:
            last_answer = time.monotonic()
        elif time.monotonic() - last_answer > _SILENCE_SECONDS:
            raise TimeoutError
        for record in records:
            if record.offset < stop:
                yield record


def _runs(ordered: Sequence[int]) -> Iterator[list[int]]:
    """Groups of offsets that are read in one go."""
    run: list[int] = []
    for offset in ordered:
        if run and offset - run[-1] > _FAR:
            yield run
            run = []
        run.append(offset)
    if run:
        yield run


def _bytes(text: str | None) -> bytes | None:
    return None if text is None else base64.b64decode(text)
