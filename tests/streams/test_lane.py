"""docs/design.md 3, "Commit after the insert, by chunks": the lane between the agents and the batches."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest

from streams.lane import MOST_RECORDS, MOST_WAITING, Lane
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
    """Handles a batch when it is told to."""

    def __init__(self) -> None:
        self.batches: list[list[Chunk]] = []
        self.may_end = asyncio.Semaphore(0)

    async def __call__(self, batch: list[Chunk]) -> None:
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


async def test_a_batch_is_what_came_while_the_one_before_was_handled() -> None:
    handling = Handling()
    lane = Lane(handling)
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(lane.run())
        some = chunks(6)
        await lane.forward(Agent(some[:1]))
        await until(lambda: handling.sizes == [1])
        await lane.forward(Agent(some[1:6]))
        await settle()
        assert handling.sizes == [1]
        handling.may_end.release()
        await until(lambda: handling.sizes == [1, 5])
        assert [chunk for batch in handling.batches for chunk in batch] == some
        running.cancel()


async def test_little_waits_for_nothing() -> None:
    handling = Handling()
    handling.may_end = asyncio.Semaphore(100)
    lane = Lane(handling)
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(lane.run())
        for number, chunk in enumerate(chunks(5), start=1):
            await lane.forward(Agent([chunk]))
            await until(lambda number=number: len(handling.batches) == number)  # type: ignore[misc]
        running.cancel()


async def test_a_batch_is_bounded_in_records() -> None:
    handling = Handling()
    lane = Lane(handling)
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(lane.run())
        await lane.forward(Agent(chunks(1)))
        await until(lambda: handling.sizes == [1])
        await lane.forward(Agent(chunks(6, MOST_RECORDS // 3)))
        handling.may_end.release(), handling.may_end.release()
        await until(lambda: len(handling.batches) == 3)
        assert sum(map(len, handling.batches[1])) < MOST_RECORDS + MOST_RECORDS // 3
        assert sum(handling.sizes) == 7
        running.cancel()


async def test_agents_wait_while_the_lane_is_full() -> None:
    handling, most = Handling(), 4 * MOST_WAITING
    lane, agents = Lane(handling), [Agent(chunks(most)), Agent(chunks(most))]
    async with asyncio.TaskGroup() as tasks:
        running = [tasks.create_task(lane.run()), *(tasks.create_task(lane.forward(agent)) for agent in agents)]
        await until(lambda: len(handling.batches) == 1)
        await settle()
        # One batch is handled, the lane is full, and each agent holds one chunk more.
        assert sum(agent.taken for agent in agents) == handling.sizes[0] + MOST_WAITING + len(agents)
        for _ in range(2 * most):
            handling.may_end.release()
        await until(lambda: sum(handling.sizes) == 2 * most)
        for task in running:
            task.cancel()


async def test_an_error_in_the_handling_ends_the_lane() -> None:
    async def fail(batch: list[Chunk]) -> None:
        raise RuntimeError("the store is gone")

    lane = Lane(fail)
    await lane.forward(Agent(chunks(1)))
    with pytest.raises(RuntimeError, match="the store is gone"):
        async with asyncio.timeout(DEADLINE):
            await lane.run()
