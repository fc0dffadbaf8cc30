"""What each page says of what is judged: the 21:00 case, a new weak source, a dead connection, what is not judged."""

import asyncio
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from alerts.digest import compose
from alerts.settings import AlertSettings
from contract.instants import HOUR, MINUTE, format_instant
from streams.jobs.ended_timelines import write_timelines
from streams.jobs.judging import Judging
from streams.store import Store
from tests.alerts import world
from tests.contract_events import Event, totals
from tests.grafana.conftest import Database, database
from tests.servers.clickhouse import Server
from tests.streams.jobs.test_judging import AT, of_2100, of_others, of_weak_source

NOW = datetime.fromtimestamp(AT / 1000, UTC)
"""Sunday, 21:00 UTC: three hours after the start of those that have ended."""
MORNING = NOW + timedelta(hours=12)
REGISTERED = "639 registrants, typically 80 to 125. No single source explains it."
CAME = "Attendance rate 17.8 %, typically 41 to 47 % (639 registrants). No single source explains it."

LIVE_SINCE = AT - 20 * MINUTE
REJECTED: dict[str, Any] = {"connector": "table", "type": "imported", "report_id": "1", "version": 1, "at": AT}
REJECTED |= {"task": "attendance", "webinar_id": "zoom:rows", "file_name": "a.csv", "rows": 300, "rejected": 90}


def of_what_no_rate_says() -> Iterable[Event]:
    """One of which totals alone are told; one of a file with rejected rows; of two that run one is full of strangers,
    and more registered for the other than for any before it.
    """
    for webinar_id in ("zoom:sums", "zoom:rows"):
        said = {one: format_instant(at) for one, at in (("started_at", world.T0), ("ended_at", world.T0 + HOUR))}
        yield world.webinar(webinar_id, world.T0, **said)
    counts = {"registrations": 310, "visits_all": 290, "visits": 280, "visits_5m": 270, "visits_30m": 250}
    yield totals(webinar_id="zoom:sums", **counts, reported_at=format_instant(AT))
    yield from world.crowd("zoom:rows", world.T0, "vk", 210, 20, first=270_000)
    yield world.webinar("zoom:strangers", LIVE_SINCE, started_at=format_instant(LIVE_SINCE))
    yield from world.crowd("zoom:strangers", LIVE_SINCE, "vk", 300, 3, first=280_000, minutes=0)
    for one in world.crowd("zoom:strangers", LIVE_SINCE, "", 40, 40, first=281_000, minutes=0):
        if one["type"] == "attendance":
            yield one
    begin = world.T0 + 30 * MINUTE
    yield world.webinar("zoom:many", begin, started_at=format_instant(begin), duration_seconds=4 * 3600)
    yield from world.crowd("zoom:many", begin, "vk", 300, 130, first=290_000, minutes=0)


@pytest.fixture(scope="module")
def days(clickhouse_server: Server) -> Iterator[Database]:
    """Nobody watches alerts."""
    events = [*world.past(), *of_2100(), *of_weak_source(), *of_others(), *of_what_no_rate_says()]
    with database(clickhouse_server, events) as one:
        one.writer.insert("connector_reports", [list(REJECTED.values())], list(REJECTED))
        asyncio.run(write_timelines(Store(one.config)))
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


def test_what_is_not_judged_has_no_mark_on_any_page(days: Database) -> None:
    schedule = {row["webinar_id"]: row for row in days.ask("webinars/schedule", NOW - timedelta(days=1), NOW)}
    yesterday = {row["webinar_id"]: row for row in days.ask("today/yesterday", MORNING - timedelta(days=7), MORNING)}
    # How many registered is known where totals are told, and judged.
    for rows in (schedule, yesterday):
        assert (rows["zoom:sums"]["registrations"], rows["zoom:sums"]["conversion"]) == ("310 ▲", "90.3 %")
        assert (rows["zoom:rows"]["registrations"], rows["zoom:rows"]["conversion"]) == ("210", "9.5 % ?")
    stayed = [schedule["zoom:sums"][f"stayed_{one}"] for one in ("5m", "30m")]
    assert stayed == ["270 · 87.1 %", "250 · 80.6 %"]
    lines = {row["step"]: (row["of_registered"], row["baseline"]) for row in page(days, "funnel", "zoom:sums")}
    assert (lines["Registrants"], lines["Attendees"]) == (("▲", "80 to 125"), ("90.3 %", None))
    lines = {row["step"]: (row["of_registered"], row["baseline"]) for row in page(days, "funnel", "zoom:rows")}
    assert (lines["Registrants"], lines["Attendees"]) == (("", "80 to 125"), ("9.5 % ?", "40 to 48 %"))
    assert "Only totals are told of it" in " ".join(said(days, "zoom:sums"))


def test_nor_while_it_runs_and_its_registrants_are_judged(days: Database) -> None:
    assert said(days, "zoom:strangers") == ["Rates are not judged. Only 7 % of those in the room match a registration."]
    assert said(days, "zoom:many") == [
        "300 registrants, typically 80 to 125. Main cause: source vk (300 registrants, typically 60).",
        "Rates are not judged. Fewer than 5 webinars like it lasted so long.",
    ]
    chosen = {"at": [str(AT)]}
    for name in ("today/on_now", "on-now/webinars"):
        rows = {row["webinar_id"]: row for row in days.ask(name, NOW - timedelta(days=7), NOW, chosen)}
        assert (rows["zoom:strangers"]["registrations"], rows["zoom:strangers"]["conversion"]) == ("300 =", "1.0 %")
        assert rows["zoom:many"]["registrations"] == "300 ▲"


def test_the_summary_calls_nothing_typical_beside_what_is_not_judged(days: Database) -> None:
    _, text = compose(days.reader, AlertSettings(_env_file=None), AT + 11 * HOUR, "daily")
    by_registrants = {line.partition(": ")[2][:3]: line for line in text.splitlines() if line.startswith("• SQL")}
    # Of the one of totals its registrants are judged.
    assert (by_registrants["310"].count("typically"), by_registrants["210"].count("typically")) == (1, 0)


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
    assert rest["sentence"].startswith("6 of 16 webinars of these seven days: ")


def test_a_page_says_that_all_is_as_typical_only_where_it_was_judged(days: Database) -> None:
    assert said(days, "zoom:1") == ["Registrants and rates are within the typical range."]
    assert said(days, "zoom:10") == ["Not judged. Only 4 webinars like it: it is judged beside 5 or more."]
    assert "Rates are not judged. Only 12 registrants: rates are judged from 30 on." in said(days, "zoom:small")
    # While it ran nobody judged it: it was imported.
    assert said(days, "zoom:2100", NOW - timedelta(hours=2, minutes=30)) == []
    assert said(days, "zoom:nobody-knows-it") == []
