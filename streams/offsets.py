"""The first and last offsets of Kafka's partitions, and the commits of a group. Blocking I/O."""

from collections.abc import Iterable

from kafka import KafkaAdminClient, TopicPartition
from kafka.admin import OffsetSpec
from kafka.errors import CoordinatorLoadInProgressError, CoordinatorNotAvailableError, NotCoordinatorError

from process.kafka import KafkaSettings, reach
from process.topics import described
from streams.epoch import Partition

ANSWER_MS = 5_000
"""Limit of the first connection and of each query; kafka-python's own limits are half a minute."""
COORDINATOR_STARTS = (CoordinatorNotAvailableError, CoordinatorLoadInProgressError, NotCoordinatorError)
"""Kafka creates the topic of commits when a group first asks for it, and loads it when it starts."""


def admin_client(config: KafkaSettings) -> KafkaAdminClient:
    """A client for queries. Raises KafkaError, OSError, ValueError if Kafka does not answer."""
    return KafkaAdminClient(**reach(config), bootstrap_timeout_ms=ANSWER_MS, request_timeout_ms=ANSWER_MS)


def starts(admin: KafkaAdminClient, topics: Iterable[str]) -> dict[Partition, int]:
    """The offset of the first record that each partition still has. Topics that do not exist are left out."""
    return _positions(admin, topics, OffsetSpec.EARLIEST)


def ends(admin: KafkaAdminClient, topics: Iterable[str]) -> dict[Partition, int]:
    """One more than the offset of the last record of each partition. Topics that do not exist are left out."""
    return _positions(admin, topics, OffsetSpec.LATEST)


def committed(admin: KafkaAdminClient, group: str) -> dict[Partition, int]:
    """The commits of the group; empty while Kafka creates or loads the topic of commits. Raises KafkaError."""
    try:
        return commits(admin, group)
    except COORDINATOR_STARTS:
        return {}


def commits(admin: KafkaAdminClient, group: str) -> dict[Partition, int]:
    """The same if it must be known: also raises one of COORDINATOR_STARTS."""
    offsets = admin.list_group_offsets({group: None})[group]
    return {(place.topic, place.partition): known.offset for place, known in offsets.items()}


def _positions(admin: KafkaAdminClient, topics: Iterable[str], spec: OffsetSpec) -> dict[Partition, int]:
    there = described(admin, topics)
    places = [TopicPartition(one["name"], part["partition_index"]) for one in there for part in one["partitions"]]
    found = admin.list_partition_offsets(dict.fromkeys(places, spec)) if places else {}
    return {(place.topic, place.partition): known.offset for place, known in found.items()}
