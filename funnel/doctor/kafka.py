"""What the doctor asks Kafka. Blocking I/O."""

from collections.abc import Iterable, Mapping

from kafka import KafkaAdminClient, TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType, OffsetSpec
from kafka.errors import GroupIdNotFoundError

from contract.topics import ALL_TOPICS, EVENT_TOPICS
from funnel.doctor.facts import Kafka, Topic
from funnel.topics.listing import OF_KAFKA
from process.topics import described
from streams.copies import IN_SYNC
from streams.epoch import Partition
from streams.offsets import COORDINATOR_STARTS, committed, ends

_EVENTS = [topic.name for topic in EVENT_TOPICS]
_SETTINGS = ("cleanup.policy", "retention.ms", "retention.bytes", "max.message.bytes", "segment.ms", IN_SYNC)


def asked_before(admin: KafkaAdminClient, group: str) -> dict[Partition, int]:
    """What the workers have committed: to be asked before ClickHouse (streams/data.py says why)."""
    return {place: max(0, offset) for place, offset in committed(admin, group).items() if place[0] in _EVENTS}


def kafka_facts(admin: KafkaAdminClient, group: str, done: Mapping[Partition, int]) -> Kafka:
    """All the rest, to be asked after ClickHouse. Raises Kafka's errors."""
    brokers, topics = admin.describe_cluster()["brokers"], _topics(admin)
    return Kafka(
        version=tuple(admin.get_broker_version_data(brokers[0]["broker_id"]).broker_version),
        brokers=len(brokers),
        topics=topics,
        committed=done,
        ends=ends(admin, _EVENTS),
        members=_members(admin, group),
        newest_at=_newest(admin, {name: one for name, one in topics.items() if name in _EVENTS}),
        size=_size(admin, topics),
        commit_copies=_commit_copies(admin),
    )


def _topics(admin: KafkaAdminClient) -> dict[str, Topic]:
    there = described(admin, [topic.name for topic in ALL_TOPICS])
    if not there:
        return {}
    asked = [ConfigResource(ConfigResourceType.TOPIC, one["name"]) for one in there]
    configs = admin.describe_configs(asked)["topic"]
    return {
        one["name"]: Topic(
            partitions=len(one["partitions"]),
            copies=min(len(part["replica_nodes"]) for part in one["partitions"]),
            in_sync=min(len(part["isr_nodes"]) for part in one["partitions"]),
            config={name: configs[one["name"]][name]["value"] for name in _SETTINGS if name in configs[one["name"]]},
        )
        for one in there
    }


def _commit_copies(admin: KafkaAdminClient) -> int:
    found = described(admin, OF_KAFKA)
    return min((len(part["replica_nodes"]) for one in found for part in one["partitions"]), default=0)


def _members(admin: KafkaAdminClient, group: str) -> int:
    try:
        found = admin.describe_groups([group])[group]
    except (*COORDINATOR_STARTS, GroupIdNotFoundError):
        return 0
    return len(found["members"])


def _newest(admin: KafkaAdminClient, topics: Mapping[str, Topic]) -> int:
    places = [TopicPartition(name, number) for name, one in topics.items() for number in range(one.partitions)]
    if not places:
        return 0
    found = admin.list_partition_offsets(dict.fromkeys(places, OffsetSpec.MAX_TIMESTAMP))
    return max((one.timestamp for one in found.values()), default=0)


def _size(admin: KafkaAdminClient, names: Iterable[str]) -> int:
    known = set(names)
    return sum(
        part["partition_size"]
        for broker in admin.describe_log_dirs()
        for folder in broker["log_dirs"]
        for topic in folder["topics"]
        if topic["name"] in known
        for part in topic["partitions"]
    )
