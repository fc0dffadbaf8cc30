"""Which partition a webinar is on: murmur2 of its id, as Kafka's Java client computes it. Pure."""

from functools import lru_cache

from kafka.partitioner.default import murmur2


@lru_cache(maxsize=65_536)
def partition_of(webinar_id: str, partitions: int) -> int:
    """The partition of every record of the webinar, on every event topic."""
    return int((murmur2(webinar_id.encode()) & 0x7FFFFFFF) % partitions)
