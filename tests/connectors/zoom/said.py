"""What the tests of the Zoom connector share: the payload files, and the numbers that events come to."""

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from connectors.mapped import Context, Mapped, Rejection
from connectors.toolkit.identity import email_person_id, registrant_person_id
from connectors.zoom.mapping import Outcome, map_message
from contract.events import Event, encode
from contract.instants import parse_instant
from funnel.report.oracle import Rules, numbers

PAYLOADS = Path(__file__).parent / "payloads"
NAMES = sorted(path.stem for path in PAYLOADS.glob("*.json"))
SECRET = "sixteen characters"
NOW = parse_instant("2026-11-25T12:00:00Z")
CONTEXT = Context(SECRET, NOW)
ANN, BOB, HOLLY = (
    email_person_id(email, SECRET) for email in ("ann@example.com", "bob@example.org", "holly@example.com")
)


def payload(name: str) -> dict[str, Any]:
    """One of payloads/*.json."""
    read: dict[str, Any] = json.loads((PAYLOADS / f"{name}.json").read_bytes())
    return read


def outcome(name: str, **changes: object) -> Outcome:
    """What the payload becomes; `changes` replace fields of its object."""
    message = payload(name)
    message["payload"]["object"].update(changes)
    return map_message(message, CONTEXT)


def events(name: str, **changes: object) -> list[Event]:
    """The same, where it is known that nothing is rejected."""
    return accepted(outcome(name, **changes).mapped)


def accepted(mapped: Iterable[Mapped]) -> list[Event]:
    """The events; fails if there is anything else among them."""
    found: list[Event] = []
    for one in mapped:
        assert not isinstance(one, Rejection), one
        assert one.__class__.__name__ != "FormRegistration"
        found.append(one)  # type: ignore[arg-type]
    return found


def registrant(registrant_id: str) -> str:
    return registrant_person_id("zoom", registrant_id, SECRET)


def told(said: Sequence[Event], at: str, webinar_id: str) -> dict[str, Any]:
    """The numbers of one webinar at that time, by the contract's own words (funnel/report/oracle.py)."""
    rows = numbers([encode(event) for event in said], datetime.fromisoformat(at).astimezone(UTC), Rules())
    return next(row for row in rows if row["webinar_id"] == webinar_id)
