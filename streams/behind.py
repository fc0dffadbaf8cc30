"""Webinars that take long to load or to derive anew are worked on beside the batches, so that no other waits for them.

Meanwhile their events are set aside; the chunks that these came in are done when they are written, too.
"""

import asyncio
from collections.abc import Callable, Collection, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from streams import meters
from streams.changes import Changed, forgotten_lines, person_rows, webinar_line
from streams.fold.lines import ForgottenRow, block
from streams.fold.memory import Memory
from streams.fold.row import COLUMNS
from streams.fold.webinar_row import WebinarRow
from streams.reading import PLACES, Decoded
from streams.settings import Settings
from streams.store import Insert, WebinarStore
from streams.transport.delivery import Chunk

MOST_ROWS = 20_000
"""Rows of one insert, so that a changed start can rewrite a webinar of any size in bounded memory."""
MOST_ASIDE = 20_000
"""Events that may be set aside. Beyond it the batches wait, and with them Kafka's consumer."""
STEP = 500
"""Events or rows between two turns of the event loop: a few milliseconds."""


class Outdated(Exception):
    """A later worker has already written these rows: this one has to end and rejoin the group."""


class Held:
    """The chunks of a batch: done once everybody who holds them has let go."""

    def __init__(self, chunks: Sequence[Chunk]) -> None:
        self._chunks = chunks
        self._holders = 1

    @property
    def current(self) -> bool:
        """Whether this worker is still responsible for them."""
        return self._chunks[0].current

    def hold(self) -> None:
        """One more holds them."""
        self._holders += 1

    def let_go(self) -> None:
        """One holder less."""
        self._holders -= 1
        if not self._holders:
            for chunk in self._chunks:
                chunk.done()
            meters.visible(self._chunks)


@dataclass(slots=True, eq=False)
class Job:
    """Webinars that are worked on together."""

    partitions: Mapping[str, int]
    """By webinar_id."""
    fence: int
    size: int = 0
    """How many persons have to be loaded."""
    changed: list[Changed] = field(default_factory=list)
    """What is folded already and has to be written."""
    aside: list[tuple[Decoded, Held]] = field(default_factory=list)
    holds: list[Held] = field(default_factory=list)
    """Of what is being written."""


class Behind:
    """The webinars that take long, one job after the other."""

    def __init__(self, config: Settings, store: WebinarStore, memory: Memory, unwritten: Collection[str]) -> None:
        """`unwritten`: the webinars of batches that are folded and not written yet."""
        self._config = config
        self._store = store
        self._memory = memory
        self._unwritten = unwritten
        self._jobs: asyncio.Queue[Job] = asyncio.Queue()
        self._busy: dict[str, Job] = {}
        self._aside = 0
        self._fewer = asyncio.Event()

    @property
    def busy(self) -> Collection[str]:
        """The webinars that are worked on."""
        return self._busy.keys()

    def claim(self, job: Job) -> None:
        """From now on events of its webinars have to be set aside."""
        self._busy |= dict.fromkeys(job.partitions, job)

    def start(self, job: Job) -> None:
        """The work on it may begin: what was to be written before it is."""
        self._jobs.put_nowait(job)

    def put_aside(self, decoded: Decoded, fence: int, held: Held) -> None:
        """Keeps an event of a busy webinar until its job comes to it."""
        job = self._busy[decoded[0].webinar_id]
        job.fence = fence
        job.aside.append((decoded, held))
        held.hold()
        self._aside += 1

    def forget(self, partitions: Container[int]) -> None:
        """Gives up the webinars of revoked partitions: what is not written comes again."""
        for webinar_id, job in list(self._busy.items()):
            if job.partitions[webinar_id] in partitions:
                del self._busy[webinar_id]

    async def room(self) -> None:
        """Waits while too many events are set aside."""
        while self._aside >= MOST_ASIDE:
            self._fewer.clear()
            await self._fewer.wait()

    async def run(self) -> None:
        """Works on job after job. Raises StoreGone and Outdated: the worker has to end."""
        while True:
            await self.work(await self._jobs.get())

    async def catch_up(self) -> None:
        """Works on the jobs that have been started."""
        while not self._jobs.empty():
            await self.work(self._jobs.get_nowait())

    async def work(self, job: Job) -> None:
        """Loads what is missing, writes what is folded, then folds and writes what was set aside, until nothing is."""
        if job.size:
            await self._load(job)
        while job.changed or job.aside:
            await self._write(job)
            await self._fold(job)
        for webinar_id in self._kept(job):
            del self._busy[webinar_id]

    def _kept(self, job: Job) -> list[str]:
        return [webinar_id for webinar_id in job.partitions if self._busy.get(webinar_id) is job]

    async def _load(self, job: Job) -> None:
        self._memory.evict(keep={*self._busy, *self._unwritten}, room=job.size)
        loaded = await self._store.load(self._kept(job))
        for webinar_id in self._kept(job):
            one = loaded[webinar_id]
            if one.fence > job.fence:
                raise Outdated(f"{webinar_id} was written by a worker of a later generation")
            self._memory.remember(webinar_id, job.partitions[webinar_id], one)
        job.changed = self._changes(job)

    async def _fold(self, job: Job) -> None:
        aside, job.aside = job.aside, []
        self._aside -= len(aside)
        self._fewer.set()
        for number, ((event, record), held) in enumerate(aside):
            if held.current and self._busy.get(event.webinar_id) is job:
                assert record.value is not None
                self._memory[event.webinar_id].fold(event, record.value, PLACES[record.topic], record.offset)
            job.holds.append(held)
            if number % STEP == STEP - 1:
                await asyncio.sleep(0)
        job.changed = self._changes(job)
        if not job.changed:
            _let_go(job)

    def _changes(self, job: Job) -> list[Changed]:
        return [Changed(name, one, *one.take_changes()) for name, one in self._memory.changed(self._kept(job))]

    async def _write(self, job: Job) -> None:
        changed, job.changed = job.changed, []
        lines = block(webinar_line(one, job.fence, self._config) for one in changed if one.itself)
        forgotten = block(said for one in changed for said in forgotten_lines(one))
        await self._store.insert(
            Insert("forgotten", ForgottenRow._fields, forgotten), Insert("webinars", WebinarRow._fields, lines)
        )
        rows = (row for one in changed for row in person_rows(one, job.fence, self._config))
        while some := await _in_steps(islice(rows, MOST_ROWS), lambda: bool(self._kept(job))):
            await self._store.insert(Insert("persons", COLUMNS, some))
        _let_go(job)


def _let_go(job: Job) -> None:
    holds, job.holds = job.holds, []
    for held in holds:
        held.let_go()


async def _in_steps(rows: Iterator[bytes], wanted: Callable[[], bool]) -> bytes:
    """The rows, without holding up the event loop; none any more if they are not wanted."""
    made: list[bytes] = []
    while wanted() and (step := list(islice(rows, STEP))):
        made += step
        await asyncio.sleep(0)
    return b"".join(made)


def jobs_of(sizes: Mapping[str, int], most: int) -> Iterable[dict[str, int]]:
    """Webinars by how many persons they have -> groups of at most so many persons, or of one webinar. Pure."""
    group: dict[str, int] = {}
    for webinar_id, size in sizes.items():
        if group and sum(group.values()) + size > most:
            yield group
            group = {}
        group[webinar_id] = size
    if group:
        yield group
