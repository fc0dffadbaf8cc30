"""A seeded stream of contract events for the bench: many persons in few webinars, in random order."""

import json
import random
from collections.abc import Iterator

from contract.instants import HOUR, format_instant
from contract.topics import TOPIC_OF_TYPE

BEGIN = 1_795_370_400_000
"""2026-11-22T18:00:00Z"""


def events(count: int, persons: int, webinars: int, seed: int) -> Iterator[tuple[str, bytes, bytes]]:
    """(topic, key, value) of `count` events of `persons` persons in total. Every person registers; the other events
    are attendance: joins, leaves, signs of life.
    """
    chance = random.Random(seed)
    ids = [f"p_{chance.getrandbits(128):032x}" for _ in range(persons)]
    for number in range(count):
        place = number if number < persons else chance.randrange(persons)
        webinar_id = f"bench:{seed}-{place % webinars}"
        occurred_at = BEGIN + chance.randrange(HOUR)
        event = {
            "event_id": f"bench:{seed}:{number}",
            "webinar_id": webinar_id,
            "platform": "bench",
            "person_id": ids[place],
            "occurred_at": format_instant(occurred_at),
            "received_at": format_instant(occurred_at + 1_100),
            "schema_version": 1,
        } | (_registration(chance) if number < persons else _attendance(chance, ids[place]))
        topic = TOPIC_OF_TYPE[str(event["type"])].name
        yield topic, webinar_id.encode(), json.dumps(event, separators=(",", ":")).encode()


def _registration(chance: random.Random) -> dict[str, object]:
    source = {"utm_source": chance.choice(["google", "partner-x", "mail"]), "utm_campaign": f"c{chance.randrange(20)}"}
    return {"type": "registration", "status": "registered", "source": source}


def _attendance(chance: random.Random, person_id: str) -> dict[str, object]:
    kind = chance.choice(["joined", "joined", "left", "left", "seen"])
    return {"type": "attendance", "kind": kind, "session_id": f"{person_id[2:12]}:{chance.randrange(3)}"}
