"""Kafka, ClickHouse and what a user does with them: publish, ask the report, look into the tables."""

import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import orjson
from clickhouse_connect.driver.client import Client
from kafka import KafkaConsumer, KafkaProducer, TopicPartition

from clickhouse.client import connect
from clickhouse.migrate import create_database, migrate
from connectors.pipeline.publish import Publisher
from contract.partition import partition_of
from contract.topics import DEAD_LETTERS, TOPIC_OF_TYPE
from funnel.report.numbers import Question, Row, answer
from process.kafka import reach
from streams.create_topics import create_topics
from streams.lag import wait_until_caught_up
from streams.settings import Settings
from tests.contract_events import Event
from tests.e2e.timing import YESTERDAY, moved
from tests.servers.clickhouse import Server, embedded_clickhouse
from tests.servers.kafka import KafkaServer, local_kafka
from tests.waiting import PATIENCE


class RawRecord(NamedTuple):
    """A record as it is sent to Kafka."""

    topic: str
    key: bytes | None
    value: bytes | None
    partition: int | None = None
    """None: by the key."""
    timestamp: int | None = None
    """Milliseconds since 1970 UTC; None: now."""


@dataclass
class Stack:
    """Both servers, with topics and schema; workers are the test's own business."""

    kafka: KafkaServer
    clickhouse: Server
    config: Settings
    folder: Path

    def publish(self, events: Iterable[Event], begin: int = YESTERDAY) -> None:
        """Publishes them with minute 0 moved to `begin`; returns when Kafka has all of them."""
        with Publisher(self.config) as publisher:
            for event in events:
                topic = TOPIC_OF_TYPE[event["type"]].name
                publisher.send_raw(topic, event["webinar_id"].encode(), orjson.dumps(moved(event, begin)))

    def publish_records(self, records: Iterable[RawRecord]) -> None:
        """Publishes what the publisher would refuse, as somebody else's producer may; returns when Kafka has it."""
        producer = KafkaProducer(
            bootstrap_servers=self.config.kafka_bootstrap, max_request_size=50_000_000, compression_type="lz4"
        )
        try:
            sent = [
                producer.send(topic, value, key, partition=partition, timestamp_ms=timestamp)
                for topic, key, value, partition, timestamp in records
            ]
            for future in sent:
                future.get(timeout=PATIENCE)
        finally:
            producer.close()

    def misplaced(self, event: Event) -> RawRecord:
        """The event on a partition that is not its webinar's, as a producer with another partitioner would do it."""
        right = partition_of(event["webinar_id"], self.config.partitions)
        topic = TOPIC_OF_TYPE[event["type"]].name
        wrong = (right + 1) % self.config.partitions
        return RawRecord(topic, event["webinar_id"].encode(), orjson.dumps(event), wrong)

    def wait_until_handled(self, seconds: float = PATIENCE) -> None:
        """Returns when the workers have committed all that was published so far."""
        wait_until_caught_up(self.config, seconds, lambda _: None)

    def report(self, webinar_id: str, at: int) -> Row:
        """What the report says of one webinar; nothing if it has no row yet."""
        with self.reader() as client:
            rows = answer(client, Question(at=at, webinar_ids=(webinar_id,)))
        return rows[0] if rows else {}

    def rows(self, statement: str, **parameters: Any) -> list[Row]:
        """What a query says, of raw events too, which the reader does not see."""
        with connect(self.config, user="writer") as client:
            return list(client.query(statement, parameters=parameters).named_results())

    @contextmanager
    def reader(self) -> Iterator[Client]:
        client = connect(self.config, user="reader")
        try:
            yield client
        finally:
            client.close()

    def letters(self) -> list[dict[str, Any]]:
        """Everything on the topic of dead letters."""
        consumer = KafkaConsumer(**reach(self.config))
        try:
            places = [TopicPartition(DEAD_LETTERS.name, number) for number in range(self.config.partitions)]
            consumer.assign(places)
            consumer.seek_to_beginning(*places)
            ends = consumer.end_offsets(places)
            letters: list[dict[str, Any]] = []
            deadline = time.monotonic() + PATIENCE
            while any(consumer.position(place) < end for place, end in ends.items()):
                assert time.monotonic() < deadline, "the dead letters cannot be read"
                for records in consumer.poll(timeout_ms=500).values():
                    letters += [orjson.loads(record.value) for record in records]
            return letters
        finally:
            consumer.close()


@contextmanager
def running_stack(folder: Path, **settings: Any) -> Iterator[Stack]:
    """Both servers with data folders in `folder`, ended at the end."""
    with ExitStack() as servers:
        kafka = servers.enter_context(local_kafka(folder / "kafka"))
        clickhouse = servers.enter_context(embedded_clickhouse(folder / "clickhouse"))
        config = Settings(
            _env_file=None,
            kafka_bootstrap=kafka.bootstrap,
            clickhouse_port=clickhouse.port,
            data_dir=folder,
            **settings,
        )
        client = create_database(config)
        migrate(client, config)
        client.close()
        create_topics(config)
        yield Stack(kafka, clickhouse, config, folder)
