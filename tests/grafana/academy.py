"""A school with half a year behind it: 390 webinars of ten courses in seven regions, 60 sources, some with long names.

Since two weeks a new weak source; yesterday at 21:00 a webinar with many registrants of whom few came; at AT two are
live, one is about to begin, and a week is planned. Reproducible.
"""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from functools import cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from tests.grafana import week
from tests.grafana.week import Event, minutes

AT = datetime(2025, 11, 19, 17, 30, tzinfo=UTC)
"""When it is looked at: a Wednesday."""
MONDAY = datetime(2025, 11, 17, 0, 5, tzinfo=UTC)
"""Five minutes after a week began."""
_DAYS, _LATELY, _SCALE = 26 * 7, 28, 0.45
_REGIONS = (
    ("DACH", "Europe/Berlin", "de"),
    ("UK & Ireland", "Europe/London", "en"),
    ("Kazakhstan", "Asia/Almaty", "ru"),
    ("LATAM", "America/Mexico_City", "es"),
    ("North America", "America/New_York", "en"),
    ("India", "Asia/Kolkata", "en"),
    ("France", "Europe/Paris", "fr"),
)
_COURSES = ("Python from zero", "Data analysis", "SQL for analysts", "Product management", "UX/UI design",
            "Marketing analytics", "QA engineer", "Frontend", "Data science", "Machine learning")  # fmt: skip
_LONG = (
    "Data science for absolute beginners who have never written a single line of code: from your very first Python "
    "script to a finished machine-learning model, live with Q&A, homework review and a discount at the end"
)
_SOURCES = (
    ("VK ads", 0.22, 9.0), ("Facebook ads", 0.27, 8.0), ("Google ads", 0.33, 9.0), ("Newsletter", 0.47, 7.0),
    ("Partner X", 0.40, 4.0), ("Telegram channel", 0.44, 5.0), ("Blogger Anna", 0.30, 3.0), ("YouTube", 0.36, 4.0),
    ("Organic search", 0.38, 4.0), ("Direct", 0.42, 3.0), ("Instagram", 0.24, 4.0), ("LinkedIn ads", 0.35, 2.0),
    ("Referral programme", 0.50, 2.0),
    *((f"Affiliate {number:02d} · long campaign name", 0.15 + number / 160, 0.4) for number in range(1, 48)),
)  # fmt: skip
"""Name, share that comes, weight."""
_NEW = ("influencer-y", 0.04, 24.0)
LIVE = "zoom:9000"
"""The one that has been live for longest."""


class _Plan(NamedTuple):
    webinar_id: str
    begin: datetime
    region: int
    course: str
    title: str
    people: int
    rate: float = 1.0
    new_source: bool = False
    cancelled: bool = False


@cache
def events() -> list[Event]:
    """Everything that was said by AT."""
    chance = random.Random(42)
    return [event for plan in _plans(chance) for event in _of(plan, chance)]


def _plans(chance: random.Random) -> Iterator[_Plan]:
    number = 0
    for back in range(_DAYS, 0, -1):
        day = AT.date() - timedelta(days=back)
        for _ in range(chance.choice([1, 1, 2, 2]) + (chance.choice([2, 3, 4, 5]) if back <= _LATELY else 0)):
            number += 1
            region, course = chance.randrange(len(_REGIONS)), chance.choice(_COURSES)
            begin = _local(day, chance.choice([11, 15, 18, 19, 19, 19, 20]), chance.choice([0, 0, 30]), region)
            launched = back <= 14 and region in (2, 5)
            people = _people(chance) * 3 // 2 if launched else _people(chance)
            title = _LONG if chance.random() < 0.04 else f"{course}: free introductory webinar"
            rate = chance.gauss(1, 0.08) * {0: 1.05, 2: 0.93}.get(region, 1)
            yield _Plan(
                f"zoom:{number}", begin, region, course, title, people, rate, launched, cancelled=chance.random() < 0.03
            )
    late = _local(AT.date() - timedelta(days=1), 21, 0, 0)
    yield _Plan("zoom:2100", late, 0, "Data analysis", "Data analysis: free introductory webinar", 290, 0.5)
    for place, (since, region, title, people) in enumerate(
        (
            (34, 0, "Python from zero: free introductory webinar", 190),
            (12, 2, _LONG, 120),
            (-8, 4, "SQL in an hour", 80),
        )
    ):
        begin = AT - minutes(since)
        yield _Plan(f"zoom:{9000 + place}", begin, region, _COURSES[place], title, people, 1 - 0.5 * place)
    for ahead in range(1, 8):
        for place in range(chance.choice([1, 2, 3])):
            region, course = chance.randrange(len(_REGIONS)), chance.choice(_COURSES)
            begin = _local(AT.date() + timedelta(days=ahead), 19, 0, region)
            yield _Plan(
                f"zoom:{9100 + 10 * ahead + place}", begin, region, course, f"{course} in one hour", _people(chance)
            )


def _local(day: datetime | object, hour: int, minute: int, region: int) -> datetime:
    return datetime.combine(day, time(hour, minute), ZoneInfo(_REGIONS[region][1])).astimezone(UTC)  # type: ignore[arg-type]


def _people(chance: random.Random) -> int:
    return int(_SCALE * chance.lognormvariate(4.6, 0.45))


def _of(plan: _Plan, chance: random.Random) -> Iterator[Event]:
    name, zone, language = _REGIONS[plan.region]
    end = plan.begin + timedelta(hours=1)
    said = {"starts_at": plan.begin, "duration_seconds": 3_600, "timezone": zone, "language": language}
    if plan.cancelled:
        said |= {"status": "cancelled"}
    elif plan.begin <= AT:
        said |= {"started_at": plan.begin}
        said |= {"ended_at": end, "completed_at": end + timedelta(hours=1)} if end < AT else {"status": "live"}
    said |= {"title": plan.title, "course": plan.course, "region": name, "format": "live"}
    yield week.webinar(plan.webinar_id, plan.begin - timedelta(days=14), **said)
    sources = [*_SOURCES, *([_NEW] if plan.new_source else [])]
    weights = [weight for *_, weight in sources]
    for person in chance.sample(range(200_000), plan.people):
        source, share, _ = chance.choices(sources, weights)[0]
        registered = plan.begin - timedelta(days=min(chance.expovariate(1 / 3.2), 13.5), minutes=chance.uniform(0, 90))
        if registered > AT:
            continue
        yield week.registration(plan.webinar_id, person, registered, source={"utm_source": source, "utm_medium": "cpc"})
        if plan.begin <= AT and not plan.cancelled and chance.random() < share * plan.rate:
            first = max(0.0, chance.gauss(1, 4))
            stayed = chance.choice([chance.uniform(1, 5), chance.uniform(5, 30), chance.uniform(30, 60), 59, 59])
            for event in week.stay(plan.webinar_id, person, plan.begin, first, min(first + stayed, 60)):
                if event["occurred_at"] <= week.written(AT):
                    yield event
