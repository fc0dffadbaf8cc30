"""Nine weeks of webinars in 2018 in three time zones, two of which put their clocks forward meanwhile.

Chatham: 2018-09-30 02:45, from +12:45 to +13:45. São Paulo: 2018-11-04 00:00, from -03:00 to -02:00. Kolkata: +05:30.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from tests.grafana.week import Event, minutes, registration, stay, webinar

FROM, TO = datetime(2018, 9, 17, tzinfo=UTC), datetime(2018, 11, 19, 12, tzinfo=UTC)
"""A Monday, and the Monday after the last week."""
MIDDLE = datetime(2018, 10, 22, 12, tzinfo=UTC)
"""No webinar is within a day of it, and none within a day of FROM and TO."""
ZONES = {"IN": "Asia/Kolkata", "BR": "America/Sao_Paulo", "NZ": "Pacific/Chatham"}


class Slot(NamedTuple):
    """A webinar: where, and its start on the local clock."""

    webinar_id: str
    region: str
    local: datetime

    @property
    def begin(self) -> datetime:
        return self.local.replace(tzinfo=ZoneInfo(ZONES[self.region])).astimezone(UTC)

    @property
    def week(self) -> str:
        year, week, _ = self.local.isocalendar()
        return f"{year}-W{week:02d}"


def slots() -> list[Slot]:
    """In each region every week: Wednesday 19:00, and as near to the change of weeks as its filler days allow."""
    found = []
    for number in range(9):
        monday = FROM.replace(tzinfo=None) + timedelta(weeks=number)
        for region in ZONES:
            found.append(Slot(f"zoom:{region}{number}", region, monday + timedelta(days=2, hours=19)))
            if 0 < number < 8 and number != 5:
                late, early = monday - timedelta(minutes=30), monday + timedelta(minutes=30)
                found.append(Slot(f"zoom:{region}{number}late", region, late))
                found.append(Slot(f"zoom:{region}{number}early", region, early))
    return found


def events() -> Iterator[Event]:
    """Wednesdays have 40 people from vk and ads, from MIDDLE on also from news; the other webinars have two."""
    for slot in slots():
        begin = slot.begin
        yield webinar(
            slot.webinar_id,
            begin - minutes(20_000),
            title=f"{slot.region} {slot.local:%d.%m.}",
            course="SQL",
            region=slot.region,
            timezone=ZONES[slot.region],
            starts_at=begin,
            started_at=begin,
            ended_at=begin + minutes(60),
            completed_at=begin + minutes(90),
        )
        small = not slot.webinar_id[-1].isdigit()
        for source, people, came in _sources(begin, small):
            for person in range(people):
                number = person + 1000 * ("vk", "ads", "news").index(source)
                said = {"utm_source": source, "utm_medium": "cpc", "utm_campaign": f"c{person % 2}"}
                yield registration(slot.webinar_id, number, begin - minutes(100 + person), source=said)
                if person < came:
                    yield from stay(slot.webinar_id, number, begin, 1, 1 + 10 * (1 + person % 6))


def _sources(begin: datetime, small: bool) -> list[tuple[str, int, int]]:
    """Source, registered, came."""
    if small:
        return [("vk", 2, 1)]
    if begin < MIDDLE:
        return [("vk", 30, 18), ("ads", 10, 4)]
    return [("vk", 15, 8), ("ads", 15, 6), ("news", 10, 1)]


def twelve_sources() -> list[Event]:
    """A webinar at FROM of twelve sources: s00 has 20 registrants, each next one has one fewer."""
    begin = FROM
    said = [webinar("zoom:1", begin, starts_at=begin, started_at=begin, ended_at=begin + timedelta(hours=1))]
    for source in range(12):
        said += [
            registration(
                "zoom:1", 100 * source + one, begin - timedelta(hours=1), source={"utm_source": f"s{source:02}"}
            )
            for one in range(20 - source)
        ]
    return said
