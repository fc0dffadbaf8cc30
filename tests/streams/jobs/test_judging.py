"""Every webinar is judged by the workers, whether or not alerts are watched: what is said, word by word."""

from collections.abc import Iterable

import pytest

from contract.instants import DAY, HOUR, MINUTE, format_instant
from streams.jobs.ended_timelines import write_timelines
from streams.jobs.judged_rows import Asking
from streams.jobs.judging import Judging, registered_by
from tests.alerts import world
from tests.contract_events import Event
from tests.streams.conftest import Database

AT = world.T0 + 3 * HOUR
_SAID = """
SELECT found.1 AS kind, found.8 AS sentence
FROM
(
    SELECT arrayJoin(found) AS found FROM judgements_at(at = fromUnixTimestamp64Milli({at:Int64}))
    WHERE webinar_id = {id:String}
)
"""
_WHY = """
SELECT state, why, why_registrations FROM judgements_at(at = fromUnixTimestamp64Milli({at:Int64}))
WHERE webinar_id = {id:String}
"""


def _ended(webinar_id: str, begin: int, **more: object) -> Event:
    end = format_instant(begin + HOUR)
    return world.webinar(webinar_id, begin, started_at=format_instant(begin), ended_at=end, **more)


def of_2100() -> Iterable[Event]:
    """639 registered instead of 100, 17.8 % came instead of 44 %."""
    yield _ended("zoom:2100", world.T0)
    yield from world.crowd("zoom:2100", world.T0, "vk", 383, 68, first=200_000)
    yield from world.crowd("zoom:2100", world.T0, "mail", 256, 46, first=201_000)


def of_weak_source() -> Iterable[Event]:
    yield _ended("zoom:weak", world.T0 + MINUTE)
    yield from world.crowd("zoom:weak", world.T0, "vk", 60, 24, first=210_000)
    yield from world.crowd("zoom:weak", world.T0, "mail", 40, 20, first=211_000)
    yield from world.crowd("zoom:weak", world.T0, "Partner-X", 30, 1, first=212_000)


def of_others() -> Iterable[Event]:
    # The only one of its format; one with few people.
    yield _ended("zoom:alone", world.T0 + 2 * MINUTE, format="recorded")
    yield from world.crowd("zoom:alone", world.T0, "vk", 60, 1, first=220_000)
    yield _ended("zoom:small", world.T0 + 3 * MINUTE)
    yield from world.crowd("zoom:small", world.T0, "vk", 12, 0, first=230_000)
    # Running: its service was never heard of; its host is there and nobody comes.
    for webinar_id, first in (("zoom:dead", 240_000), ("zoom:empty", 250_000)):
        yield world.webinar(webinar_id, AT - 20 * MINUTE)
        yield from world.crowd(webinar_id, AT - 20 * MINUTE, "vk", 60, 0, first=first)
    yield {**world.webinar("zoom:empty", AT + 40 * MINUTE), "starts_at": format_instant(AT - 20 * MINUTE)}
    yield world.webinar("zoom:tomorrow", AT + DAY)
    yield from world.crowd("zoom:tomorrow", AT + DAY, "vk", 3, 0, first=260_000)


def _said(database: Database, webinar_id: str, at: int = AT) -> dict[str, str]:
    rows = database.client.query(_SAID, {"id": webinar_id, "at": at}).result_rows
    return {row[0]: row[1] for row in rows}


def _why(database: Database, webinar_id: str, at: int = AT) -> tuple[str, ...]:
    rows = database.client.query(_WHY, {"id": webinar_id, "at": at}).result_rows
    return tuple(rows[0]) if rows else ()


async def test_every_webinar_is_judged_and_says_so(database: Database) -> None:
    database.put(*world.past(), *of_2100(), *of_weak_source(), *of_others())
    await write_timelines(database.store)
    job = Judging(database.store)
    assert await job.turn(AT, margin_seconds=0) == world.DAYS + 4 + 2 + 1

    assert _said(database, "zoom:2100") == {
        "standout": "639 registrants, typically 80 to 125. No single source explains it.",
        "drop": "Attendance rate 17.8 %, typically 41 to 47 % (639 registrants). No single source explains it.",
    }
    assert _said(database, "zoom:weak") == {
        "standout": "130 registrants, typically 80 to 125. Main cause: new source Partner-X (30 registrants).",
        "drop": "Attendance rate 34.6 %, typically 38 to 50 % (130 registrants)."
        " Main cause: new source Partner-X (30 registrants, 3 % attended).",
    }
    assert _said(database, "zoom:dead") == {
        "no_events": "No data since its start 20 minutes ago (60 registrants)."
        " Was it started? Is the connection to the service in order?"
    }
    assert _said(database, "zoom:empty") == {
        "empty_room": "Nobody is in the room 20 minutes after its start (60 registrants)."
    }
    assert _said(database, "zoom:tomorrow") == {
        "pace": "3 registrants 24 hours before the start, typically 125 by then; 3 expected (3 to 3), typically 131."
    }
    alone = "No earlier webinar is like it: it is judged beside 5 or more."
    assert _why(database, "zoom:alone") == ("ended", alone, alone)
    assert _said(database, "zoom:alone") == {}
    assert _why(database, "zoom:small") == ("ended", "Only 12 registrants: rates are judged from 30 on.", "")
    # The first ones have too few before them; the later ones are as typical.
    assert _why(database, "zoom:14")[1] == alone
    assert _why(database, "zoom:10")[1] == "Only 4 webinars like it: it is judged beside 5 or more."
    assert (_why(database, "zoom:1"), _said(database, "zoom:1")) == (("ended", "", ""), {})

    # A page at a past moment shows what could be judged then.
    during = world.T0 + 30 * MINUTE
    assert (_why(database, "zoom:2100", during), _said(database, "zoom:2100", during)) == ((), {})
    assert _why(database, "zoom:1", during) == ("ended", "", "")

    # Nothing changed: nothing is done, by this worker or by another one.
    assert await job.turn(AT) == 0
    assert await Judging(database.store).turn(AT) == 3
    rows = "SELECT count() FROM judgements FINAL"
    before = database.client.query(rows).result_rows
    assert await Judging(database.store).turn(AT) == 3
    assert database.client.query(rows).result_rows == before

    # One changes: it is judged anew, no other one of those that have ended.
    database.put(*of_weak_source(), *world.crowd("zoom:weak", world.T0, "vk", 90, 60, first=213_000))
    assert await job.turn(AT + MINUTE, margin_seconds=0) == 1 + 2
    assert _said(database, "zoom:weak").keys() == {"standout"}

    # Whichever webinar changes, also one whose version stays below those of others.
    asking = Asking(database.store, AT)
    before_it = await asking.changed()
    database.client.command(
        "INSERT INTO webinars SELECT * REPLACE (version + 1 AS version) FROM webinars FINAL ORDER BY version LIMIT 1"
    )
    assert await asking.changed() != before_it


@pytest.mark.parametrize(("hours", "registered"), [(0, 10), (1, 8), (1.5, 6), (2, 4), (48, 4), (49, 0)])
def test_how_many_had_registered_by_then(hours: float, registered: int) -> None:
    assert registered_by([(0, 2), (1, 4), (48, 4)], hours) == registered
