"""Bytewax doing a worker's job: all event topics into a dynamic sink, which folds and inserts.

Bytewax commits nothing to Kafka, and its recovery store is not used here: both in its favour.
"""

from datetime import timedelta
from typing import Any

from bytewax import operators
from bytewax._bytewax import cli_main
from bytewax.connectors.kafka import KafkaSource
from bytewax.dataflow import Dataflow
from bytewax.outputs import DynamicSink, StatelessSinkPartition
from confluent_kafka import OFFSET_BEGINNING
from engine import AT_ONCE, Engine, Record, ready

from contract.topics import EVENT_TOPICS
from streams.settings import settings


class Part(StatelessSinkPartition):
    """Hands records to the engine, so many at a time."""

    def __init__(self) -> None:
        self._engine = Engine()
        ready()

    def write_batch(self, items: list[Any]) -> None:
        for first in range(0, len(items), AT_ONCE):
            self._engine.submit(
                Record(one.topic, one.partition, one.offset, one.timestamp[1], one.key, one.value)
                for one in items[first : first + AT_ONCE]
            )

    def close(self) -> None:
        self._engine.drain()


class Funnel(DynamicSink):
    """One part: there is one worker."""

    def build(self, step_id: str, worker_index: int, worker_count: int) -> Part:
        return Part()


def main() -> None:
    """Runs until it is ended."""
    topics = [topic.name for topic in EVENT_TOPICS]
    source = KafkaSource(
        [settings().kafka_bootstrap],
        topics,
        tail=True,
        starting_offset=OFFSET_BEGINNING,
        batch_size=1_000,
        add_config={"fetch.wait.max.ms": "100"},
    )
    flow = Dataflow("funnel")
    operators.output("clickhouse", operators.input("kafka", flow, source), Funnel())
    cli_main(flow, epoch_interval=timedelta(seconds=1))


if __name__ == "__main__":
    main()
