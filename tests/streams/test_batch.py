"""docs/design.md 3, "Commit after the insert, by chunks": the steps of a batch, in memory.

The end of the chain, real Kafka and a real store, is in tests/streams/transport and tests/streams/test_store.py.
"""

import asyncio
import base64
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.forgotten import forgotten_id
from contract.instants import parse_instant
from contract.probe import encode_probe
from contract.topics import PROBES
from streams import batch, behind
from streams.batch import Batches, Folded
from streams.behind import MOST_ROWS, Outdated
from streams.fold.memory import WebinarMemory
from streams.fold.person import PersonState
from streams.fold.row import fence, fence_of, version
from streams.fold.row import row as row_of
from streams.memory_store import MemoryStore, rows_of
from streams.settings import Settings
from streams.store import Insert, StoreGone
from streams.transport.delivery import Chunk, Delivery, TopicPartition
from tests.contract_events import at, forgotten, identity, moment, p, r, registration, stay, totals, webinar
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


async def test_nothing_is_done_before_everything_is_stored() -> None:
    worker = Worker()
    broken = FakeRecord(value=b"{")
    misplaced = record_of(registration(2, webinar_id="zoom:2"))
    misplaced.partition = (misplaced.partition + 1) % 8
    await worker.run(webinar(starts_at=moment(0)), registration(1), broken, misplaced)
    assert worker.steps == ["load", "events", "sources", "webinars", "persons", "send", "dead_letters"]
    assert worker.done


@pytest.mark.parametrize("step", ["load", "events", "sources", "webinars", "persons", "dead_letters"])
async def test_when_the_store_is_gone_nothing_counts_as_done(step: str) -> None:
    worker = Worker()
    worker.fails_at = step
    with pytest.raises(StoreGone):
        await worker.run(webinar(starts_at=moment(0)), registration(1), FakeRecord(value=b"{"))
    assert not worker.done
    assert worker.delivery.committable() == {}


async def test_when_kafka_is_gone_nothing_counts_as_done() -> None:
    worker = Worker()
    worker.producer.error = ConnectionError("no broker")
    with pytest.raises(ConnectionError):
        await worker.run(registration(1), FakeRecord(value=b"{"))
    assert not worker.done
    assert worker.store.rows["dead_letters"] == []


async def test_an_event_stands_in_the_raw_log_as_it_was_published() -> None:
    worker = Worker()
    record = record_of(registration(1, title="é"))
    await worker.run(record)
    (row,) = worker.store.rows["events"]
    assert row["event"].encode() == record.value
    assert (row["webinar_id"], row["topic"], row["partition"]) == ("zoom:1", record.topic, record.partition)
    assert (row["offset"], row["written_at"]) == (0, record.timestamp)


async def test_a_dead_letter_is_sent_with_its_bytes_and_inserted_without_them() -> None:
    worker = Worker()
    await worker.run(FakeRecord(key=b"k\xff", value=b'{"email":"jane@example.org"'), FakeRecord(value=None))
    first, second = (orjson.loads(value or b"") for _, _, value in worker.producer.sent)
    assert [topic for topic, _, _ in worker.producer.sent] == ["webinar.dead-letters.v1"] * 2
    assert base64.b64decode(first["value"]) == b'{"email":"jane@example.org"'
    assert base64.b64decode(first["key"]) == b"k\xff"
    assert second["value"] is second["key"] is None
    for letter, row, offset in zip((first, second), worker.store.rows["dead_letters"], (0, 1), strict=True):
        assert row == {name: said for name, said in letter.items() if name not in ("key", "value")}
        assert (row["topic"], row["partition"], row["offset"]) == ("webinar.attendance.v1", 0, offset)
        assert (row["reason"], row["written_at"]) == ("not_json", 4_000_000_000_000)
    assert worker.store.rows["events"] == []
    assert worker.done


async def test_dead_letters_between_events_lose_nothing_else() -> None:
    worker = Worker()
    await worker.run(registration(1), FakeRecord(value=b"{"), FakeRecord(value=b"\xff"), registration(2))
    assert {row["person_id"] for row in worker.store.rows["persons"]} == {p(1), p(2)}


async def test_a_record_on_a_wrong_partition_is_published_again_to_the_right_key() -> None:
    worker = Worker()
    record = record_of(registration(1))
    record.partition, record.key = (record.partition + 1) % 8, b"wrong"
    await worker.run(record)
    assert worker.producer.sent == [(record.topic, b"zoom:1", record.value)]
    assert not any(worker.store.rows.values())
    assert worker.done


async def test_a_chunk_of_an_earlier_assignment_is_dropped() -> None:
    worker = Worker()
    (chunk,) = worker.chunks(record_of(registration(1)))
    worker.delivery.close()
    assert await worker.batches.fold([chunk]) is None
    assert worker.steps == []
    (current,) = worker.chunks(record_of(registration(2)))
    folded = await worker.batches.fold([chunk, current])
    assert folded is not None
    await worker.batches.write(folded)
    assert {row["person_id"] for row in worker.store.rows["persons"]} == {p(2)}


async def test_repeated_records_write_no_row_twice() -> None:
    worker = Worker()
    events = [webinar(starts_at=moment(0)), registration(1), *stay(1, 0, 5)]
    await worker.run(*events, *events)
    await worker.run(*events)
    assert len(worker.store.rows["persons"]) == len(worker.store.rows["webinars"]) == 1
    assert len(worker.store.rows["sources"]) == 1
    assert len(worker.store.rows["events"]) == 3 * len(events)


async def test_a_webinar_is_loaded_once_and_a_person_of_it_found_again() -> None:
    worker = Worker()
    await worker.run(registration(1))
    await worker.run(*stay(1, 0, 5))
    assert worker.steps.count("load") == 1
    last = worker.store.rows["persons"][-1]
    assert last["registration_at"] == [at(-100)]
    assert last["interval_end"] == [at(5)]
    assert last["version"] > worker.store.rows["persons"][0]["version"]


async def test_an_unknown_webinar_gets_a_row_without_a_begin() -> None:
    worker = Worker()
    await worker.run(registration(1))
    (row,) = worker.store.rows["webinars"]
    assert (row["webinar_id"], row["begin"]) == ("zoom:1", 9_999_999_999_999)


async def test_after_a_revocation_the_webinar_is_loaded_anew() -> None:
    worker = Worker()
    record = record_of(registration(1))
    await worker.run(record)
    worker.batches.revoke({(record.partition + 1) % 8})
    await worker.run(registration(2))
    assert worker.steps.count("load") == 1
    worker.batches.revoke({record.partition})
    await worker.run(registration(3))
    assert worker.steps.count("load") == 2


async def test_webinars_are_forgotten_after_the_batch_not_within_it() -> None:
    worker = Worker(cached_persons=1)
    await worker.run(*(registration(number, webinar_id=f"zoom:{number}") for number in range(4)))
    assert len(worker.batches.memory) == 1
    assert len(worker.store.rows["persons"]) == 4


async def test_rows_carry_the_epoch_and_the_generation() -> None:
    worker = Worker(epoch=2)
    await worker.run(webinar(), registration(1))
    rows = worker.store.rows["persons"] + worker.store.rows["webinars"]
    assert {fence_of(row["version"]) for row in rows} == {fence(2, 3)}


async def test_a_group_that_counts_anew_writes_above_what_is_stored() -> None:
    worker = Worker()
    worker.find_later()
    await worker.run(registration(1))
    assert fence_of(worker.store.rows["persons"][0]["version"]) >= fence(0, 9)


async def test_a_worker_that_finds_rows_of_a_later_one_ends() -> None:
    worker = Worker()
    await worker.run(registration(1, webinar_id="zoom:2"))
    worker.find_later()
    with pytest.raises(Outdated, match="zoom:1"):
        await worker.fold(registration(1))
    assert not worker.done


@pytest.mark.slow
async def test_a_changed_begin_rewrites_all_persons_in_bounded_inserts() -> None:
    worker = Worker()
    persons = MOST_ROWS + 5
    await worker.run(webinar(starts_at=moment(0)), *(registration(number) for number in range(persons)))
    worker.store.inserts.clear()
    await worker.run(webinar(started_at=moment(3)))
    sizes = [size for table, size in worker.store.inserts if table == "persons"]
    assert sizes == [MOST_ROWS, 5]
    assert {row["begin_used"] for row in worker.store.rows["persons"][-persons:]} == {at(3)}


async def test_a_person_is_written_before_the_ids_that_count_as_it() -> None:
    # A worker may die between two inserts. An id's row that has the event makes the repeated event no change, so the
    # person's row has to be there by then.
    worker = Worker()
    linked = [(r(number), p(number + 100)) for number in range(50)]
    await worker.run(*(identity(number, number + 100) for number in range(50)))
    written = [row["person_id"] for row in worker.store.rows["persons"]]
    assert all(written.index(person) < written.index(registrant) for registrant, person in linked)


@pytest.mark.slow
async def test_a_batch_does_not_wait_for_the_rows_of_many_persons_in_another_webinar() -> None:
    worker = Worker()
    many = await worker.fold(*(registration(number) for number in range(2 * MOST_ROWS)))
    first = worker.delivery
    later = await worker.fold(registration(1, -50, status="cancelled"), registration(1, webinar_id="zoom:2"))
    await worker.batches.write(many)
    await worker.batches.write(later)
    assert [row["webinar_id"] for row in worker.store.rows["persons"]] == ["zoom:2"]
    assert first.unfinished
    assert not worker.done
    await worker.batches.behind.catch_up()
    assert worker.done
    assert not first.unfinished
    # Of the later event no row knows before all rows of the earlier ones are there.
    *rows, last = worker.store.rows["persons"][1:]
    assert [row["registration_status"] for row in rows] == [[1]] * 2 * MOST_ROWS
    assert (last["person_id"], last["registration_status"]) == (p(1), [1, 3])


class Silent(MemoryStore):
    """Counts the rows of persons without reading them, which would take longer than to make them."""

    def __init__(self, each: int) -> None:
        super().__init__()
        self._each = each
        self.persons: list[int] = []

    async def insert(self, *inserts: Insert) -> None:
        self.persons += [len(one.block) // self._each for one in inserts if one.table == "persons" and one.block]


@pytest.mark.slow
async def test_a_moved_start_of_many_persons_holds_up_the_event_loop_for_moments_only() -> None:
    worker, persons, moved = Worker(), 3 * MOST_ROWS, record_of(webinar(starts_at=moment(0)))
    many = WebinarMemory(persons={p(number): PersonState() for number in range(persons)})
    worker.batches.memory.remember("zoom:1", moved.partition, many)
    each = len(row_of("zoom:1", p(1), PersonState(), PersonState(), begin=0, fence=1, sign_of_life=0))
    worker.batches.behind._store = silent = Silent(each)
    longest = 0.0

    async def watch() -> None:
        nonlocal longest
        while not worker.done:
            # Of processor time, which a busy machine does not stretch.
            before = time.thread_time()
            await asyncio.sleep(0.001)
            longest = max(longest, time.thread_time() - before)

    chunks = worker.chunks(moved)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(watch())
        await asyncio.sleep(0)
        folded = await worker.batches.fold(chunks)
        assert folded is not None
        await worker.batches.write(folded)
        await worker.batches.behind.catch_up()
    assert silent.persons == [MOST_ROWS] * 3
    # 200 ms at 200,000 persons.
    assert longest < 0.2 * persons / 200_000


@pytest.fixture
def little(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two persons are many."""
    monkeypatch.setattr(batch, "LOADED_AT_ONCE", 1)
    monkeypatch.setattr(batch, "MOST_ROWS", 1)
    monkeypatch.setattr(behind, "STEP", 1)


@pytest.mark.usefixtures("little")
async def test_a_batch_does_not_wait_for_the_load_of_another_webinar() -> None:
    worker = Worker()
    await worker.run(registration(1), registration(2))
    worker = successor(worker)
    folded = await worker.fold(registration(3), registration(4, webinar_id="zoom:2"))
    await worker.batches.write(folded)
    assert [row["webinar_id"] for row in worker.store.rows["persons"]] == ["zoom:1", "zoom:1", "zoom:2"]
    assert len(worker.store.rows["events"]) == 4
    assert not worker.done
    await worker.batches.behind.catch_up()
    assert worker.done
    assert {row["person_id"] for row in worker.latest()} == {p(1), p(2), p(3)}


@pytest.mark.usefixtures("little")
async def test_a_webinar_that_is_revoked_while_it_waits_is_given_up_and_loaded_anew() -> None:
    worker = Worker()
    await worker.run(registration(1), registration(2))
    worker = successor(worker)
    record = record_of(registration(3))
    await worker.batches.write(await worker.fold(record))
    worker.delivery.close()
    worker.batches.revoke({record.partition})
    folded = await worker.fold(record, registration(4))
    await worker.batches.behind.catch_up()
    assert len(worker.latest()) == 2
    await worker.batches.write(folded)
    await worker.batches.behind.catch_up()
    assert worker.done
    assert {row["person_id"] for row in worker.latest()} == {p(1), p(2), p(3), p(4)}


@pytest.mark.usefixtures("little")
async def test_a_later_worker_is_found_beside_the_batches_too() -> None:
    worker = Worker()
    await worker.run(registration(1, webinar_id="zoom:2"))
    await worker.run(registration(1), registration(2))
    other = successor(worker)
    await other.run(registration(1, webinar_id="zoom:3"))
    worker.find_later()
    folded = await other.fold(registration(3))
    await other.batches.write(folded)
    with pytest.raises(Outdated, match="zoom:1"):
        await other.batches.behind.catch_up()
    assert not other.done


@pytest.mark.usefixtures("little")
@pytest.mark.parametrize("most", [1, 6, 13])
async def test_the_memory_is_bounded_whatever_a_batch_touches(most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    worker = Worker()
    ids = [f"zoom:{number}" for number in range(12)]
    await worker.run(*(registration(number, webinar_id=one) for one in ids for number in range(3)))
    worker = successor(worker, cached_persons=most)
    remember, held = worker.batches.memory.remember, []

    def counting(webinar_id: str, partition: int, loaded: WebinarMemory) -> None:
        remember(webinar_id, partition, loaded)
        held.append(sum(len(one.persons) for one in worker.batches.memory._webinars.values()))

    monkeypatch.setattr(worker.batches.memory, "remember", counting)
    await worker.run(*(registration(5, webinar_id=one) for one in ids))
    assert worker.done
    # A webinar is in memory whole; that it fits is not in our hands. Its new person comes on top.
    assert max(held) <= max(most, 4) + 1
    assert len({(row["webinar_id"], row["person_id"]) for row in worker.store.rows["persons"]}) == 12 * 4


@given(st.lists(st.lists(st.tuples(st.integers(1, 3), st.integers(0, 12)), max_size=6), max_size=8), st.integers(1, 9))
async def test_what_is_worked_on_beside_the_batches_becomes_the_same_rows(
    batches: list[list[tuple[int, int]]], most: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        straight, worker = Worker(), Worker(cached_persons=most)
        said = [[some_event(number, kind) for number, kind in one] for one in batches]
        for events in filter(None, said):
            await straight.run(*events)
        little.__wrapped__(patch)  # type: ignore[attr-defined]
        for events in said:
            await worker.batches.write(await worker.fold(*events)) if events else await worker.batches.behind.catch_up()
        await worker.batches.behind.catch_up()
    assert worker.done
    for number in (1, 2, 3):
        rows, others = (one.store.latest("persons", [f"zoom:{number}"]) for one in (straight, worker))
        assert {row["person_id"]: content(row) for row in rows} == {row["person_id"]: content(row) for row in others}


def some_event(number: int, kind: int) -> Row:
    """Few persons, few kinds, one start that moves."""
    webinar_id, person = f"zoom:{number}", kind % 3
    if kind > 9:
        return webinar(kind, webinar_id, started_at=moment(20 - kind), event_id=f"w{kind}")
    if kind > 6:
        return identity(person, person + 1, webinar_id=webinar_id, event_id=f"i{kind}")
    if kind > 3:
        return stay(r(person), kind, 30, webinar_id)[0] | {"event_id": f"s{kind}"}
    return registration(person, webinar_id=webinar_id, event_id=f"r{kind}")


def content(row: Row) -> Row:
    """The row without what tells of the way that its events went."""
    state = {name: said for name, said in row["state"].items() if name != "offsets"}
    return row | {"version": 0, "state": state}


async def test_each_source_is_written_once() -> None:
    worker = Worker()
    await worker.run(registration(1, source={"utm_source": " VK "}), registration(2, source={"utm_source": "VK"}))
    await worker.run(registration(3, source={"utm_source": "VK"}), registration(4))
    rows = worker.store.rows["sources"]
    assert sorted(row["source"] for row in rows) == ['{"utm_source":"VK"}', "{}"]
    assert of(rows, source='{"utm_source":"VK"}')[0]["source_group"] == "vk"
    assert all(row["sorted"] is False for row in rows)


async def test_the_sources_of_page_views_are_written_as_those_of_registrations_are() -> None:
    worker = Worker()
    views = [{"source": {"tracking_code": code}, "page_views": 40} for code in ("partner-x", "unused")]
    await worker.run(registration(1, source={"tracking_code": "partner-x"}), totals(page_views_by_source=views))
    keys = ['{"tracking_code":"partner-x"}', '{"tracking_code":"unused"}']
    assert sorted(row["source"] for row in worker.store.rows["sources"]) == keys
    (row,) = worker.store.rows["totals"]
    assert row["page_views_by_source"] == [[key, 40] for key in keys]


def successor(worker: Worker, **config: Any) -> Worker:
    """Another worker with what the first one, now dead, has stored."""
    other = Worker(**config)
    other.store.rows = worker.store.rows
    other.delivery = Delivery({}, generation=4)
    return other


@pytest.mark.parametrize(
    "later",
    [
        [identity(1, 3, 1)],
        [identity(1, 1, 1)],
        [identity(1, 3, 1), *stay(r(1), 20, 30, session="2")],
        [identity(2, 3, 9)],
        [webinar(started_at=moment(1)), *stay(p(1), 20, 30)],
    ],
)
async def test_a_worker_killed_between_two_writes_leaves_nothing_that_a_repeated_delivery_does_not_mend(
    later: list[Row],
) -> None:
    # The next batch is folded while this one is written: no row may know of it before all rows that it concerns.
    before = [registration(4), identity(2, 4, 1)]
    first = [webinar(starts_at=moment(0)), *stay(r(1), 0, 5), *stay(r(2), 0, 5), registration(1)]
    straight, killed = Worker(), Worker()
    await straight.run(*before, *first, *later)
    await killed.run(*before)
    folded = await killed.fold(*first)
    await killed.fold(*later)
    await killed.batches.write(folded)
    mended = successor(killed)
    await mended.run(webinar(starts_at=moment(0)), *later)
    for row in straight.latest():
        (other,) = of(mended.latest(), person_id=row["person_id"])
        for name in ("same_as", "interval_start", "interval_end", "registration_at", "begin_used"):
            assert other[name] == row[name], (row["person_id"], name)


async def test_batches_are_written_in_turn_and_done_in_turn() -> None:
    worker = Worker()
    one = await worker.fold(registration(1))
    first = worker.delivery
    two = await worker.fold(registration(2))
    await worker.batches.write(one)
    assert not first.unfinished
    assert not worker.done
    await worker.batches.write(two)
    assert worker.done
    assert {row["person_id"] for row in worker.store.rows["persons"]} == {p(1), p(2)}


async def test_a_webinar_is_kept_until_all_its_batches_are_written() -> None:
    worker = Worker(cached_persons=1)
    one = await worker.fold(registration(1, webinar_id="zoom:1"))
    two = await worker.fold(
        registration(1, webinar_id="zoom:1", event_id="again"), registration(1, webinar_id="zoom:2")
    )
    await worker.batches.write(one)
    assert len(worker.batches.memory) == 2
    await worker.batches.write(two)
    assert len(worker.batches.memory) == 1


async def test_probe_events_are_queryable_after_their_batch_and_nothing_else_is_made_of_them() -> None:
    worker = Worker()
    sent = [moment_ms(0), moment_ms(10), moment_ms(5)]
    probes = [FakeRecord(PROBES.name, 2, value=encode_probe(at, 8)) for at in sent]
    broken = FakeRecord(PROBES.name, 2, value=b"{")
    await worker.run(registration(1), *probes, broken, FakeRecord(PROBES.name, 5, value=encode_probe(sent[0], 8)))
    assert worker.steps[-1] == "probes"
    assert worker.store.rows["probes"] == [
        {"partition": 2, "partitions": 8, "sent_at": sent[1]},
        {"partition": 5, "partitions": 8, "sent_at": sent[0]},
    ]
    assert len(worker.store.rows["events"]) == 1
    assert worker.store.rows["dead_letters"] == []
    assert worker.producer.sent == []
    assert worker.done

    worker.steps.clear()
    await worker.run(probes[0])
    assert worker.steps == ["probes"]
    assert worker.done


def moment_ms(second: int) -> int:
    return parse_instant(moment(0)) + 1000 * second


async def test_nothing_of_a_forgotten_person_is_kept_whoever_works() -> None:
    """The registrant that is linked to it too; a worker that died before it wrote the rows is made good."""
    worker = Worker()
    await worker.run(registration(1), *stay(r(1), 0, 9), registration(2))
    worker.fails_at = "persons"
    said = [forgotten(p(1)), identity(1, 1), registration(1, status="cancelled"), *stay(r(1), 20, 30)]
    with pytest.raises(StoreGone):
        await worker.run(*said)
    assert [orjson.loads(one["event"])["type"] for one in worker.store.rows["events"][4:]] == ["forgotten"] * 2
    worker.fails_at = ""
    successor = Batches(Settings(_env_file=None), worker.store, worker.producer)
    worker.batches, worker.delivery = successor, Delivery(defaultdict(int), generation=4)
    await worker.run(*said, *stay(1, 40, 50), registration(2, status="cancelled"))
    rows = {row["person_id"]: row for row in worker.latest()}
    assert rows[p(1)]["state"].keys() == rows[r(1)]["state"].keys() == {"offsets", "forgotten"}
    assert len(rows[p(2)]["registration_at"]) == 1
    kept = [orjson.loads(one["event"]) for one in worker.store.rows["events"][4:]]
    assert {one.get("person_id", p(2)) for one in kept} == {p(2)}
    assert worker.done


async def test_a_person_forgotten_by_another_worker_is_dropped_by_this_one() -> None:
    worker = Worker()
    worker.store.rows["forgotten"] = [{"forgotten_id": forgotten_id(p(1))}]
    await worker.run(registration(1), registration(2))
    assert [row["person_id"] for row in worker.latest()] == [p(2)]
    assert len(worker.store.rows["events"]) == 1
    assert worker.done
