"""Creates the topics of docs/design.md section 4, once and with fixed partitions. `python -m streams.create_topics`."""

import sys

from kafka import KafkaAdminClient
from kafka.errors import KafkaError, TopicAlreadyExistsError

from streams.settings import Settings, settings
from streams.topics import ALL_TOPICS, MAX_MESSAGE_BYTES, Topic

_BOOTSTRAP_MS = 5_000


class TopicsError(Exception):
    """One line that says what is wrong with the topics and the way out."""


def create_topics(config: Settings) -> list[str]:
    """Creates the missing ones of ALL_TOPICS, waits until they can be used, and returns their names.

    Topics that exist are left alone. Raises TopicsError if one of them has another number of partitions (a webinar's
    partition follows from that number, so it is fixed for ever), or if Kafka cannot be reached or refuses.
    """
    try:
        admin = KafkaAdminClient(
            bootstrap_servers=config.kafka_bootstrap.split(","), bootstrap_timeout_ms=_BOOTSTRAP_MS
        )
        try:
            return _create_missing(admin, config)
        finally:
            admin.close()
    except (KafkaError, OSError) as error:
        raise TopicsError(
            f"Kafka at {config.kafka_bootstrap} did not create the topics ({error}): is it up, and is its address "
            "right (FUNNEL_KAFKA_BOOTSTRAP)?"
        ) from error


def _create_missing(admin: KafkaAdminClient, config: Settings) -> list[str]:
    existing = _partition_counts(admin, config)
    missing = [topic for topic in ALL_TOPICS if topic.name not in existing]
    for topic in missing:
        try:
            admin.create_topics({topic.name: _options(topic, config)}, wait_for_metadata=True)
        except TopicAlreadyExistsError:
            # Another process was quicker; its partitions are to be the same.
            _partition_counts(admin, config)
    return [topic.name for topic in missing]


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
        # Stated, not left to the cluster: a record lost by age or compaction could never be counted again.
        "configs": {
            "cleanup.policy": "delete",
            "retention.ms": str(topic.retention_ms),
            "retention.bytes": "-1",
            "max.message.bytes": str(MAX_MESSAGE_BYTES),
        },
    }


def main() -> None:
    """Creates the topics of the settings and says which. Exits 1 with one line on failure."""
    try:
        made = create_topics(settings())
    except TopicsError as error:
        sys.exit(str(error))
    print(f"created {', '.join(made)}" if made else "all topics are there")


if __name__ == "__main__":
    main()
