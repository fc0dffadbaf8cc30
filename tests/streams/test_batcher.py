"""docs/design.md 3, "Commit after the insert, by chunks": the batcher between the agents and the batches."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from typing import NoReturn

import pytest

from streams.batcher import EVERY_SECONDS, MOST_RECORDS, MOST_WAITING, Batcher
from streams.transport import Chunk
from streams.transport.delivery import Delivery, TopicPartition
from tests.streams.records import FakeRecord

TP = TopicPartition("webinar.attendance.v1", 0)
DEADLINE = 10.0


def chunks(number: int, size: int = 1) -> list[Chunk]:
    delivery = Delivery({TP: 0})
    return [
        delivery.hand_out(TP, [FakeRecord(offset=first * size + one) for one in range(size)]) for first in range(number)
    ]


class Agent:
    """Hands out its chunks and counts those that were taken."""

    def __init__(self, chunks: list[Chunk]) -> None:
        self._chunks = chunks
        self.taken = 0

    async def __aiter__(self) -> AsyncIterator[Chunk]:
        for chunk in self._chunks:
            self.taken += 1
            yield chunk


class Handling:
    """Folds at once; writes a batch when it is told to."""

    def __init__(self) -> None:
        self.folded: list[list[Chunk]] = []
        self.batches: list[list[Chunk]] = []
        """Those whose writing has begun."""
        self.may_end = asyncio.Semaphore(0)

    async def fold(self, batch: Sequence[Chunk]) -> list[Chunk]:
        self.folded.append(list(batch))
        return self.folded[-1]

    async def write(self, batch: list[Chunk]) -> None:
        self.batches.append(batch)
        await self.may_end.acquire()

    @property
    def sizes(self) -> list[int]:
        return [len(batch) for batch in self.batches]


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(DEADLINE):
        while not condition():
            await asyncio.sleep(0)


async def settle() -> None:
    """Lets everything run that can run."""
    for _ in range(100):
        await asyncio.sleep(0)


async def test_while_one_batch_is_written_and_one_waits_folded_what_comes_becomes_one_batch() -> None:
    handling, some = Handling(), chunks(8)
    batcher = Batcher(handling.fold, handling.write)
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(batcher.run())
        for number in range(2):
            await batcher.forward(Agent(some[number : number + 1]))
            await until(lambda number=number: len(handling.folded) == number + 1)  # type: ignore[misc]
        await settle()
        assert handling.sizes == [1]
        for number in range(2, 8):
            await batcher.forward(Agent(some[number : number + 1]))
            await settle()
        assert len(handling.folded) == 2
        for _ in range(3):
            handling.may_end.release()
        await until(lambda: handling.sizes == [1, 1, 6])
        assert [chunk for batch in handling.batches for chunk in batch] == some
        running.cancel()


async def test_little_waits_for_nothing() -> None:
    handling = Handling()
    handling.may_end = asyncio.Semaphore(100)
    batcher = Batcher(handling.fold, handling.write)
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(batcher.run())
        for number, chunk in enumerate(chunks(5), start=1):
            await batcher.forward(Agent([chunk]))
            await until(lambda number=number: len(handling.batches) == number)  # type: ignore[misc]
        running.cancel()


async def test_a_batch_is_bounded_in_records() -> None:
    handling = Handling()
    batcher = Batcher(handling.fold, handling.write)
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(batcher.run())
        tasks.create_task(batcher.forward(Agent(chunks(7, MOST_RECORDS // 3))))
        for _ in range(7):
            handling.may_end.release()
        await until(lambda: sum(handling.sizes) == 7)
        assert all(sum(map(len, batch)) < MOST_RECORDS + MOST_RECORDS // 3 for batch in handling.batches)
        assert max(sum(map(len, batch)) for batch in handling.batches) >= MOST_RECORDS
        running.cancel()


async def test_agents_wait_while_too_many_records_wait() -> None:
    each = MOST_WAITING // 20
    handling, most = Handling(), 60
    batcher = Batcher(handling.fold, handling.write)
    agents = [Agent(chunks(most, each)), Agent(chunks(most, each))]
    async with asyncio.TaskGroup() as tasks:
        running = [tasks.create_task(batcher.run()), *(tasks.create_task(batcher.forward(agent)) for agent in agents)]
        await until(lambda: len(handling.folded) == 2)
        await settle()
        # What is folded, a full batcher, and one chunk more that each agent holds.
        folded = sum(map(len, handling.folded))
        assert sum(agent.taken for agent in agents) == folded + 20 + len(agents) < 2 * most
        for _ in range(2 * most):
            handling.may_end.release()
        await until(lambda: sum(handling.sizes) == 2 * most)
        for task in running:
            task.cancel()


async def test_many_small_chunks_are_one_batch() -> None:
    handling, some = Handling(), chunks(500)
    batcher = Batcher(handling.fold, handling.write)
    await batcher.forward(Agent(some))
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(batcher.run())
        await until(lambda: handling.batches == [some])
        running.cancel()


async def test_the_next_batch_begins_after_a_pause_and_holds_what_came_meanwhile() -> None:
    handling, some, now = Handling(), chunks(3), [100.0]
    handling.may_end = asyncio.Semaphore(100)
    batcher = Batcher(handling.fold, handling.write, clock=lambda: now[0])
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(batcher.run())
        await batcher.forward(Agent(some[:1]))
        await until(lambda: handling.folded == [some[:1]])
        await batcher.forward(Agent(some[1:2]))
        await settle()
        assert handling.folded == [some[:1]]
        await batcher.forward(Agent(some[2:]))
        await until(lambda: handling.folded == [some[:1], some[1:]])
        now[0] += EVERY_SECONDS
        last = chunks(1)
        await batcher.forward(Agent(last))
        await settle()
        assert handling.batches[-1] == last
        running.cancel()


async def test_a_batch_with_nothing_to_write_is_not_written() -> None:
    handling = Handling()

    async def nothing(batch: Sequence[Chunk]) -> list[Chunk] | None:
        folded = await handling.fold(batch)
        return folded if len(handling.folded) > 1 else None

    batcher = Batcher(nothing, handling.write)
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(batcher.run())
        await batcher.forward(Agent(chunks(1)))
        await until(lambda: len(handling.folded) == 1)
        last = chunks(1)
        await batcher.forward(Agent(last))
        await until(lambda: handling.batches == [last])
        running.cancel()


@pytest.mark.parametrize("step", ["fold", "write"])
async def test_an_error_in_the_handling_ends_the_lane(step: str) -> None:
    async def fail(batch: Sequence[Chunk]) -> NoReturn:
        raise RuntimeError("the store is gone")

    handling = Handling()
    batcher = Batcher[list[Chunk]](
        fail if step == "fold" else handling.fold, fail if step == "write" else handling.write
    )
    await batcher.forward(Agent(chunks(1)))
    with pytest.raises(ExceptionGroup) as raised:
        async with asyncio.timeout(DEADLINE):
            await batcher.run()
    assert str(raised.value.exceptions[0]) == "the store is gone"
