"""A week of webinars in November 2025, each of a kind that the schedule must show rightly."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

Event = dict[str, Any]

FROM, TO = datetime(2025, 11, 7, tzinfo=UTC), datetime(2025, 11, 14, 12, tzinfo=UTC)
MONDAY = datetime(2025, 11, 10, 16, tzinfo=UTC)
"""Begin of zoom:1; 19:00 in Moscow."""

_numbers = count()


def ms(moment: datetime) -> int:
    """Milliseconds since 1970."""
    return round(moment.timestamp() * 1000)


def events() -> list[Event]:
    """Everything that was said of the week."""
    return [
        *_finished(),
        *_without_recordings(),
        webinar(
            "zoom:3", MONDAY, title="Too short", starts_at=MONDAY, started_at=MONDAY, ended_at=MONDAY + minutes(10)
        ),
        *stay("zoom:3", 1, MONDAY, 0, 9),
        webinar("zoom:4", MONDAY, title="Called off", starts_at=MONDAY, status="cancelled"),
        registration("zoom:4", 1, MONDAY - minutes(60)),
        webinar("zoom:5", TO, title="Live", starts_at=TO - minutes(20), started_at=TO - minutes(20), status="live"),
        registration("zoom:5", 1, TO - minutes(100)),
        *stay("zoom:5", 1, TO - minutes(20), 0, 12),
        webinar("zoom:6", MONDAY, title="Before the range", starts_at=FROM - minutes(1), ended_at=FROM),
        webinar("zoom:7", MONDAY, title="Far ahead", starts_at=datetime(2027, 1, 1, tzinfo=UTC)),
        *stay("bizon:unknown", 1, MONDAY, 0, 30),
    ]


def _finished() -> list[Event]:
    """zoom:1: 20 registered, of whom 8 came, 6 stayed 5 min, 4 stayed 30 min, 2 saw 90 %; 3 walk-ins, 1 later."""
    said = [
        webinar(
            "zoom:1",
            MONDAY,
            title="SQL in an hour",
            course="SQL",
            language="ru",
            region="ru",
            format="live",
            timezone="Europe/Moscow",
            starts_at=MONDAY,
            started_at=MONDAY,
            ended_at=MONDAY + minutes(60),
            completed_at=MONDAY + minutes(90),
        )
    ]
    for person in range(20):
        source = {"utm_source": ("vk", "ads", "mail")[person % 3]}
        said.append(registration("zoom:1", person, MONDAY - minutes(1000 - person), source=source))
    for person, stayed in enumerate([1, 4, 5, 20, 30, 53, 54, 60, *[2] * 3]):
        said += stay("zoom:1", person if person < 8 else person + 100, MONDAY, 0, stayed)
    said.append(registration("zoom:1", 50, MONDAY + minutes(70)))
    said += [view("zoom:1", person, MONDAY + minutes(200 + person)) for person in (1, 1, 50)]
    return said


def _without_recordings() -> list[Event]:
    """youtube:2: a service that tells nothing of recordings; names with quotes."""
    return [
        webinar(
            "youtube:2",
            MONDAY,
            title="It's live",
            course="C'est; DROP",
            region="it's",
            tells=["live", "leaves", "seconds"],
            starts_at=MONDAY,
            ended_at=MONDAY + minutes(60),
        ),
        registration("youtube:2", 1, MONDAY - minutes(10)),
        *stay("youtube:2", 1, MONDAY, 5, 45),
    ]


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


def webinar(webinar_id: str, said_at: datetime, **fields: Any) -> Event:
    times = {name: _text(value) if isinstance(value, datetime) else value for name, value in fields.items()}
    return _event("webinar", webinar_id, said_at, times)


def registration(webinar_id: str, person: int, at: datetime, **fields: Any) -> Event:
    return _event("registration", webinar_id, at, {"person_id": _person(person), "status": "registered", **fields})


def stay(webinar_id: str, person: int, begin: datetime, first: float, last: float) -> list[Event]:
    """One session from minute `first` to minute `last` after `begin`."""
    fields = {"person_id": _person(person), "session_id": f"{webinar_id}-{person}"}
    return [
        _event("attendance", webinar_id, begin + minutes(first), {"kind": "joined", **fields}),
        _event("attendance", webinar_id, begin + minutes(last), {"kind": "left", **fields}),
    ]


def summary(webinar_id: str, person: int, first: datetime, last: datetime, watched: float) -> Event:
    """`watched` minutes in all, told at `last`."""
    told = {"total_seconds": round(60 * watched), "reported_at": _text(last), "first_joined_at": _text(first)}
    return _event("attendance", webinar_id, last, {"kind": "summary", "person_id": _person(person), **told})


def view(webinar_id: str, person: int, at: datetime) -> Event:
    return _event("attendance", webinar_id, at, {"kind": "recording_viewed", "person_id": _person(person)})


def totals(webinar_id: str, at: datetime, **said: Any) -> Event:
    """What the service reports of the webinar as a whole."""
    return _event("totals", webinar_id, at, {"reported_by": "crm", "reported_at": _text(at), **said})


def _person(number: int) -> str:
    return f"p_{number:032x}"


def written(moment: datetime) -> str:
    """As the contract writes times."""
    return _text(moment)


def _text(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _event(kind: str, webinar_id: str, at: datetime, fields: Event) -> Event:
    return {
        "type": kind,
        "event_id": f"w{next(_numbers):05d}",
        "webinar_id": webinar_id,
        "platform": webinar_id.partition(":")[0],
        "occurred_at": _text(at),
        "received_at": "2025-11-20T00:00:00.000Z",
        "schema_version": 1,
        **fields,
    }
