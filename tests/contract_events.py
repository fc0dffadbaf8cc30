"""Contract events for tests, said in few words: minutes count from T0, persons are small numbers."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from contract.forgotten import forgotten_id

Event = dict[str, Any]
T0 = datetime(2026, 11, 22, 18, tzinfo=UTC)
"""Where the tests' webinars begin: a Sunday."""
_RECEIVED = "2026-12-01T00:00:00.000Z"
_numbers = count()


def moment(minutes: float) -> str:
    return (T0 + timedelta(minutes=minutes)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def at(minutes: float) -> int:
    """The same as milliseconds since 1970."""
    return round((T0 + timedelta(minutes=minutes)).timestamp() * 1000)


def p(number: int) -> str:
    return f"p_{number:032x}"


def r(number: int) -> str:
    return f"r_{number:032x}"


def webinar(minutes: float = -600, webinar_id: str = "zoom:1", **fields: Any) -> Event:
    """A statement, said at `minutes`."""
    return _event("webinar", webinar_id, minutes, fields)


def hour_long(webinar_id: str = "zoom:1", **fields: Any) -> list[Event]:
    """A webinar that ran from minute 0 to minute 60."""
    times = {"starts_at": moment(0), "duration_seconds": 3600, "started_at": moment(0), "ended_at": moment(60)}
    return [webinar(61, webinar_id, **(times | fields))]


def registration(
    person: int | str, minutes: float = -100, status: str = "registered", webinar_id: str = "zoom:1", **fields: Any
) -> Event:
    return _event("registration", webinar_id, minutes, {"person_id": _id(person), "status": status, **fields})


def attendance(person: int | str, kind: str, minutes: float, webinar_id: str = "zoom:1", **fields: Any) -> Event:
    if kind in ("joined", "left", "seen"):
        fields = {"session_id": f"{_id(person)}-1", **fields}
    return _event("attendance", webinar_id, minutes, {"person_id": _id(person), "kind": kind, **fields})


def stay(person: int | str, first: float, last: float, webinar_id: str = "zoom:1", session: str = "1") -> list[Event]:
    """A session with its join and its leave."""
    session_id = f"{_id(person)}-{session}"
    return [
        attendance(person, "joined", first, webinar_id, session_id=session_id),
        attendance(person, "left", last, webinar_id, session_id=session_id),
    ]


def identity(registrant: int, person: int, minutes: float = 0, webinar_id: str = "zoom:1", **fields: Any) -> Event:
    return _event("identity", webinar_id, minutes, {"person_id": r(registrant), "same_as": p(person), **fields})


def forgotten(person_id: str, minutes: float = 200, webinar_id: str = "zoom:1") -> Event:
    return _event("forgotten", webinar_id, minutes, {"forgotten_id": forgotten_id(person_id)})


def totals(minutes: float = 100, webinar_id: str = "zoom:1", **fields: Any) -> Event:
    """What a table says of the webinar as a whole, reported at `minutes`."""
    said = {"reported_by": "table", "reported_at": moment(minutes)}
    return _event("totals", webinar_id, minutes, said | fields)


def _id(person: int | str) -> str:
    return p(person) if isinstance(person, int) else person


def _event(kind: str, webinar_id: str, minutes: float, fields: Event) -> Event:
    return {
        "type": kind,
        "event_id": f"e{next(_numbers):06d}",
        "webinar_id": webinar_id,
        "platform": webinar_id.partition(":")[0],
        "occurred_at": moment(minutes),
        "received_at": _RECEIVED,
        "schema_version": 1,
        **fields,
    }
