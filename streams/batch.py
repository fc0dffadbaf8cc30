"""One batch of chunks from topic to queryable row: decode, load, fold; then row, insert, done (docs/design.md 3).

The only place that knows the order of the steps. Offsets become committable at its end, after the inserts.
"""

import asyncio
import base64
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Any, NamedTuple, Protocol

import orjson

from streams.canonical import canonical
from streams.decode import DeadLetter, decode
from streams.events import Event, Registration, Totals
from streams.instants import SECOND
from streams.memory import Memory, WebinarMemory
from streams.partition import partition_of
from streams.row import PersonRow, fence, row
from streams.settings import Settings
from streams.source import default_group, source_key
from streams.store import Store
from streams.topics import DEAD_LETTERS, EVENT_TOPICS, MAX_RECORD_BYTES
from streams.transport.delivery import Chunk, Record
from streams.webinar_row import WebinarRow, webinar_row

MOST_ROWS = 20_000
"""Rows of one insert: a changed begin may rewrite a webinar of any size in bounded memory."""

_PLACES = {topic.name: (place, topic) for place, topic in enumerate(EVENT_TOPICS)}


class Producer(Protocol):
    """Sends records to Kafka; returns when all of them are acknowledged."""

    async def send_all(self, records: Sequence[tuple[str, bytes | None, bytes | None]]) -> None: ...


class Placed(NamedTuple):
    """An event with the record it came in."""

    event: Event
    record: Record
    place: int
    """The topic's place in EVENT_TOPICS."""


@dataclass(slots=True)
class Reading:
    """The records of a batch, told apart."""

    events: list[Placed] = field(default_factory=list)
    dead: list[tuple[Record, DeadLetter]] = field(default_factory=list)
    misplaced: list[Placed] = field(default_factory=list)
    """On another partition than their webinar's: to be published again."""


def read(records: Iterable[Record], partitions: int) -> Reading:
    """Decodes the records. Pure."""
    reading = Reading()
    for record in records:
        place, topic = _PLACES[record.topic]
        event = decode(record.value, topic, record.timestamp)
        if isinstance(event, DeadLetter):
            reading.dead.append((record, event))
        elif partition_of(event.webinar_id, partitions) != record.partition:
            reading.misplaced.append(Placed(event, record, place))
        else:
            reading.events.append(Placed(event, record, place))
    return reading


class Changed(NamedTuple):
    """A webinar with rows to be written."""

    webinar_id: str
    webinar: WebinarMemory
    itself: bool
    """The row of the webinar, too."""
    person_ids: Sequence[str]


@dataclass(frozen=True, slots=True)
class Folded:
    """A batch that is in memory and not yet in the store, with the rows to be written."""

    chunks: Sequence[Chunk]
    reading: Reading
    webinar_ids: Sequence[str]
    """The webinars that have rows to be written."""
    webinars: Sequence[bytes]
    persons: Iterator[bytes]


class Outdated(Exception):
    """A later worker has already written what this one was about to: it has to end and join the group anew."""


class Batches:
    """Folds and writes batches, with the worker's memory between them. A batch is written while the next one folds."""

    def __init__(self, config: Settings, store: Store, producer: Producer) -> None:
        self._config = config
        self._store = store
        self._producer = producer
        self.memory = Memory(config.cached_persons)
        self._revoked: set[int] = set()
        self._sources: set[str] = set()
        self._unwritten: Counter[str] = Counter()
        # A row must not know of an event of the next batch: were the worker killed then, that event would be no change
        # when it comes again, and the other rows that it concerns would never be written.
        self._all_derived = asyncio.Event()
        self._all_derived.set()
        self._head_start: int | None = None
        self.counts: Counter[str] = Counter()
        """What became of the records since the start, by outcome."""

    def revoke(self, partitions: Iterable[int]) -> None:
        """These partitions were taken away, if only for a moment: their webinars are loaded anew."""
        self._revoked.update(partitions)

    async def fold(self, chunks: Sequence[Chunk]) -> Folded | None:
        """Puts into memory what the chunks hold that are still of the present assignment; None: none is.

        Raises StoreGone, and Outdated; then the worker has to end.
        """
        await self._all_derived.wait()
        self.memory.forget_partitions(self._revoked)
        self._revoked.clear()
        chunks = [chunk for chunk in chunks if chunk.current]
        if not chunks:
            return None
        reading = read((record for chunk in chunks for record in chunk), self._config.partitions)
        present = await self._fence(chunks[-1].generation)
        touched = await self._load(reading.events, present)
        for event, record, place in reading.events:
            assert record.value is not None
            self.memory[event.webinar_id].fold(event, record.value, place, record.offset)
        changed = [Changed(webinar_id, one, *one.take_changes()) for webinar_id, one in self.memory.changed(touched)]
        webinar_ids = [one.webinar_id for one in changed]
        self._unwritten.update(webinar_ids)
        webinars = [self._webinar_line(one, present) for one in changed if one.itself]
        return Folded(chunks, reading, webinar_ids, webinars, self._derived(changed, present))

    async def write(self, folded: Folded) -> None:
        """Writes a batch and lets its offsets be committed. Batches have to be written in the order of folding.

        Raises StoreGone or Kafka's errors; then nothing of the batch counts as done, and the worker has to end.
        """
        reading = folded.reading
        await self._store.insert("events", EventRow._fields, [event_line(placed) for placed in reading.events])
        await self._write_sources(reading.events)
        await self._write_totals(reading.events)
        await self._store.insert("webinars", WebinarRow._fields, folded.webinars)
        await self._write_persons(folded.persons)
        await self._reject(reading)
        for chunk in folded.chunks:
            chunk.done()
        self._unwritten -= Counter(folded.webinar_ids)
        self.memory.evict(keep=self._unwritten)
        self._count(reading)

    async def _fence(self, generation: int) -> int:
        """The fence of what is written now. A group that was deleted and made anew counts its generations from one
        again, so a worker begins above whatever is stored (docs/decisions/0004-a-version-carries-the-generation.md).
        """
        if self._head_start is None:
            stored = await self._store.greatest_fence()
            self._head_start = max(0, stored - fence(self._config.epoch, generation))
        return fence(self._config.epoch, generation) + self._head_start

    async def _load(self, events: Sequence[Placed], present: int) -> dict[str, int]:
        """Brings the webinars of the events into memory; returns their partitions."""
        touched = {placed.event.webinar_id: placed.record.partition for placed in events}
        missing = self.memory.missing(touched)
        if missing:
            for webinar_id, loaded in (await self._store.load(missing)).items():
                if loaded.fence > present:
                    raise Outdated(f"{webinar_id} was written by a worker of a later generation")
                self.memory.remember(webinar_id, touched[webinar_id], loaded)
        return touched

    async def _write_sources(self, events: Sequence[Placed]) -> None:
        said = {source_key(placed.event.source) for placed in events if isinstance(placed.event, Registration)}
        new = said - self._sources
        await self._store.insert("sources", SourceRow._fields, [source_line(key) for key in new])
        self._sources |= new

    async def _write_totals(self, events: Sequence[Placed]) -> None:
        lines = [totals_line(placed.event, placed.record) for placed in events if isinstance(placed.event, Totals)]
        await self._store.insert("totals", TotalsRow._fields, lines)

    def _derived(self, changed: Sequence[Changed], fence: int) -> Iterator[bytes]:
        """The rows of the persons, derived now; of many, the rest when it is written, and no batch folds before."""
        self._all_derived.clear()
        lines = self._all_person_lines(changed, fence)
        return chain(list(islice(lines, MOST_ROWS + 1)), lines)

    def _all_person_lines(self, changed: Sequence[Changed], fence: int) -> Iterator[bytes]:
        for one in changed:
            yield from self._person_lines(one, fence)
        self._all_derived.set()

    async def _write_persons(self, lines: Iterator[bytes]) -> None:
        while some := list(islice(lines, MOST_ROWS)):
            await self._store.insert("persons", PersonRow._fields, some)

    def _webinar_line(self, changed: Changed, fence: int) -> bytes:
        one = changed.webinar
        return line(
            webinar_row(
                changed.webinar_id,
                one.statements,
                one.facts,
                fence=fence,
                offset=one.offset,
                default_timezone=self._config.default_timezone,
            )
        )

    def _person_lines(self, changed: Changed, fence: int) -> Iterator[bytes]:
        one, webinar_id = changed.webinar, changed.webinar_id
        sign_of_life = self._config.sign_of_life_seconds * SECOND
        for person_id in changed.person_ids:
            whole = one.whole(person_id)
            own = one.persons[person_id]
            yield line(
                row(webinar_id, person_id, own, whole, begin=one.facts.begin, fence=fence, sign_of_life=sign_of_life)
            )

    async def _reject(self, reading: Reading) -> None:
        letters = [(DEAD_LETTERS.name, record.key, letter_value(record, dead)) for record, dead in reading.dead]
        again = [
            (placed.record.topic, placed.event.webinar_id.encode(), placed.record.value) for placed in reading.misplaced
        ]
        if letters or again:
            await self._producer.send_all([*letters, *again])
        letter_lines = [letter_line(record, dead) for record, dead in reading.dead]
        await self._store.insert("dead_letters", LetterRow._fields, letter_lines)

    def _count(self, reading: Reading) -> None:
        self.counts["events"] += len(reading.events)
        self.counts["dead_letters"] += len(reading.dead)
        self.counts["republished"] += len(reading.misplaced)


class EventRow(NamedTuple):
    """One row of the table `events`; the record stands in it as text, byte by byte."""

    webinar_id: str
    event_id: str
    topic: str
    partition: int
    offset: int
    written_at: int
    event: str


class SourceRow(NamedTuple):
    """One row of the table `sources`."""

    source: str
    source_group: str
    sorted: bool
    version: int


class TotalsRow(NamedTuple):
    """One row of the table `totals`."""

    webinar_id: str
    reported_by: str
    reported_at: int
    event_id: str
    content: str
    registrations: int | None
    visits_all: int | None
    visits: int | None
    visits_5m: int | None
    visits_30m: int | None
    visits_full: int | None
    recording_views: int | None
    page_views: int | None
    invited: int | None


class LetterRow(NamedTuple):
    """One row of the table `dead_letters`."""

    topic: str
    partition: int
    offset: int
    written_at: int
    reason: str
    detail: str


def line(values: tuple[Any, ...]) -> bytes:
    """A row as the store takes it."""
    return orjson.dumps(tuple(values))


def event_line(placed: Placed) -> bytes:
    """The row of an event."""
    event, record, _ = placed
    assert record.value is not None
    return line(
        EventRow(
            event.webinar_id,
            event.event_id,
            record.topic,
            record.partition,
            record.offset,
            record.timestamp,
            record.value.decode(),
        )
    )


def source_line(key: str) -> bytes:
    """The row of a source that no business rule sorts yet."""
    return line(SourceRow(key, default_group(key), sorted=False, version=0))


def totals_line(event: Totals, record: Record) -> bytes:
    """The row of what a service says of a webinar as a whole."""
    assert record.value is not None
    said = event.model_dump(include=set(TotalsRow._fields))
    return line(TotalsRow(**said, content=canonical(record.value)))


def letter_line(record: Record, dead: DeadLetter) -> bytes:
    """The row of a dead letter."""
    return line(_letter(record, dead))


def letter_value(record: Record, dead: DeadLetter) -> bytes:
    """A record of the topic of dead letters: the place, the reason, and the bytes, so that it can be replayed.

    Too many bytes for a record of Kafka are left out: they stay at their place.
    """
    key, value = record.key or b"", record.value or b""
    fits = len(key) + len(value) <= 2 * MAX_RECORD_BYTES
    return orjson.dumps(
        _letter(record, dead)._asdict()
        | {"key": _base64(record.key) if fits else None, "value": _base64(record.value) if fits else None}
    )


def _base64(content: bytes | None) -> str | None:
    return None if content is None else base64.b64encode(content).decode()


def _letter(record: Record, dead: DeadLetter) -> LetterRow:
    return LetterRow(record.topic, record.partition, record.offset, record.timestamp, dead.reason, dead.detail)
