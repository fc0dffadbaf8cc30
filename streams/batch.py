"""One batch of chunks from topic to queryable row: decode, load, fold; then row, insert, done (docs/design.md 3).

The only place that knows the order of the steps. Offsets become committable at its end, after the inserts.
"""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, starmap
from typing import NamedTuple, Protocol

from contract.events import Totals
from contract.probe import ProbeRow
from contract.topics import DEAD_LETTERS
from process.logs import follow
from streams import meters
from streams.behind import MOST_ROWS, Behind, Held, Job, Outdated, jobs_of
from streams.changes import Changed, forgotten_lines, person_rows, webinar_line
from streams.fold.lines import (
    EVENT_COLUMNS,
    ForgottenRow,
    LetterRow,
    SourceRow,
    TotalsRow,
    block,
    event_row,
    letter_line,
    letter_value,
    source_keys,
    source_line,
    totals_line,
)
from streams.fold.memory import Memory
from streams.fold.row import COLUMNS, fence
from streams.fold.webinar_row import WebinarRow
from streams.forgetting import without_forgotten
from streams.fuse import Fuse
from streams.probe import insert_of, probes_of, seen, without_probes
from streams.reading import PLACES, Decoded, Reading, read
from streams.settings import Settings
from streams.store import Insert, WebinarStore
from streams.transport.delivery import Chunk

log = logging.getLogger(__name__)

LOADED_AT_ONCE = 5_000
"""Persons that a batch waits for. Webinars with more are loaded beside the batches (streams/behind.py)."""
ASK_SECONDS = 10.0
"""How often the store is asked who was forgotten in webinars of other workers."""
LOADED_BESIDE = 20_000
"""Persons of one load beside the batches, unless a webinar has more."""


class Message(NamedTuple):
    """A record to be published."""

    topic: str
    key: bytes | None
    value: bytes | None


class Producer(Protocol):
    """Sends records to Kafka; returns when all of them are acknowledged."""

    async def send_all(self, messages: Sequence[Message]) -> None: ...


@dataclass(frozen=True, slots=True)
class Folded:
    """A batch that is in memory but not in the store yet: what to write, in the order of the fields.

    Holds rows, neither events nor records: a decoded event takes five times the memory of its row.
    """

    held: Held
    log: Insert
    """The raw log."""
    rows: Sequence[Insert]
    """What was made of it."""
    messages: Sequence[Message]
    """For Kafka: dead letters, and records from a wrong partition."""
    letters: Insert
    jobs: Sequence[Job]
    """What is worked on beside the batches from then on."""
    touched: Sequence[str]
    """The webinars that the batch is about."""
    events: int
    probes: Sequence[ProbeRow]
    followed: Sequence[str] = ()
    """The ids of its events, at debug."""


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
        self.behind = Behind(config, store, self.memory, self._unwritten)
        self._head_start: int | None = None
        self._ask_at = 0.0

    def revoke(self, partitions: Iterable[int]) -> None:
        """Forgets the webinars of revoked partitions, even if only briefly revoked: they are loaded again."""
        self._revoked.update(partitions)

    async def fold(self, chunks: Sequence[Chunk]) -> Folded | None:
        """Folds the chunks of the current assignment into memory; None: there are none.

        Raises StoreGone, Outdated and FuseBlown; then the worker has to end.
        """
        await self.behind.room()
        self.memory.forget_partitions(self._revoked)
        self.behind.forget(self._revoked)
        self._ask_at = 0.0 if self._revoked else self._ask_at
        self._revoked.clear()
        chunks = [chunk for chunk in chunks if chunk.current]
        if not chunks:
            return None
        meters.received(chunks)
        reading = read((record for chunk in without_probes(chunks) for record in chunk), self._config.partitions)
        self._look_at_fuse(reading)
        await self._leave_out_forgotten(reading)
        present = await self._fence(chunks[-1].generation)
        touched = {event.webinar_id: record.partition for event, record in reading.events}
        # Before any await, so that a concurrent write does not evict these.
        self._unwritten.update(touched.keys())
        jobs = await self._load(touched, present)
        held = Held(chunks)
        follow(log, "decoded", (event.event_id for event, _ in reading.events))
        self._fold_events(reading.events, present, held)
        follow(log, "folded", (event.event_id for event, _ in reading.events))
        meters.FOLDED.inc(len(reading.events))
        changed, much = self._changes(touched)
        if much:
            jobs.append(self._beside(much, touched, present, held))
        if reading.dead:
            reasons = Counter(letter.reason for _, letter in reading.dead)
            log.warning("records could not be read: they are dead letters", extra={"reasons": dict(reasons)})
        probes = probes_of(chunks)
        letters = block(letter_line(record, dead) for record, dead in reading.dead)
        raw = b"".join(starmap(event_row, reading.events))
        rows = self._rows(reading.events, changed, present)
        for chunk in chunks:
            chunk.free()
        return Folded(
            held,
            Insert("events", EVENT_COLUMNS, raw),
            rows,
            _messages(reading),
            Insert("dead_letters", LetterRow._fields, letters),
            jobs,
            list(touched),
            len(reading.events),
            probes,
            # Kept only to be followed: rows, not events, are what a batch may hold.
            [event.event_id for event, _ in reading.events] if log.isEnabledFor(logging.DEBUG) else (),
        )

    async def write(self, folded: Folded) -> None:
        """Writes a batch and releases its offsets for commit. Batches have to be written in the order of folding.

        Raises StoreGone or Kafka's errors; then nothing of the batch counts as done, and the worker has to end.
        """
        # Side by side: neither needs the other, and the server has more than one core. The rows in one call, without a
        # turn of the event loop between two inserts, which a folding batch would delay.
        await asyncio.gather(self._store.insert(folded.log), self._store.insert(*folded.rows))
        if folded.messages:
            await self._producer.send_all(folded.messages)
        # Probe events last: they prove the rest of their batch, too.
        await self._store.insert(folded.letters, insert_of(folded.probes))
        seen(folded.probes)
        follow(log, "inserted", folded.followed)
        meters.INSERTED.inc(folded.events)
        for job in folded.jobs:
            self.behind.start(job)
        folded.held.let_go()
        self._unwritten -= Counter(folded.touched)
        self.memory.evict(keep=self._kept())
        meters.CACHED_PERSONS.set(self.memory.persons)

    def _kept(self) -> set[str]:
        return {*self._unwritten, *self.behind.busy}

    def _fold_events(self, events: Iterable[Decoded], fence: int, held: Held) -> None:
        memory, busy = self.memory, self.behind.busy
        for decoded in events:
            event, record = decoded
            if event.webinar_id in busy:
                self.behind.put_aside(decoded, fence, held)
            else:
                assert record.value is not None
                memory[event.webinar_id].fold(event, record.value, PLACES[record.topic], record.offset)

    def _changes(self, touched: Iterable[str]) -> tuple[list[Changed], list[Changed]]:
        """What to write with the batch, and what beside it because it is too much."""
        now: list[Changed] = []
        beside: list[Changed] = []
        rows = 0
        busy = self.behind.busy
        for webinar_id, one in self.memory.changed(name for name in touched if name not in busy):
            changed = Changed(webinar_id, one, *one.take_changes())
            fits = rows + len(changed.person_ids) <= MOST_ROWS
            rows += len(changed.person_ids) if fits else 0
            (now if fits else beside).append(changed)
        return now, beside

    def _beside(self, changed: list[Changed], partitions: Mapping[str, int], fence: int, held: Held) -> Job:
        held.hold()
        job = Job({one.webinar_id: partitions[one.webinar_id] for one in changed}, fence, changed=changed, holds=[held])
        self.behind.claim(job)
        return job

    def _rows(self, events: Sequence[Decoded], changed: Sequence[Changed], fence: int) -> list[Insert]:
        config = self._config
        webinars = block(webinar_line(one, fence, config) for one in changed if one.itself)
        forgotten = block(said for one in changed for said in forgotten_lines(one))
        persons = b"".join([row for one in changed for row in person_rows(one, fence, config)])
        return [
            Insert("sources", SourceRow._fields, block(self._new_sources(events))),
            Insert("totals", TotalsRow._fields, block(_totals_lines(events))),
            Insert("forgotten", ForgottenRow._fields, forgotten),
            Insert("webinars", WebinarRow._fields, webinars),
            Insert("persons", COLUMNS, persons),
        ]

    def _look_at_fuse(self, reading: Reading) -> None:
        readable = Counter(record.topic for _, record in chain(reading.events, reading.misplaced))
        meters.decoded(readable, reading.dead, len(reading.misplaced))
        topic = self._fuse.count(readable, Counter(record.topic for record, _ in reading.dead))
        if topic is not None:
            example = next(dead for record, dead in reversed(reading.dead) if record.topic == topic)
            raise self._fuse.blown(topic, f"{example.reason}: {example.detail}")

    async def _leave_out_forgotten(self, reading: Reading) -> None:
        forgotten = self.memory.forgotten
        if time.monotonic() >= self._ask_at:
            self._ask_at = time.monotonic() + ASK_SECONDS
            forgotten |= await self._store.forgotten()
        reading.events = without_forgotten(reading.events, forgotten)
        reading.misplaced = without_forgotten(reading.misplaced, forgotten)

    async def _fence(self, generation: int) -> int:
        """The fence of new rows. A group that was deleted and recreated counts its generations from one again, so a
        worker starts above every stored one (docs/decisions/0004-a-version-carries-the-generation.md).
        """
        if self._head_start is None:
            stored = await self._store.greatest_fence()
            self._head_start = max(0, stored - fence(self._config.epoch, generation))
        return fence(self._config.epoch, generation) + self._head_start

    async def _load(self, touched: Mapping[str, int], present: int) -> list[Job]:
        """Loads the missing webinars into memory, or says that they are to be loaded beside the batches.

        `touched`: their partitions.
        """
        busy = self.behind.busy
        missing = self.memory.missing(webinar_id for webinar_id in touched if webinar_id not in busy)
        if not missing:
            return []
        sizes = await self._store.sizes(missing)
        few, beside = _in_two(missing, sizes)
        jobs = [self._load_beside(some, touched, present) for some in jobs_of(beside, self._most_beside)]
        self.memory.evict(keep=self._kept(), room=sum(sizes.get(webinar_id, 0) for webinar_id in few))
        for webinar_id, loaded in (await self._store.load(few)).items() if few else ():
            if loaded.fence > present:
                raise Outdated(f"{webinar_id} was written by a worker of a later generation")
            self.memory.remember(webinar_id, touched[webinar_id], loaded)
        return jobs

    @property
    def _most_beside(self) -> int:
        return min(LOADED_BESIDE, self._config.cached_persons // 2)

    def _load_beside(self, sizes: Mapping[str, int], partitions: Mapping[str, int], fence: int) -> Job:
        job = Job({webinar_id: partitions[webinar_id] for webinar_id in sizes}, fence, size=sum(sizes.values()))
        self.behind.claim(job)
        return job

    def _new_sources(self, events: Sequence[Decoded]) -> list[bytes]:
        new = source_keys(event for event, _ in events) - self._sources
        self._sources |= new
        return [source_line(key) for key in new]


def _in_two(webinar_ids: Iterable[str], sizes: Mapping[str, int]) -> tuple[list[str], dict[str, int]]:
    """The webinars to load at once, and the others with how many persons they have."""
    now: list[str] = []
    beside: dict[str, int] = {}
    persons = 0
    for webinar_id in webinar_ids:
        size = sizes.get(webinar_id, 0)
        if persons + size <= LOADED_AT_ONCE:
            now.append(webinar_id)
            persons += size
        else:
            beside[webinar_id] = size
    return now, beside


def _totals_lines(events: Sequence[Decoded]) -> list[bytes]:
    return [totals_line(event, record) for event, record in events if isinstance(event, Totals)]


def _messages(reading: Reading) -> list[Message]:
    letters = [Message(DEAD_LETTERS.name, record.key, letter_value(record, dead)) for record, dead in reading.dead]
    again = [Message(record.topic, event.webinar_id.encode(), record.value) for event, record in reading.misplaced]
    return letters + again
