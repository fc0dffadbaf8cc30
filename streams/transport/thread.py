"""The thread that owns the aiokafka consumer: it seeks to the starting offsets and reads."""

import asyncio
from collections.abc import Mapping
from concurrent.futures import Future
from typing import Any

from faust.transport.drivers import aiokafka as driver

from contract.record import Record
from streams.transport.delivery import TopicPartition

FETCH_RECORDS = 4_000
"""The most records taken from aiokafka at once; with the queues' length it bounds what waits in memory."""
FETCH_TIMEOUT_MS = 500
"""How long a fetch waits for records before the loop continues. Records end the wait at once."""
LONG_POLL_MS = 100
"""How long the broker may hold back the answer to a fetch request that finds nothing."""
ANSWER_BYTES = 4_000_000
"""The most that the broker puts into one answer, unless its first record is longer. aiokafka's default is a megabyte a
partition, up to 52: in a backlog all of it waits in memory.
"""


class ConsumerThread(driver.AIOKafkaConsumerThread):  # type: ignore[misc]
    """The thread that owns the aiokafka consumer."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self._reading = asyncio.Lock()

    def _crash(self, reason: BaseException) -> None:
        """Keeps running when another service fails: the consumer, which stops it, first commits finished chunks.

        Faust marks all services as crashed; this thread would then end at its next check, at most a second later, and
        the last commit would be lost if the rest stops more slowly, as on a busy machine.
        """
        if asyncio.get_running_loop() is self.thread_loop:
            super()._crash(reason)

    def _create_worker_consumer(self, transport: Any) -> Any:
        """Bounds an answer and shortens the long poll, which Faust fixes at 1.5 s.

        While records of one partition wait in memory, aiokafka asks for the other partitions only; if these are silent,
        the next records of the busy one come when that request returns. With 1.5 s, an agent that could have taken
        25,000 events/s of one busy partition got 10,800; with 0.1 s, 21,000.
        """
        consumer = super()._create_worker_consumer(transport)
        consumer._fetch_max_wait_ms = LONG_POLL_MS
        consumer._fetch_max_bytes = ANSWER_BYTES
        return consumer

    async def fetch(self) -> Mapping[TopicPartition, list[Record]]:
        """The next records of the assigned partitions; empty if none arrived for a while."""
        fetched: Mapping[TopicPartition, list[Record]] = await self._run(self._fetch())
        return fetched

    async def seek_to_start(self) -> dict[TopicPartition, int]:
        """Seeks each assigned partition to its committed offset, or else to its beginning, and returns these offsets.

        Raises KafkaError when the assignment changes meanwhile or the broker does not answer.
        """
        starts: dict[TopicPartition, int] = await self._run(self._seek_to_start())
        return starts

    async def ends(self) -> dict[TopicPartition, tuple[int, int]]:
        """By assigned partition, the offset of the next record to fetch and Kafka's end. Raises KafkaError."""
        ends: dict[TopicPartition, tuple[int, int]] = await self._run(self._ends())
        return ends

    async def _run(self, coroutine: Any) -> Any:
        """Runs it in this thread. Faust's `call_thread` has two workers, which a fetch and a commit can both occupy."""
        future: Future[Any] = asyncio.run_coroutine_threadsafe(coroutine, self.thread_loop)
        return await asyncio.wrap_future(future)

    # The lock makes a cancelled fetch end before the next seek begins: it would move the position behind its back.

    async def _fetch(self) -> Any:
        async with self._reading:
            return await self._ensure_consumer().getmany(timeout_ms=FETCH_TIMEOUT_MS, max_records=FETCH_RECORDS)

    async def _seek_to_start(self) -> dict[Any, int]:
        consumer = self._ensure_consumer()
        async with self._reading:
            committed = {tp: await consumer.committed(tp) for tp in consumer.assignment()}
            starts = {tp: offset for tp, offset in committed.items() if offset is not None}
            if fresh := committed.keys() - starts.keys():
                starts |= await consumer.beginning_offsets(list(fresh))
            for tp, offset in starts.items():
                consumer.seek(tp, offset)
            return starts

    async def _ends(self) -> dict[TopicPartition, tuple[int, int]]:
        consumer = self._ensure_consumer()
        ends = await consumer.end_offsets(consumer.assignment())
        return {TopicPartition(*tp): (await consumer.position(tp), end) for tp, end in ends.items()}
