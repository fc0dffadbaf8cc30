"""A series of webinars, one a day, all alike; what a test does to the last one is its own business."""

from collections.abc import Iterable
from itertools import count

from contract.instants import DAY, HOUR, MINUTE, format_instant
from tests.contract_events import Event, p

T0 = 1_795_370_400_000
"""Begin of today's webinar: 2026-11-22T18:00:00Z, a Sunday."""
DAYS = 14
TODAY = "zoom:today"
_numbers = count()


def webinar(webinar_id: str, begin: int, **more: object) -> Event:
    """An hour of the course SQL in the region ru."""
    said = {"title": "SQL in an hour", "course": "SQL", "region": "ru", "language": "ru", "format": "live"}
    return _event(
        "webinar",
        webinar_id,
        begin - HOUR,
        {**said, "starts_at": format_instant(begin), "duration_seconds": 3600, **more},
    )


def crowd(
    webinar_id: str, begin: int, source: str, registered: int, came: int, *, first: int, minutes: int = 60
) -> list[Event]:
    """So many people of a source, of whom the first ones come within ten minutes and stay until that minute."""
    events = []
    for number in range(registered):
        person = p(first + number)
        at = begin - 3 * DAY + number * 10 * MINUTE
        touch = {"utm_source": source, "utm_campaign": "autumn"}
        said = {"person_id": person, "status": "registered", "source": touch, "country": "DE" if number % 2 else "FR"}
        events.append(_event("registration", webinar_id, min(at, begin - MINUTE), said))
        if number < came:
            stay = {"person_id": person, "session_id": f"{person}-1"}
            joined = begin + number % 10 * (MINUTE // 2)
            events.append(_event("attendance", webinar_id, joined, {**stay, "kind": "joined"}))
            if minutes:
                events.append(_event("attendance", webinar_id, begin + minutes * MINUTE, {**stay, "kind": "left"}))
    return events


def past(t0: int = T0, days: int = DAYS) -> list[Event]:
    """The webinars of the days before: 60 people of vk, 40 % of whom come, and 40 of mail, of whom half do."""
    events: list[Event] = []
    for day in range(1, days + 1):
        webinar_id, begin = f"zoom:{day}", t0 - day * DAY
        events.append(
            webinar(webinar_id, begin, started_at=format_instant(begin), ended_at=format_instant(begin + 60 * MINUTE))
        )
        events += crowd(webinar_id, begin, "vk", 60, 24 + day % 3 - 1, first=day * 1000)
        events += crowd(webinar_id, begin, "mail", 40, 20 - day % 3 + 1, first=day * 1000 + 500)
    return events


def today(t0: int = T0, extra: Iterable[Event] = (), webinar_id: str = TODAY) -> list[Event]:
    """Today's: as usual, and what is added. Nobody has left yet."""
    return [
        webinar(webinar_id, t0, started_at=format_instant(t0), status="live"),
        *crowd(webinar_id, t0, "vk", 60, 24, first=100_000, minutes=0),
        *crowd(webinar_id, t0, "mail", 40, 20, first=101_000, minutes=0),
        *extra,
    ]


def weak_source(t0: int = T0, registered: int = 60, came: int = 4, webinar_id: str = TODAY) -> list[Event]:
    """People of a source that nobody has seen before, hardly any of whom comes. Its group is partner-x."""
    return crowd(webinar_id, t0, "Partner-X", registered, came, first=102_000, minutes=0)


def _event(kind: str, webinar_id: str, at: int, fields: Event) -> Event:
    return {
        "type": kind,
        "event_id": f"w{next(_numbers):06d}",
        "webinar_id": webinar_id,
        "platform": "zoom",
        "occurred_at": format_instant(at),
        "received_at": format_instant(at + MINUTE),
        "schema_version": 1,
        **fields,
    }
