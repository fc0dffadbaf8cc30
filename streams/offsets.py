"""Where the partitions of Kafka begin and end, and how far a group has got. Blocking I/O."""

from collections.abc import Iterable

from kafka import KafkaAdminClient, TopicPartition
from kafka.admin import OffsetSpec
from kafka.errors import CoordinatorLoadInProgressError, CoordinatorNotAvailableError, NotCoordinatorError

from streams.epoch import Place


def starts(admin: KafkaAdminClient, topics: Iterable[str]) -> dict[Place, int]:
    """The offset of the first record that each partition still has. Topics that do not exist are left out."""
    return _positions(admin, topics, OffsetSpec.EARLIEST)


def ends(admin: KafkaAdminClient, topics: Iterable[str]) -> dict[Place, int]:
    """One more than the offset of the last record of each partition. Topics that do not exist are left out."""
    return _positions(admin, topics, OffsetSpec.LATEST)


def committed(admin: KafkaAdminClient, group: str) -> dict[Place, int]:
    """What the group has committed; partitions without a commit are not in it. Raises KafkaError."""
    try:
        offsets = admin.list_group_offsets({group: None})[group]
    except (CoordinatorNotAvailableError, CoordinatorLoadInProgressError, NotCoordinatorError):
        # Kafka makes the topic of commits when a group first asks for it; until then nothing is committed.
        return {}
    return {(place.topic, place.partition): known.offset for place, known in offsets.items()}


def _positions(admin: KafkaAdminClient, topics: Iterable[str], spec: OffsetSpec) -> dict[Place, int]:
    there = sorted(set(topics) & set(admin.list_topics()))
    described = admin.describe_topics(there) if there else []
    places = [TopicPartition(one["name"], part["partition_index"]) for one in described for part in one["partitions"]]
    found = admin.list_partition_offsets(dict.fromkeys(places, spec)) if places else {}
    return {(place.topic, place.partition): known.offset for place, known in found.items()}
