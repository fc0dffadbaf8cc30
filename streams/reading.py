"""The records of a batch -> events, dead letters, and what came to a wrong partition. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeAlias

from contract.decode import DeadLetter, decode
from contract.events import Event
from contract.partition import partition_of
from contract.quick import Quick, quick
from contract.record import Record
from contract.topics import EVENT_TOPICS

Decoded: TypeAlias = tuple[Event | Quick, Record]
"""An event with its record."""

PLACES = {topic.name: place for place, topic in enumerate(EVENT_TOPICS)}
"""By its name, the place of a topic in EVENT_TOPICS."""


@dataclass(slots=True)
class Reading:
    """The records of a batch, by kind."""

    events: list[Decoded] = field(default_factory=list)
    dead: list[tuple[Record, DeadLetter]] = field(default_factory=list)
    misplaced: list[Decoded] = field(default_factory=list)
    """Records on the wrong partition, to be published again."""


def read(records: Iterable[Record], partitions: int) -> Reading:
    """Decodes the records."""
    reading = Reading()
    for record in records:
        event: Event | Quick | DeadLetter | None = quick(record.value, record.topic, record.timestamp)
        if event is None:
            event = decode(record.value, EVENT_TOPICS[PLACES[record.topic]], record.timestamp)
        if isinstance(event, DeadLetter):
            reading.dead.append((record, event))
        elif partition_of(event.webinar_id, partitions) != record.partition:
            reading.misplaced.append((event, record))
        else:
            reading.events.append((event, record))
    return reading
