"""Webinars of many persons are loaded and written beside the batches: none waits for them, and no row differs."""

import asyncio
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams import batch, behind
from streams.behind import MOST_ROWS, Outdated
from streams.fold.memory import WebinarMemory
from streams.fold.person import PersonState
from streams.fold.row import row as row_of
from streams.memory_store import MemoryStore
from streams.store import Insert
from tests.contract_events import at, identity, moment, p, r, registration, stay, webinar
from tests.streams.batches import Row, Worker, successor
from tests.streams.records import record_of


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
