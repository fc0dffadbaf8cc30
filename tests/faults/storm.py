"""Seeded events of many kinds about a few webinars, in random order and with repeats, and what is to become of them."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b

import orjson

from connectors.pipeline.publish import Publisher
from contract.instants import SECOND, format_instant
from contract.topics import ATTENDANCE, TOPIC_OF_TYPE
from process.kafka import KafkaSettings
from tests.contract_events import Event, attendance, hour_long, identity, moment, r, registration, stay
from tests.e2e.timing import moved, now

REPEATS = 0.1
BROKEN = 0.001
_WEBINARS = 24
_SOURCES = ("vk", "mail", "partner", "")


@dataclass
class Storm:
    """Records in the order of publication, and what has to be found in the end."""

    records: list[tuple[str, bytes, bytes]] = field(default_factory=list)
    """Topic, key, value."""
    events: set[bytes] = field(default_factory=set)
    """Digests of the distinct events."""
    broken: set[bytes] = field(default_factory=set)
    """The values that are no events."""


def storm(seed: int, events: int, broken: float = BROKEN) -> Storm:
    """About so many records, of which every tenth repeats an event. `broken`: the share of those that are no events."""
    rng = random.Random(seed)
    made = Storm()
    while len(made.records) < events * (1 - REPEATS):
        for event in _about_somebody(rng, f"zoom:{seed}-{_webinar(rng)}"):
            _add(made, moved(event))
    for number in range(_WEBINARS):
        for event in hour_long(f"zoom:{seed}-{number}"):
            _add(made, moved(event))
    for _, _, value in rng.sample(made.records, round(events * REPEATS)):
        # A repeated delivery says a later received_at, and is the same event.
        later = format_instant(now() + rng.randrange(2) * SECOND)
        _add(made, orjson.loads(value) | {"received_at": later})
    for number in range(round(events * broken)):
        key = f"zoom:{seed}-{_webinar(rng)}".encode()
        made.broken.add(value := b'{"type":"attendance","number":%d' % number)
        made.records.append((ATTENDANCE.name, key, value))
    rng.shuffle(made.records)
    return made


def digest(event: Event) -> bytes:
    """The same for all deliveries of one event."""
    said = {name: value for name, value in event.items() if name != "received_at"}
    return blake2b(orjson.dumps(said, option=orjson.OPT_SORT_KEYS), digest_size=12).digest()


def publish(config: KafkaSettings, records: Sequence[tuple[str, bytes, bytes]], pieces: int) -> Iterator[int]:
    """Publishes piece by piece; yields how many records Kafka has, after each."""
    size = -(-len(records) // pieces)
    with Publisher(config) as publisher:
        for start in range(0, len(records), size):
            for topic, key, value in records[start : start + size]:
                publisher.send_raw(topic, key, value)
            publisher.flush()
            yield min(start + size, len(records))


def _add(made: Storm, event: Event) -> None:
    made.events.add(digest(event))
    made.records.append((TOPIC_OF_TYPE[event["type"]].name, event["webinar_id"].encode(), orjson.dumps(event)))


def _webinar(rng: random.Random) -> int:
    """A few large webinars, many small ones."""
    return min(int(rng.expovariate(0.3)), _WEBINARS - 1)


def _about_somebody(rng: random.Random, webinar_id: str) -> Iterator[Event]:
    person = rng.getrandbits(100)
    if rng.random() < 0.9:
        source = {"utm_source": rng.choice(_SOURCES)}
        yield registration(person, -rng.randrange(5_000), webinar_id=webinar_id, source=source)
    if rng.random() < 0.1:
        yield registration(person, rng.randrange(-500, 90), rng.choice(("cancelled", "approved")), webinar_id)
    known_as: int | str = person
    if rng.random() < 0.2:
        known_as = r(person)
        yield identity(person, person, rng.randrange(60), webinar_id)
    for session in range(rng.choice((0, 1, 1, 1, 2, 3))):
        yield from _session(rng, webinar_id, known_as, f"{session}")
    if rng.random() < 0.05:
        total = {"total_seconds": rng.randrange(4_000), "reported_at": moment(rng.randrange(60, 90))}
        yield attendance(known_as, "summary", 60, webinar_id, **total)
    if rng.random() < 0.1:
        yield attendance(known_as, "recording_viewed", rng.randrange(60, 600), webinar_id)


def _session(rng: random.Random, webinar_id: str, person: int | str, name: str) -> Iterator[Event]:
    first = rng.uniform(-10, 60)
    joined, left = stay(person, first, first + rng.expovariate(1 / 25), webinar_id, name)
    if rng.random() < 0.97:
        yield joined
    if rng.random() < 0.9:
        yield left
    if rng.random() < 0.3:
        yield attendance(person, "seen", first + rng.uniform(0, 20), webinar_id, session_id=joined["session_id"])
