"""What each page says of what is judged: the 21:00 case, a new weak source, a dead connection, what is not judged."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from streams.jobs.judging import Judging
from streams.store import Store
from tests.alerts import world
from tests.grafana.conftest import Database, database
from tests.servers.clickhouse import Server
from tests.streams.jobs.test_judging import AT, of_2100, of_others, of_weak_source

NOW = datetime.fromtimestamp(AT / 1000, UTC)
"""Sunday, 21:00 UTC: three hours after the start of those that have ended."""
MORNING = NOW + timedelta(hours=12)
REGISTERED = "639 registrants, typically 80 to 125. No single source explains it."
CAME = "Attendance rate 17.8 %, typically 41 to 47 % (639 registrants). No single source explains it."


@pytest.fixture(scope="module")
def days(clickhouse_server: Server) -> Iterator[Database]:
    """Nobody watches alerts."""
    events = [*world.past(), *of_2100(), *of_weak_source(), *of_others()]
    with database(clickhouse_server, events) as one:
        job = Judging(Store(one.config))
        asyncio.run(job.turn(AT))
        yield one


def page(days: Database, name: str, webinar_id: str, at: datetime = NOW) -> list[dict[str, Any]]:
    return days.ask(f"webinar/{name}", at - timedelta(days=7), at, {"webinar": [webinar_id], "moment": ["range"]})


def said(days: Database, webinar_id: str, at: datetime = NOW) -> list[str]:
    return [row["sentence"] for row in page(days, "unusual", webinar_id, at)]


def test_the_page_of_the_2100_case_marks_all_of_it_and_prints_the_band(days: Database) -> None:
    lines = {
        row["step"]: (row["people"], row["of_registered"], row["baseline"]) for row in page(days, "funnel", "zoom:2100")
    }
    assert lines["Registrants"] == (639, "▲", "80 to 125")
    assert lines["Attendees"] == (114, "17.8 % ▼", "41 to 47 %")
    assert said(days, "zoom:2100") == [REGISTERED, CAME]
    (head,) = page(days, "head", "zoom:2100")
    assert head["likeness"] == "Compared with the last 14 webinars of the same course, region and format"


def test_the_curve_of_the_2100_case_has_the_same_band(days: Database) -> None:
    begin = NOW - timedelta(hours=3)
    rows = days.ask(
        "webinar/timeline", begin, begin + timedelta(hours=1), {"webinar": ["zoom:2100"], "moment": ["now"]}
    )
    last = rows[-1]
    assert (round(100 * last["came_low"]), round(100 * last["came_high"])) == (41, 47)
    assert last["came"] < last["came_low"]


def test_lists_mark_it_too(days: Database) -> None:
    rows = {row["webinar_id"]: row for row in days.ask("webinars/schedule", NOW - timedelta(days=1), NOW)}
    case = rows["zoom:2100"]
    assert (case["registrations"], case["conversion"], case["stands_out"]) == ("639 ▲", "17.8 % ▼", "drop")
    assert case["unusual"] in (f"{CAME} {REGISTERED}", f"{REGISTERED} {CAME}")
    assert rows["zoom:weak"]["conversion"] == "34.6 % ▼"
    alone = rows["zoom:alone"]
    why = "Not judged. No earlier webinar is like it: it is judged beside 5 or more."
    assert (alone["registrations"], alone["stands_out"], alone["unusual"]) == ("60", "not_judged", why)
    yesterday = {row["webinar_id"]: row for row in days.ask("today/yesterday", MORNING - timedelta(days=7), MORNING)}
    case = yesterday["zoom:2100"]
    assert (case["registrations"], case["conversion"]) == ("639 ▲", "17.8 % ▼")


def test_today_says_what_needs_attention_and_what_is_not_judged(days: Database) -> None:
    rows = days.ask("today/unusual", NOW - timedelta(days=7), NOW)
    # Behind the day, and before the blanks that keep it from being cut.
    found = {row["sentence"].rstrip().partition(" · ")[2] for row in rows if row["webinar_id"]}
    assert {CAME, REGISTERED} <= found
    assert (
        "Attendance rate 34.6 %, typically 38 to 50 % (130 registrants)."
        " Main cause: new source Partner-X (30 registrants, 3 % attended)."
    ) in found
    assert (
        "No data since its start 20 minutes ago (60 registrants)."
        " Was it started? Is the connection to the service in order?"
    ) in found
    (rest,) = [row for row in rows if row["webinar_name"] == "Not judged"]
    assert rest["sentence"].startswith("2 of 12 webinars of these seven days: ")


def test_a_page_says_that_all_is_as_typical_only_where_it_was_judged(days: Database) -> None:
    assert said(days, "zoom:1") == ["Registrants and rates are within the typical range."]
    assert said(days, "zoom:10") == ["Not judged. Only 4 webinars like it: it is judged beside 5 or more."]
    assert "Rates are not judged. Only 12 registrants: rates are judged from 30 on." in said(days, "zoom:small")
    # While it ran nobody judged it: it was imported.
    assert said(days, "zoom:2100", NOW - timedelta(hours=2, minutes=30)) == []
    assert said(days, "zoom:nobody-knows-it") == []
