"""A dead letter and its name. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from contract.topics import EVENT_TOPICS

EXAMPLE = "webinar.attendance.v1:3:1042"


class Place(NamedTuple):
    """The record's position in Kafka, which is the letter's name: `topic:partition:offset`."""

    topic: str
    partition: int
    offset: int

    def __str__(self) -> str:
        return f"{self.topic}:{self.partition}:{self.offset}"


class Letter(NamedTuple):
    """One dead letter as stored in ClickHouse: without its bytes."""

    place: Place
    written_at: int
    """Kafka's timestamp of the record, milliseconds since 1970 UTC."""
    reason: str
    detail: str
    settled: str
    """`replayed` or `discarded`; empty: open."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A filter of letters. An empty part matches everything."""

    places: Sequence[Place] = ()
    reasons: Sequence[str] = ()
    topics: Sequence[str] = ()
    since: int | None = None
    """Only records written to Kafka at or after this, milliseconds since 1970 UTC; `until` is excluded."""
    until: int | None = None
    with_settled: bool = False


def parse_place(text: str) -> Place:
    """`topic:partition:offset`. Raises ValueError."""
    topic, *numbers = text.split(":")
    if len(numbers) != 2 or not all(number.isdecimal() and number.isascii() for number in numbers):
        raise ValueError(f"not topic:partition:offset, such as {EXAMPLE}")
    partition, offset = map(int, numbers)
    if partition >= 1 << 16 or offset >= 1 << 63:
        raise ValueError("Kafka has no such place")
    return Place(parse_topic(topic), partition, offset)


def parse_topic(text: str) -> str:
    """An event topic, by its name or the word in it: `attendance`. Raises ValueError."""
    for topic in EVENT_TOPICS:
        if text in (topic.name, topic.name.split(".")[1]):
            return topic.name
    raise ValueError(f"not an event topic; there are: {', '.join(topic.name for topic in EVENT_TOPICS)}")
