"""Faust's aiokafka consumer, changed to hand out chunks and to lose nothing (docs/decisions/0002).

faust-streaming 0.15.3 loses records around rebalances: records that are fetched, or wait in an agent's queue, when the
flow stops are dropped, on the assumption that a seek to the committed offsets follows. That seek leaves out
partitions whose committed offset is 0 or none (aiokafka `seek_to_committed`), it may run before the last of these
records are dropped (faust/tables/recovery.py `_resume_streams` seeks first, clears the queues after), and a fetch that
was running during the seek is passed on as if nothing had happened.

Here one loop both seeks and fetches, so the two never overlap. Whatever stops the flow or clears a queue ends the
delivery; the loop starts the next one by seeking every partition to its committed offset, or else to its beginning.
So a dropped record is read again, no matter what dropped it or when.
"""

import asyncio
from collections.abc import Iterator, Mapping
from typing import Any

from aiokafka.errors import IllegalStateError, KafkaError
from faust.transport.consumer import ensure_TP
from faust.transport.drivers import aiokafka as driver
from faust.types import TP
from mode import Service

from contract.record import Record
from streams import meters
from streams.fatal import say_fatal
from streams.outage import kafka_outage
from streams.transport.delivery import Delivery, TopicPartition
from streams.transport.thread import ConsumerThread
from streams.transport.watchdog import Condition, Patience, watch

CHUNK_RECORDS = 1_000
"""The most records of one chunk."""
RETRY_SECONDS = 0.1
LAST_COMMIT_SECONDS = 2.0
"""How long a commit may take while partitions are revoked or the worker stops. What it misses is reprocessed."""


class Consumer(driver.Consumer):  # type: ignore[misc]
    """Hands out chunks and commits finished ones. Runs in the agents' event loop, except for the watchdog's check."""

    stall_seconds = 180.0
    """The process ends after this long without progress; longer than an insert is retried (Settings)."""
    stop_seconds = 10.0
    """How long stopping may take."""
    lag_interval = 5.0
    """How often to ask Kafka whether records wait, and how long it may take to answer."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._delivery = _closed()
        self._reassigning = False
        self._generation = 0
        self._committing = asyncio.Lock()
        self._behind = True
        self._steps = 0
        """Counts chunks handed out and commits: the watchdog's measure of progress."""

    def _new_consumer_thread(self) -> ConsumerThread:
        return ConsumerThread(self, loop=self.loop, beacon=self.beacon)

    # -- handing out

    async def _drain_messages(self, fetcher: Any) -> None:
        """The loop that seeks, fetches and hands out; Faust's Fetcher service runs it.

        It replaces Faust's own, which hands out record by record and drops what does not fit.
        """
        self._delivery.close()
        while not (self.should_stop or fetcher.should_stop):
            await self.wait(self.can_resume_flow)
            if not self._delivery.open:
                await self._begin_delivery()
                continue
            delivery = self._delivery
            await self._hand_out(delivery, await self._thread.fetch())

    async def _begin_delivery(self) -> None:
        self._delivery = pending = Delivery({})
        try:
            starts = await self._thread.seek_to_start()
        except KafkaError as error:
            if not (error.retriable or isinstance(error, IllegalStateError)):
                raise
            # Not reported if the assignment changed meanwhile.
            if error.retriable:
                kafka_outage().away(f"{error!r}")
            pending.close()
            await self.sleep(RETRY_SECONDS)
        else:
            # Closed meanwhile by a revocation: the sought partitions may no longer be ours.
            if pending.open:
                self._delivery = Delivery(starts, self._generation)

    async def _hand_out(self, delivery: Delivery, fetched: Mapping[TopicPartition, list[Record]]) -> None:
        for tp, records in _split(fetched):
            if not (delivery.open and self.flow_active):
                return
            message = self._to_message(ensure_TP(tp), records[-1])
            message.key, message.headers = None, None
            message.value = delivery.hand_out(tp, records)
            # Waits while the queue is full; a revocation must not wait for that (faust-streaming 166, 229).
            await self.wait_first(self.callback(message), self.suspend_flow.wait())
            self._steps += 1

    def on_buffer_full(self, tp: TP) -> None:
        """Does nothing: a full queue makes the loop wait. Faust would leave the partition out of the next fetches."""

    def on_buffer_drop(self, tp: TP) -> None:
        """Does nothing; see on_buffer_full."""

    # -- starts and ends of deliveries

    def resume_flow(self) -> None:
        """Voids what was handed out before: Faust has just cleared the agents' queues.

        Ignored during a rebalance: the end of an earlier one may come late (`_resume_streams`), and each has its own.
        """
        if not self._reassigning:
            self._delivery.close()
            super().resume_flow()

    async def perform_seek(self) -> None:
        """Does nothing: Faust seeks before it clears the queues, and only where something was committed."""

    async def on_partitions_revoked(self, revoked: set[TP]) -> None:
        """Commits finished chunks, which Faust does only after waiting for all agents (stream_wait_empty)."""
        self._reassigning = True
        self.stop_flow()
        await self._commit_in_time()
        self._delivery.close()
        await super().on_partitions_revoked(revoked)

    async def on_partitions_assigned(self, assigned: set[TP], generation_id: int = 0) -> None:
        self._delivery.close()
        self._reassigning = False
        self._generation = generation_id
        await super().on_partitions_assigned(assigned, generation_id)

    # -- committing

    def ack(self, message: Any) -> bool:
        """Only takes note: Faust acks in a `finally`, and so also after failures and records skipped in a rebalance."""
        if message.acked:
            return False
        message.acked = True
        self._unacked_messages.discard(message)
        return True

    async def commit(self, topics: Any = None, start_new_transaction: bool = True) -> bool:  # noqa: ARG002
        """Commits the finished chunks of all topics; returns whether there were any. Faust calls it every interval."""
        async with self._committing:
            delivery = self._delivery
            offsets = delivery.committable()
            # Faust would count a failed commit as done (faust-streaming 316).
            if not offsets or not await self._commit({ensure_TP(tp): offset for tp, offset in offsets.items()}):
                return False
            delivery.committed(offsets)
            self._steps += 1
            self.app.monitor.on_tp_commit(offsets)
            return True

    async def _commit_in_time(self) -> None:
        try:
            await asyncio.wait_for(self.commit(), LAST_COMMIT_SECONDS)
        except TimeoutError:
            self.log.warning("Could not commit in %s s; what is not committed comes again", LAST_COMMIT_SECONDS)

    async def commit_and_end_transactions(self) -> None:
        """Called when the consumer stops; must not wait for a broker that is away."""
        await self._commit_in_time()

    # -- failing

    async def on_start(self) -> None:
        await super().on_start()
        watch(Patience(self.stall_seconds, self.stop_seconds), self._condition)

    async def on_task_error(self, exc: BaseException) -> None:
        """Ends the worker after an agent has failed, because the agent's chunk would never be done.

        Faust would commit and restart the agent after the failed event.
        """
        say_fatal(exc)
        self.log.critical("An agent failed, so the worker ends: %r", exc)
        await self.crash(exc)

    async def verify_all_partitions_active(self) -> None:
        """Does nothing: Faust's check relies on its acks, and fails when a partition is revoked meanwhile.

        The watchdog takes its place.
        """

    def _condition(self) -> Condition:
        delivery = self._delivery
        app = self.app
        return Condition(
            waiting=self._behind or delivery.unfinished,
            progress=self._steps,
            stopping=app.should_stop or app.crashed or self.crashed,
        )

    @Service.task  # type: ignore[untyped-decorator]
    async def _measure_lag(self) -> None:
        while not self.should_stop:
            self._behind = await self._has_lag()
            await self.sleep(self.lag_interval)

    async def _has_lag(self) -> bool:
        """Whether Kafka holds records that were not fetched; True while partitions change hands or Kafka is silent."""
        if self._delivery.open:
            try:
                ends = await asyncio.wait_for(self._thread.ends(), self.lag_interval)
            except TimeoutError:
                kafka_outage().away(f"no answer within {self.lag_interval:g} s")
            except KafkaError as error:
                if error.retriable:
                    kafka_outage().away(f"{error!r}")
            else:
                kafka_outage().back()
                meters.lags({tp: end for tp, (_, end) in ends.items()}, self._delivery.done)
                return any(position < end for position, end in ends.values())
        return True


def _closed() -> Delivery:
    delivery = Delivery({})
    delivery.close()
    return delivery


def _split(fetched: Mapping[TopicPartition, list[Record]]) -> Iterator[tuple[TopicPartition, list[Record]]]:
    for tp, records in fetched.items():
        for start in range(0, len(records), CHUNK_RECORDS):
            yield tp, records[start : start + CHUNK_RECORDS]
