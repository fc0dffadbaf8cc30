"""What strains a page: titles of 200 letters, 60 sources with long names, a dozen webinars. Pure."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from tests.grafana import week
from tests.grafana.week import Event

AT = datetime(2025, 11, 19, 17, 30, tzinfo=UTC)
"""When it is looked at: a Wednesday, within the last webinar."""
WEBINARS, PEOPLE, SOURCES = 12, 120, 60
_TITLE = (
    "Data science for absolute beginners who have never written a single line of code: from the very first script to a"
    " finished model, live, with questions and answers, homework review and a certificate"
)


def _id(number: int) -> str:
    return f"zoom:many{number}"


LONGEST = _id(WEBINARS - 1)
"""The one that is on."""


def events() -> list[Event]:
    return [event for number in range(WEBINARS) for event in _of(number)]


def _of(number: int) -> Iterator[Event]:
    begin = AT - timedelta(days=2 * (WEBINARS - 1 - number), minutes=30)
    over = number < WEBINARS - 1
    said = {"starts_at": begin, "started_at": begin, "duration_seconds": 3_600, "timezone": "Europe/Berlin"}
    said |= {"ended_at": begin + timedelta(hours=1)} if over else {"status": "live"}
    title = _TITLE if number % 2 else "Short"
    yield week.webinar(_id(number), begin, title=title, region="UK & Ireland", course="Data science", **said)
    for person in range(PEOPLE):
        source = {"utm_source": f"Affiliate {(person + number) % SOURCES:02d} · long name of a campaign"}
        yield week.registration(_id(number), person, begin - timedelta(hours=1 + person), source=source)
        if person % 3 == number % 3:
            stay = week.stay(_id(number), person, begin, person % 9, 20 + person % 30)
            yield from (stay if over else stay[:1])
