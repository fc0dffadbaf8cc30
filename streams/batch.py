"""One batch of chunks from topic to queryable row: decode, load, fold; then row, insert, done (docs/design.md 3).

The only place that knows the order of the steps. Offsets become committable at its end, after the inserts.
"""

import asyncio
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice, starmap
from typing import NamedTuple, Protocol, TypeAlias

from contract.decode import DeadLetter, decode
from contract.events import Event, Totals
from contract.instants import SECOND
from contract.partition import partition_of
from contract.quick import Quick, quick
from contract.record import Record
from contract.topics import DEAD_LETTERS, EVENT_TOPICS
from streams.fold.lines import (
    EVENT_COLUMNS,
    LetterRow,
    SourceRow,
    TotalsRow,
    block,
    event_row,
    letter_line,
    letter_value,
    line,
    source_keys,
    source_line,
    totals_line,
)
from streams.fold.memory import Memory, WebinarMemory
from streams.fold.row import COLUMNS, fence, row
from streams.fold.webinar_row import WebinarRow, webinar_row
from streams.fuse import Fuse
from streams.settings import Settings
from streams.store import Insert, WebinarStore
from streams.transport.delivery import Chunk

MOST_ROWS = 20_000
"""Rows of one insert, so that a changed start can rewrite a webinar of any size in bounded memory."""

_PLACES = {topic.name: (place, topic) for place, topic in enumerate(EVENT_TOPICS)}


class Message(NamedTuple):
    """A record to be published."""

    topic: str
    key: bytes | None
    value: bytes | None


class Producer(Protocol):
    """Sends records to Kafka; returns when all of them are acknowledged."""

    async def send_all(self, messages: Sequence[Message]) -> None: ...


Decoded: TypeAlias = tuple[Event | Quick, Record]
"""An event with its record."""


@dataclass(slots=True)
class Reading:
    """The records of a batch, by kind."""

    events: list[Decoded] = field(default_factory=list)
    dead: list[tuple[Record, DeadLetter]] = field(default_factory=list)
    misplaced: list[Decoded] = field(default_factory=list)
    """Records on the wrong partition, to be published again."""


def read(records: Iterable[Record], partitions: int) -> Reading:
    """Decodes the records. Pure."""
    reading = Reading()
    for record in records:
        event: Event | Quick | DeadLetter | None = quick(record.value, record.topic, record.timestamp)
        if event is None:
            event = decode(record.value, _PLACES[record.topic][1], record.timestamp)
        if isinstance(event, DeadLetter):
            reading.dead.append((record, event))
        elif partition_of(event.webinar_id, partitions) != record.partition:
            reading.misplaced.append((event, record))
        else:
            reading.events.append((event, record))
    return reading


class Changed(NamedTuple):
    """A webinar with rows to write."""

    webinar_id: str
    webinar: WebinarMemory
    itself: bool
    """Whether the webinar's own row is among them."""
    person_ids: Sequence[str]


@dataclass(frozen=True, slots=True)
class Folded:
    """A batch that is in memory but not in the store yet: what to write, in the order of the fields.

    Holds rows, not events: a decoded event takes five times the memory of its row.
    """

    chunks: Sequence[Chunk]
    inserts: Sequence[Insert]
    persons: Iterator[bytes]
    messages: Sequence[Message]
    """For Kafka: dead letters, and records from a wrong partition."""
    letters: Insert
    touched: Sequence[str]
    """The webinars that the batch is about."""


class Outdated(Exception):
    """A later worker has already written these rows: this one has to end and rejoin the group."""


class Batches:
    """Folds and writes batches, with the worker's memory in between. A batch is written while the next one folds."""

    def __init__(self, config: Settings, store: WebinarStore, producer: Producer) -> None:
        self._config = config
        self._store = store
        self._producer = producer
        self.memory = Memory(config.cached_persons)
        self._fuse = Fuse(config.dead_letter_fuse)
        self._revoked: set[int] = set()
        self._sources: set[str] = set()
        self._unwritten: Counter[str] = Counter()
        # A row must not include an event of the next batch: if the worker were killed then, that event would change
        # nothing when it comes again, and the other rows that it concerns would never be written.
        self._all_derived = asyncio.Event()
        self._all_derived.set()
        self._head_start: int | None = None

    def revoke(self, partitions: Iterable[int]) -> None:
        """Forgets the webinars of revoked partitions, even if only briefly revoked: they are loaded again."""
        self._revoked.update(partitions)

    async def fold(self, chunks: Sequence[Chunk]) -> Folded | None:
        """Folds the chunks of the current assignment into memory; None: there are none.

        Raises StoreGone, Outdated and FuseBlown; then the worker has to end.
        """
        await self._all_derived.wait()
        self.memory.forget_partitions(self._revoked)
        self._revoked.clear()
        chunks = [chunk for chunk in chunks if chunk.current]
        if not chunks:
            return None
        reading = read((record for chunk in chunks for record in chunk), self._config.partitions)
        self._look_at_fuse(reading)
        present = await self._fence(chunks[-1].generation)
        touched = {event.webinar_id: record.partition for event, record in reading.events}
        # Before any await, so that a concurrent write does not evict these.
        self._unwritten.update(touched.keys())
        await self._load(touched, present)
        for event, record in reading.events:
            assert record.value is not None
            self.memory[event.webinar_id].fold(event, record.value, _PLACES[record.topic][0], record.offset)
        changed = [Changed(webinar_id, one, *one.take_changes()) for webinar_id, one in self.memory.changed(touched)]
        webinars = block(self._webinar_line(one, present) for one in changed if one.itself)
        inserts = [
            Insert("events", EVENT_COLUMNS, b"".join(starmap(event_row, reading.events))),
            Insert("sources", SourceRow._fields, block(self._new_sources(reading.events))),
            Insert("totals", TotalsRow._fields, block(_totals_lines(reading.events))),
            Insert("webinars", WebinarRow._fields, webinars),
        ]
        letters = block(letter_line(record, dead) for record, dead in reading.dead)
        return Folded(
            chunks,
            inserts,
            self._derived(changed, present),
            _messages(reading),
            Insert("dead_letters", LetterRow._fields, letters),
            list(touched),
        )

    async def write(self, folded: Folded) -> None:
        """Writes a batch and releases its offsets for commit. Batches have to be written in the order of folding.

        Raises StoreGone or Kafka's errors; then nothing of the batch counts as done, and the worker has to end.
        """
        # In one call without a turn of the event loop between two inserts, which a folding batch would delay.
        first = Insert("persons", COLUMNS, next(folded.persons, b""))
        await self._store.insert(*folded.inserts, first)
        for rows in folded.persons:
            await self._store.insert(Insert("persons", COLUMNS, rows))
        if folded.messages:
            await self._producer.send_all(folded.messages)
        await self._store.insert(folded.letters)
        for chunk in folded.chunks:
            chunk.done()
        self._unwritten -= Counter(folded.touched)
        self.memory.evict(keep=self._unwritten)

    def _look_at_fuse(self, reading: Reading) -> None:
        readable = Counter(record.topic for _, record in chain(reading.events, reading.misplaced))
        topic = self._fuse.count(readable, Counter(record.topic for record, _ in reading.dead))
        if topic is not None:
            example = next(dead for record, dead in reversed(reading.dead) if record.topic == topic)
            raise self._fuse.blown(topic, f"{example.reason}: {example.detail}")

    async def _fence(self, generation: int) -> int:
        """The fence of new rows. A group that was deleted and recreated counts its generations from one again, so a
        worker starts above every stored one (docs/decisions/0004-a-version-carries-the-generation.md).
        """
        if self._head_start is None:
            stored = await self._store.greatest_fence()
            self._head_start = max(0, stored - fence(self._config.epoch, generation))
        return fence(self._config.epoch, generation) + self._head_start

    async def _load(self, touched: Mapping[str, int], present: int) -> None:
        """Loads the missing webinars into memory. `touched`: their partitions."""
        missing = self.memory.missing(touched)
        if missing:
            for webinar_id, loaded in (await self._store.load(missing)).items():
                if loaded.fence > present:
                    raise Outdated(f"{webinar_id} was written by a worker of a later generation")
                self.memory.remember(webinar_id, touched[webinar_id], loaded)

    def _new_sources(self, events: Sequence[Decoded]) -> list[bytes]:
        new = source_keys(event for event, _ in events) - self._sources
        self._sources |= new
        return [source_line(key) for key in new]

    def _derived(self, changed: Sequence[Changed], fence: int) -> Iterator[bytes]:
        """The rows of the persons, derived now; of many, the rest during the write, before which no batch folds."""
        self._all_derived.clear()
        blocks = self._person_blocks(changed, fence)
        return chain(list(islice(blocks, 1)), blocks)

    def _person_blocks(self, changed: Sequence[Changed], fence: int) -> Iterator[bytes]:
        rows = (row for one in changed for row in self._person_rows(one, fence))
        following = next(rows, None)
        if following is None:
            self._all_derived.set()
        while following is not None:
            some = b"".join(chain([following], islice(rows, MOST_ROWS - 1)))
            following = next(rows, None)
            if following is None:
                self._all_derived.set()
            yield some

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

    def _person_rows(self, changed: Changed, fence: int) -> Iterator[bytes]:
        one, webinar_id = changed.webinar, changed.webinar_id
        sign_of_life = self._config.sign_of_life_seconds * SECOND
        for person_id in changed.person_ids:
            whole = one.whole(person_id)
            own = one.persons[person_id]
            yield row(webinar_id, person_id, own, whole, begin=one.facts.begin, fence=fence, sign_of_life=sign_of_life)


def _totals_lines(events: Sequence[Decoded]) -> list[bytes]:
    return [totals_line(event, record) for event, record in events if isinstance(event, Totals)]


def _messages(reading: Reading) -> list[Message]:
    letters = [Message(DEAD_LETTERS.name, record.key, letter_value(record, dead)) for record, dead in reading.dead]
    again = [Message(record.topic, event.webinar_id.encode(), record.value) for event, record in reading.misplaced]
    return letters + again
