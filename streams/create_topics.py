"""Creates the topics of docs/design.md section 4, once and with fixed partitions. `python -m streams.create_topics`."""

import sys
import time
from collections.abc import Callable, Mapping

from clickhouse_connect.driver.exceptions import ClickHouseError
from kafka import KafkaAdminClient
from kafka.admin import ConfigResource, ConfigResourceType
from kafka.errors import KafkaError, TopicAlreadyExistsError
from urllib3.exceptions import HTTPError

from clickhouse.client import Unreachable, connect
from contract.instants import DAY
from contract.topics import ALL_TOPICS, EVENT_TOPICS, MAX_MESSAGE_BYTES, Topic
from process.errors import ExplainedError
from process.kafka import reach
from process.kafka_trouble import cause
from process.topics import change_topics, described
from streams.copies import IN_SYNC, fewer, other_partitions
from streams.epoch import LostError, held, refuse_lost_topics
from streams.settings import Settings, settings

_BOOTSTRAP_MS = 5_000
_READY_MS = 60_000
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
        admin = KafkaAdminClient(**reach(config), bootstrap_timeout_ms=_BOOTSTRAP_MS)
        try:
            return work(admin)
        finally:
            admin.close()
    except (KafkaError, OSError, RuntimeError) as error:
        raise TopicsError(
            cause(config, error)
            or f"Kafka at {config.kafka_bootstrap} did not create the topics ({error}): is it up, and is its address "
            "right (FUNNEL_KAFKA_BOOTSTRAP)?"
        ) from error


def _create_missing(admin: KafkaAdminClient, config: Settings, checked: bool) -> list[str]:
    existing = _existing(admin, config)
    missing = [topic for topic in ALL_TOPICS if topic.name not in existing]
    if checked:
        _refuse_lost([topic.name for topic in missing if topic in EVENT_TOPICS], config)
    for topic in missing:
        try:
            admin.create_topics({topic.name: _options(topic, config)})
        except TopicAlreadyExistsError:
            # Another process was quicker; its partitions have to be the same.
            _existing(admin, config)
    # All together, and longer than the client would: brokers that are busy tell each other late.
    admin.wait_for_topics([topic.name for topic in missing], timeout_ms=_READY_MS)
    if wanted := _to_keep(config, existing):
        _keep_as_set(admin, wanted)
    return [topic.name for topic in missing]


def _to_keep(config: Settings, existing: set[str]) -> dict[str, dict[str, str]]:
    """What topics that were there before take from the settings, if these say it. New ones were made with it."""
    there = [topic for topic in ALL_TOPICS if topic.name in existing]
    found: dict[str, dict[str, str]] = {topic.name: {} for topic in there}
    for topic in there:
        if config.kafka_retention_days:
            found[topic.name]["retention.ms"] = str(topic.retention_ms(config.kafka_retention_days))
        if config.replication_factor > 1:
            found[topic.name][IN_SYNC] = str(config.min_insync_replicas)
    return {name: said for name, said in found.items() if said}


def _keep_as_set(admin: KafkaAdminClient, wanted: Mapping[str, Mapping[str, str]]) -> None:
    found = admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, name) for name in wanted])["topic"]
    others = {
        name: said
        for name, said in wanted.items()
        if any(name not in found or found[name].get(key, {}).get("value") != value for key, value in said.items())
    }
    if others:
        change_topics(admin, others)


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


def _existing(admin: KafkaAdminClient, config: Settings) -> set[str]:
    found = described(admin, [topic.name for topic in ALL_TOPICS])
    if said := other_partitions(found, config.partitions) or fewer(found, config.replication_factor):
        raise TopicsError(said)
    return {one["name"] for one in found}


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
            # Of one copy, one is all there can be.
            **({IN_SYNC: str(config.min_insync_replicas)} if config.replication_factor > 1 else {}),
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
