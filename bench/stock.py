"""The peer: a stock Faust agent that does the same work as a worker, as well as stock Faust allows.

Decoding, folding and inserting are the same (streams/batch.py); only the part between Kafka and the batch is Faust's
own: one message object per event, take() and acks. `python -m bench` runs it in its own process and database.
"""

import asyncio
import gc
import sys
from collections.abc import Sequence
from typing import Any

import faust

from contract.record import OwnRecord, Record
from contract.topics import EVENT_TOPICS
from streams.app import GC_THRESHOLD, KafkaProducer
from streams.batch import Batches
from streams.settings import Settings, settings
from streams.store import Store
from streams.transport.delivery import Chunk, TopicPartition

TAKE, WITHIN = 5_000, 0.2


class Taken(Chunk):
    """The messages from take(), in the form of a chunk: of one topic, maybe of several partitions."""

    current = True
    generation = 1

    def __init__(self, messages: Sequence[Any]) -> None:
        """`messages`: Faust's own, at least one."""
        first = messages[0]
        self.tp = TopicPartition(first.topic, first.partition)
        self.records = [_record(message) for message in messages]
        self.written_at = self.records[0].timestamp

    def done(self) -> None:
        """Does nothing: the agent acks."""


def _record(message: Any) -> Record:
    timestamp = round(message.timestamp * 1000)
    return OwnRecord(message.topic, timestamp, message.value, message.partition, message.offset, message.key)


def build(config: Settings) -> faust.App:
    """The app: one agent per topic, all into one set of batches, one batch at a time."""
    app = faust.App(
        config.consumer_group,
        broker=f"kafka://{config.kafka_bootstrap}",
        topic_allow_declare=False,
        topic_disable_leader=True,
        stream_wait_empty=False,
        broker_commit_interval=1.0,
        broker_session_timeout=6.0,
        broker_heartbeat_interval=1.0,
        stream_buffer_maxsize=50_000,
        datadir=config.data_dir / "faust-stock",
        origin="bench",
    )
    batches = Batches(config, Store(config), KafkaProducer(app))
    one_at_a_time = asyncio.Lock()

    async def handle(stream: Any) -> None:
        async for taken in stream.noack_take(TAKE, within=WITHIN):
            await _run(batches, one_at_a_time, taken)
            for event in taken:
                await stream.ack(event)

    for topic in EVENT_TOPICS:
        app.agent(
            app.topic(topic.name, value_type=bytes, value_serializer="raw", key_serializer="raw"), name=topic.name
        )(handle)

    @app.on_partitions_assigned.connect  # type: ignore[untyped-decorator]
    async def say_ready(_: faust.App, assigned: set[Any], **__: Any) -> None:
        gc.freeze()
        gc.set_threshold(*GC_THRESHOLD)
        print(f"ready: {len(assigned)} partitions", file=sys.__stdout__, flush=True)

    return app


async def _run(batches: Batches, lock: asyncio.Lock, taken: Sequence[Any]) -> None:
    async with lock:
        folded = await batches.fold([Taken([event.message for event in taken])])
        if folded is not None:
            await batches.write(folded)
            await batches.behind.catch_up()


if __name__ == "__main__":
    sys.argv = [sys.argv[0], "--quiet", "worker", "--loglevel", "warn", "--without-web"]
    build(settings()).main()
