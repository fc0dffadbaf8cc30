"""Creates the topics of docs/design.md section 4, once and with fixed partitions. `python -m streams.create_topics`."""

import sys
import time
from collections.abc import Callable

from clickhouse_connect.driver.exceptions import ClickHouseError
from kafka import KafkaAdminClient
from kafka.admin import ConfigResource, ConfigResourceType
from kafka.errors import KafkaError, TopicAlreadyExistsError
from urllib3.exceptions import HTTPError

from clickhouse.client import Unreachable, connect
from contract.instants import DAY
from contract.topics import ALL_TOPICS, EVENT_TOPICS, MAX_MESSAGE_BYTES, Topic
from process.errors import ExplainedError
from streams.epoch import LostError, held, refuse_lost_topics
from streams.settings import Settings, settings

_BOOTSTRAP_MS = 5_000
_COORDINATOR_SECONDS = 30.0
_COMPACTED = {"segment.ms": str(DAY), "max.compaction.lag.ms": str(DAY), "min.cleanable.dirty.ratio": "0.1"}
"""Replaced records go within about a day; by default only when as many bytes are new as old."""


class TopicsError(ExplainedError):
    """One line with what is wrong with the topics and the way out."""


def ensure_topics(config: Settings) -> list[str]:
    """`create_topics`, unless Kafka once had the missing ones: ClickHouse holds records of this epoch from them.

    Raises TopicsError in that case too, and if event topics are missing but ClickHouse cannot be asked.
    """
    return _with_admin(config, lambda admin: _create_missing(admin, config, checked=True))


def create_topics(config: Settings) -> list[str]:
    """Creates those of ALL_TOPICS that are missing, unconditionally; waits until they are usable, returns their names.

    Topics that exist are left alone. Raises TopicsError if one of them has another number of partitions (a webinar's
    partition follows from that number, so it is fixed forever), or if Kafka cannot be reached or refuses.
    """
    return _with_admin(config, lambda admin: _create_missing(admin, config, checked=False))


def await_coordinator(config: Settings) -> None:
    """Waits until Kafka knows the offsets of the workers' group, which takes a moment on a new broker.

    Otherwise every start would show failing workers. After 30 s it gives up silently: the workers report the error.
    """

    def ask(admin: KafkaAdminClient) -> list[str]:
        deadline = time.monotonic() + _COORDINATOR_SECONDS
        while time.monotonic() < deadline:
            try:
                admin.list_group_offsets(config.consumer_group)
                break
            except KafkaError as error:
                if not error.retriable:
                    break
            time.sleep(0.2)
        return []

    _with_admin(config, ask)


def _with_admin(config: Settings, work: Callable[[KafkaAdminClient], list[str]]) -> list[str]:
    try:
        admin = KafkaAdminClient(
            bootstrap_servers=config.kafka_bootstrap.split(","), bootstrap_timeout_ms=_BOOTSTRAP_MS
        )
        try:
            return work(admin)
        finally:
            admin.close()
    except (KafkaError, OSError, RuntimeError) as error:
        raise TopicsError(
            f"Kafka at {config.kafka_bootstrap} did not create the topics ({error}): is it up, and is its address "
            "right (FUNNEL_KAFKA_BOOTSTRAP)?"
        ) from error


def _create_missing(admin: KafkaAdminClient, config: Settings, checked: bool) -> list[str]:
    existing = _partition_counts(admin, config)
    missing = [topic for topic in ALL_TOPICS if topic.name not in existing]
    if checked:
        _refuse_lost([topic.name for topic in missing if topic in EVENT_TOPICS], config)
    for topic in missing:
        try:
            admin.create_topics({topic.name: _options(topic, config)}, wait_for_metadata=True)
        except TopicAlreadyExistsError:
            # Another process was quicker; its partitions have to be the same.
            _partition_counts(admin, config)
    if config.kafka_retention_days:
        _keep_as_set(admin, config)
    return [topic.name for topic in missing]


def _keep_as_set(admin: KafkaAdminClient, config: Settings) -> None:
    """Topics that are there already take the retention of the settings, if these have one."""
    asked = [ConfigResource(ConfigResourceType.TOPIC, topic.name) for topic in ALL_TOPICS]
    found = admin.describe_configs(asked)["topic"]
    wanted = {topic.name: str(topic.retention_ms(config.kafka_retention_days)) for topic in ALL_TOPICS}
    others = [
        ConfigResource(ConfigResourceType.TOPIC, name, {"retention.ms": value})
        for name, value in wanted.items()
        if found[name]["retention.ms"]["value"] != value
    ]
    if others:
        admin.alter_configs(others)


def _refuse_lost(missing: list[str], config: Settings) -> None:
    if not missing:
        return
    try:
        client = connect(config, user="writer")
        try:
            refuse_lost_topics(missing, held(client), config.epoch)
        finally:
            client.close()
    except LostError as error:
        raise TopicsError(str(error)) from error
    except (Unreachable, ClickHouseError, HTTPError) as error:
        raise TopicsError(
            f"the topic {missing[0]} is missing, and whether it may be made is for ClickHouse to say: "
            f"{' '.join(str(error).split())}"
        ) from error


def _partition_counts(admin: KafkaAdminClient, config: Settings) -> dict[str, int]:
    names = sorted(set(admin.list_topics()) & {topic.name for topic in ALL_TOPICS})
    counts = {topic["name"]: len(topic["partitions"]) for topic in admin.describe_topics(names)} if names else {}
    for name, count in counts.items():
        if count != config.partitions:
            raise TopicsError(
                f"topic {name} has {count} partitions, the settings say {config.partitions}, and the number is fixed: "
                f"set FUNNEL_PARTITIONS={count}, or start with a new Kafka"
            )
    return counts


def _options(topic: Topic, config: Settings) -> dict[str, object]:
    return {
        "num_partitions": config.partitions,
        "replication_factor": config.replication_factor,
        # Set here, not left to the cluster: a record lost by age or compaction could never be counted again.
        "configs": {
            "cleanup.policy": topic.cleanup_policy,
            "retention.ms": str(topic.retention_ms(config.kafka_retention_days)),
            "retention.bytes": "-1",
            "max.message.bytes": str(MAX_MESSAGE_BYTES),
            # Kafka deletes whole segments only, and by default fills one for a week.
            **({"segment.ms": str(topic.own_retention_ms)} if topic.own_retention_ms else {}),
            **(_COMPACTED if topic.is_compacted else {}),
        },
    }


def main() -> None:
    """Creates the topics of the settings and prints which. Exits 1 with one line on failure."""
    try:
        made = ensure_topics(settings())
        await_coordinator(settings())
    except TopicsError as error:
        sys.exit(str(error))
    print(f"created in epoch {settings().epoch}: {', '.join(made)}" if made else "all topics are there")


if __name__ == "__main__":
    main()
