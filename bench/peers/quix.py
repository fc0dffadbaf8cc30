"""Quix Streams doing a worker's job: raw bytes of every event topic into one sink, which folds and inserts.

Quix calls the sink's flush() in its checkpoint, before it commits the offsets.
"""

from typing import Any

from engine import AT_ONCE, Engine, Record, ready
from quixstreams import Application
from quixstreams.sinks.base import BaseSink

from contract.topics import EVENT_TOPICS
from streams.settings import settings


class Funnel(BaseSink):
    """Hands records to the engine, so many at a time."""

    def __init__(self) -> None:
        super().__init__()
        self._engine = Engine()
        self._records: list[Record] = []

    def add(self, value: Any, key: Any, timestamp: int, headers: Any, topic: str, partition: int, offset: int) -> None:
        self._records.append(Record(topic, partition, offset, timestamp, key, value))
        if len(self._records) >= AT_ONCE:
            self._hand_over()

    def flush(self) -> None:
        if self._records:
            self._hand_over()
        self._engine.drain()

    def _hand_over(self) -> None:
        self._engine.submit(self._records)
        self._records = []


def main() -> None:
    """Runs until it is ended."""
    config = settings()
    app = Application(
        broker_address=config.kafka_bootstrap,
        consumer_group=config.consumer_group,
        auto_offset_reset="earliest",
        commit_interval=1.0,
        loglevel="WARNING",
        state_dir=str(config.data_dir / "quix" / config.consumer_group),
        auto_create_topics=False,
        consumer_poll_timeout=0.1,
        consumer_extra_config={"fetch.wait.max.ms": 100},
    )
    sink = Funnel()
    for one in EVENT_TOPICS:
        app.dataframe(app.topic(one.name, key_deserializer="bytes", value_deserializer="bytes")).sink(sink)
    # There is no public hook for an assignment.
    assigned = app._on_assign

    def on_assign(*arguments: Any, **named: Any) -> None:
        assigned(*arguments, **named)
        ready()

    app._on_assign = on_assign
    app.run()


if __name__ == "__main__":
    main()
