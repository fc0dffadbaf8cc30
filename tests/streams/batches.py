"""Batches as tests run them: in memory, with everything that they write and send to be looked into."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

from streams.batch import Batches, Folded
from streams.fold.row import fence, version
from streams.memory_store import MemoryStore, rows_of
from streams.settings import Settings
from streams.store import Insert, StoreGone
from streams.transport.delivery import Chunk, Delivery, TopicPartition
from tests.streams.records import FakeRecord, record_of

Row = dict[str, Any]
Sent = tuple[str, bytes | None, bytes | None]


class Counting(MemoryStore):
    """Knows how large each insert was."""

    def __init__(self, step: Callable[[str], None]) -> None:
        super().__init__(step=step)
        self.inserts: list[tuple[str, int]] = []

    async def insert(self, *inserts: Insert) -> None:
        await super().insert(*inserts)
        self.inserts += [(one.table, len(rows_of(one))) for one in inserts if one.block]


class MemoryProducer:
    """Keeps what was sent."""

    def __init__(self, steps: list[str]) -> None:
        self.sent: list[Sent] = []
        self.error: Exception | None = None
        self._steps = steps

    async def send_all(self, records: Sequence[Sent]) -> None:
        if self.error:
            raise self.error
        self._steps.append("send")
        self.sent += records


class Worker:
    """Batches over what a test can look into."""

    def __init__(self, **config: Any) -> None:
        self.steps: list[str] = []
        self.fails_at = ""
        self.store = Counting(self._step)
        self.producer = MemoryProducer(self.steps)
        self.batches = Batches(Settings(_env_file=None, **config), self.store, self.producer)
        self.delivery = Delivery(defaultdict(int), generation=3)
        self._offsets: dict[TopicPartition, int] = defaultdict(int)

    def chunks(self, *records: FakeRecord) -> list[Chunk]:
        """One chunk a partition; offsets are given in order."""
        by_partition: dict[TopicPartition, list[Any]] = defaultdict(list)
        for record in records:
            tp = TopicPartition(record.topic, record.partition)
            record.offset = self._offsets[tp]
            self._offsets[tp] += 1
            by_partition[tp].append(record)
        self.delivery = Delivery(dict.fromkeys(by_partition, 0), self.delivery.generation)
        return [self.delivery.hand_out(tp, of_one) for tp, of_one in by_partition.items()]

    async def fold(self, *events: Row | FakeRecord) -> Folded:
        records = (one if isinstance(one, FakeRecord) else record_of(one) for one in events)
        folded = await self.batches.fold(self.chunks(*records))
        assert folded is not None
        return folded

    async def run(self, *events: Row | FakeRecord) -> None:
        await self.batches.write(await self.fold(*events))
        await self.batches.behind.catch_up()

    @property
    def done(self) -> bool:
        return not self.delivery.unfinished

    def latest(self) -> list[Row]:
        """The rows of the persons with the greatest version."""
        return self.store.latest("persons", ["zoom:1"])

    def find_later(self) -> None:
        """A worker of a later generation has written the webinar."""
        state = {"statements": [], "offset": 0}
        self.store.rows["webinars"].append({"webinar_id": "zoom:1", "version": version(fence(0, 9), 0), "state": state})

    def _step(self, name: str) -> None:
        if name == self.fails_at:
            raise StoreGone(name)
        self.steps.append(name)


def of(rows: list[Row], **values: Any) -> list[Row]:
    return [row for row in rows if all(row[name] == value for name, value in values.items())]


def successor(worker: Worker, **config: Any) -> Worker:
    """Another worker with what the first one, now dead, has stored."""
    other = Worker(**config)
    other.store.rows = worker.store.rows
    other.delivery = Delivery({}, generation=4)
    return other
