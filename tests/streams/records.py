"""Records as the transport hands them to the agents, for tests without Kafka."""

from dataclasses import dataclass
from typing import Any

import orjson

from contract.partition import partition_of
from contract.topics import TOPIC_OF_TYPE
from streams.settings import Settings

PARTITIONS = Settings(_env_file=None).partitions
WRITTEN_AT = 4_000_000_000_000


@dataclass
class FakeRecord:
    """What is used of an aiokafka ConsumerRecord."""

    topic: str = "webinar.attendance.v1"
    partition: int = 0
    offset: int = 0
    timestamp: int = WRITTEN_AT
    key: bytes | None = None
    value: bytes | None = b"{}"


def record_of(event: dict[str, Any], offset: int = 0, partition: int | None = None) -> FakeRecord:
    """The event as its producer would send it, or on another partition."""
    webinar_id = event["webinar_id"]
    right = partition_of(webinar_id, PARTITIONS)
    return FakeRecord(
        topic=TOPIC_OF_TYPE[event["type"]].name,
        partition=right if partition is None else partition,
        offset=offset,
        key=webinar_id.encode(),
        value=orjson.dumps(event),
    )
