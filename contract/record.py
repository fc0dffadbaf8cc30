"""A raw Kafka record, not decoded yet. Pure."""

from dataclasses import dataclass
from typing import Protocol


class Record(Protocol):
    """The used fields of an aiokafka ConsumerRecord."""

    @property
    def topic(self) -> str: ...
    @property
    def partition(self) -> int: ...
    @property
    def offset(self) -> int: ...
    @property
    def timestamp(self) -> int:
        """Milliseconds since 1970 UTC."""

    @property
    def key(self) -> bytes | None: ...
    @property
    def value(self) -> bytes | None: ...


@dataclass(frozen=True, slots=True)
class OwnRecord:
    """A record of our own making, in place of one of Kafka's."""

    topic: str
    timestamp: int
    value: bytes
    partition: int = 0
    offset: int = 0
    key: bytes | None = None
