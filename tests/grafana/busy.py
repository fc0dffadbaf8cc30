"""Two simulated days a week apart, and beside their main webinars two that have what simulated people never do."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import orjson

from connectors.simulator.day import records
from connectors.simulator.scenario import Scenario
from tests.grafana import week
from tests.grafana.week import Event, minutes

STARTS = datetime(2025, 11, 18, 16, tzinfo=UTC)
"""When the main webinar of the second day is planned. A Tuesday."""
BEGIN = STARTS + timedelta(seconds=40)
"""When it begins."""
BESIDE = "zoom:beside"
SUMS = "zoom:sums"
SEED = 7


def main_id() -> str:
    return f"sim:{STARTS:%Y%m%dT%H%M}-{SEED}-main"


def events() -> Iterator[Event]:
    for begin in (STARTS - timedelta(days=7), STARTS):
        scenario = Scenario(starts_at=week.ms(begin), registrants=200, broken_records=False)
        yield from (orjson.loads(one.value) for one in records(scenario, SEED))
    yield from _beside()
    yield from _sums()


def _beside() -> list[Event]:
    """Planned for 15:50, begun at 15:55, and of 40 people: reconnects, cancellations, late registrations."""
    begin = STARTS - minutes(5)
    known = {"title": "Beside", "timezone": "Asia/Kolkata", "region": "IN", "course": "SQL"}
    said = [
        week.webinar(BESIDE, begin - timedelta(days=3), starts_at=begin - minutes(5), status="scheduled", **known),
        week.webinar(
            BESIDE,
            begin + minutes(60),
            starts_at=begin - minutes(5),
            started_at=begin,
            ended_at=begin + minutes(60),
            status="ended",
            tells=["live", "leaves", "seconds", "recording_views"],
            **known,
        ),
    ]
    for person in range(40):
        source = {"utm_source": ("vk", "mail")[person % 2]}
        said.append(week.registration(BESIDE, person, begin - minutes(100 * (1 + person)), source=source))
    for person in range(25):
        # They wait, come late, go early, stay over the end.
        said += week.stay(BESIDE, person, begin, person - 8, (person - 7 + 3 * person) % 70 + person - 7)
    # Cancelled before it, within it, after it, and registered again.
    for person, minute in ((0, -50), (1, 10), (2, 90), (3, -40), (30, 20)):
        said.append(week.registration(BESIDE, person, begin + minutes(minute), status="cancelled"))
    said.append(week.registration(BESIDE, 3, begin + minutes(15)))
    # Registered while it is on, and after it.
    said += [week.registration(BESIDE, 100 + minute, begin + minutes(minute)) for minute in (2, 12, 20, 80)]
    said += week.stay(BESIDE, 102, begin, 1, 50) + week.stay(BESIDE, 112, begin, 3, 41)
    # Without registering; in the room for no time at all; only while waiting.
    said += week.stay(BESIDE, 200, begin, 4, 44) + week.stay(BESIDE, 201, begin, 6, 6)
    said += week.stay(BESIDE, 34, begin, 7, 7) + week.stay(BESIDE, 35, begin, -9, -2)
    said += [week.view(BESIDE, person, begin + minutes(100 + person)) for person in (1, 1, 38, 203)]
    by_source = [
        {"source": {"utm_source": "vk"}, "page_views": 190},
        {"source": {"utm_source": "ads"}, "page_views": 60},
    ]
    said.append(week.totals(BESIDE, begin - timedelta(days=1), page_views=140))
    said.append(week.totals(BESIDE, begin + minutes(2), page_views=260, page_views_by_source=by_source))
    said.append(week.totals(BESIDE, begin + minutes(90), invited=900))
    return said


def _sums() -> list[Event]:
    """At the same time: of most of 35 people only the sum is told, of some while it is on, of some beside sessions."""
    begin = STARTS - minutes(5)
    times = {"starts_at": begin, "started_at": begin, "ended_at": begin + minutes(60)}
    said = [week.webinar(SUMS, begin - timedelta(days=3), title="Sums", tells=["live", "seconds"], **times)]
    said += [week.registration(SUMS, person, begin - minutes(100)) for person in range(35)]
    for person in range(20):
        told = begin + minutes(3 * person)
        said.append(week.summary(SUMS, person, begin, told, watched=2.5 * person))
    # Not registered; with a session that counts; with one that has no leave, so that the sum counts after the end.
    said.append(week.summary(SUMS, 200, begin, begin + minutes(11), 6))
    said += [week.summary(SUMS, person, begin, begin + minutes(4), 50) for person in (30, 31)]
    said += [*week.stay(SUMS, 30, begin, 2, 9), week.stay(SUMS, 31, begin, 2, 9)[0]]
    return said
