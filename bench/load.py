"""Seeded streams of contract events for the benches: many persons in few webinars, in random order."""

import json
import random
from collections.abc import Iterator
from typing import NamedTuple

from contract.instants import HOUR, MINUTE, format_instant
from contract.topics import TOPIC_OF_TYPE

BEGIN = 1_795_370_400_000
"""2026-11-22T18:00:00Z"""

Sent = tuple[str, bytes, bytes]
"""Topic, key and value."""


class Load(NamedTuple):
    """What a bench sends: `events` of `persons` in `webinars`, drawn from `seed`."""

    events: int
    persons: int
    webinars: int
    seed: int

    @property
    def total(self) -> int:
        """Events with the statements of the webinars."""
        return self.events + self.webinars

    def sent(self) -> Iterator[Sent]:
        """The statements of the webinars, then every event."""
        yield from statements(self.webinars, self.seed)
        yield from events(*self)


def statements(webinars: int, seed: int) -> Iterator[Sent]:
    """What each webinar is and when it ran: with it, a worker derives when a person reached each bucket."""
    for number in range(webinars):
        stated = {
            "type": "webinar",
            "title": f"Webinar {number}",
            "course": f"course-{number % 5}",
            "region": f"region-{number % 3}",
            "language": "en",
            "starts_at": format_instant(BEGIN),
            "duration_seconds": 3_600,
            "started_at": format_instant(BEGIN + MINUTE),
            "ended_at": format_instant(BEGIN + HOUR),
        }
        yield _sent(seed, f"w{number}", f"bench:{seed}-{number}", BEGIN - HOUR, stated)


def events(count: int, persons: int, webinars: int, seed: int) -> Iterator[Sent]:
    """`count` events of `persons` persons in all. Every person registers, the rest is attendance: joins, leaves, signs
    of life.
    """
    chance = random.Random(seed)
    ids = [f"p_{chance.getrandbits(128):032x}" for _ in range(persons)]
    for number in range(count):
        place = number if number < persons else chance.randrange(persons)
        occurred_at = BEGIN + chance.randrange(HOUR)
        own = _registration(chance) if number < persons else _attendance(chance, ids[place])
        event = {"person_id": ids[place], **own}
        yield _sent(seed, str(number), f"bench:{seed}-{place % webinars}", occurred_at, event)


def repeated_and_long(load: Load, repeated: float, size: int) -> Iterator[Sent]:
    """The same events, each `size` bytes or longer, a share of them sent twice, the second time within 1,000 events."""
    chance = random.Random(load.seed)
    again: dict[int, Sent] = {}
    for number, one in enumerate(load.sent()):
        topic, key, value = one
        padding = b"x" * max(0, size - len(value) - 12)
        sent = topic, key, value[:-1] + b',"padding":"' + padding + b'"}'
        yield sent
        if chance.random() < repeated:
            again[number + chance.randrange(1, 1_000)] = sent
        if number in again:
            yield again.pop(number)
    yield from again.values()


def _sent(seed: int, number: str, webinar_id: str, occurred_at: int, own: dict[str, object]) -> Sent:
    event = {
        "event_id": f"bench:{seed}:{number}",
        "webinar_id": webinar_id,
        "platform": "bench",
        "occurred_at": format_instant(occurred_at),
        "received_at": format_instant(occurred_at + 1_100),
        "schema_version": 1,
    } | own
    topic = TOPIC_OF_TYPE[str(event["type"])].name
    return topic, webinar_id.encode(), json.dumps(event, separators=(",", ":")).encode()


def _registration(chance: random.Random) -> dict[str, object]:
    source = {"utm_source": chance.choice(["google", "partner-x", "mail"]), "utm_campaign": f"c{chance.randrange(20)}"}
    return {"type": "registration", "status": "registered", "source": source}


def _attendance(chance: random.Random, person_id: str) -> dict[str, object]:
    kind = chance.choice(["joined", "joined", "left", "left", "seen"])
    return {"type": "attendance", "kind": kind, "session_id": f"{person_id[2:12]}:{chance.randrange(3)}"}
