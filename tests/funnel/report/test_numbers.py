"""docs/contract.md, "Rows of the answer", on the real store."""

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import orjson
import pytest
from clickhouse_connect.driver.client import Client
from rich.console import Console

from funnel.report import oracle
from funnel.report.numbers import COUNTS, DIMENSIONS, Question, answer, as_json, data_as_of, parse_at, parse_by
from funnel.report.table import caption, doubt, table
from funnel.report.verify import compare
from streams.settings import Settings
from tests.contract_events import T0, Event, at, attendance, hour_long, moment, registration, stay, totals, webinar
from tests.rows import put
from tests.servers.clickhouse import Server
from tests.servers.databases import lent_database

DAY = 24 * 60.0
VK, MAIL = {"utm_source": "vk"}, {"utm_source": "mail"}


def two_webinars() -> list[Event]:
    """zoom:1 is over: of 3 registered 2 came, 1 stayed 30 min; one walk-in. zoom:2, a week later, begins at DAY * 7."""
    later = {"starts_at": moment(7 * DAY), "duration_seconds": 3600}
    return [
        *hour_long(course="Excel", region="EU", language="en", format="live", timezone="Europe/Berlin", title="One"),
        registration(1, source=VK),
        registration(2, source=VK),
        registration(3, source=MAIL),
        *stay(1, 0, 60),
        *stay(2, 0, 3),
        *stay(4, 0, 6),
        attendance(3, "recording_viewed", 100),
        webinar(0, "gc:2", course="Excel", region="EU", tells=["live"], **later),
        registration(1, webinar_id="gc:2", source=MAIL),
    ]


@pytest.fixture(scope="module")
def shared(clickhouse_server: Server) -> Iterator[tuple[Client, Settings]]:
    """A database with two webinars, for tests that only read."""
    with lent_database(clickhouse_server) as (config, client):
        put(client, config, two_webinars())
        yield client, config


@pytest.fixture
def filled(shared: tuple[Client, Settings]) -> Client:
    return shared[0]


def one(rows: list[Event], **key: Any) -> Event:
    (row,) = [row for row in rows if all(row[name] == value for name, value in key.items())]
    return row


def test_one_object_a_webinar_sorted_by_webinar_id(filled: Client) -> None:
    rows = answer(filled, Question(at(120)))
    assert [row["webinar_id"] for row in rows] == ["gc:2", "zoom:1"]
    expected = {
        "completeness": "being_completed",
        "title": "One",
        "registrations": 3,
        "registered_later": 0,
        "visits_all": 3,
        "visits": 3,
        "visits_5m": 2,
        "visits_30m": 1,
        "visits_full": 1,
        "walk_ins": 1,
        "recording_viewers": 1,
        "recording_views": 1,
        "registered_visits": 2,
        "registered_visits_5m": 1,
        "registered_visits_30m": 1,
        "registered_visits_full": 1,
        "no_shows": 1,
        "watch_seconds": 4140,
        "average_watch_seconds": 1380.0,
        "median_watch_seconds": 360.0,
        "peak_viewers": 3,
        "peak_at": moment(0),
        "conversion": 2 / 3,
        "conversion_5m": 1 / 3,
        "conversion_30m": 1 / 3,
        "conversion_full": 1 / 3,
    }
    assert expected.items() <= rows[1].items()


def test_what_cannot_be_is_null(filled: Client) -> None:
    row = one(answer(filled, Question(at(120))), webinar_id="gc:2")
    assert (row["completeness"], row["registrations"], row["visits"]) == ("upcoming", 1, 0)
    for name in ("visits_5m", "visits_full", "conversion", "conversion_5m", "recording_viewers", "title", "language"):
        assert row[name] is None


def test_a_group_sums_what_is_there_and_is_null_where_no_webinar_has_a_number(filled: Client) -> None:
    (both,) = answer(filled, Question(at(120), by=("course",)))
    assert (both["course"], both["registrations"], both["visits_30m"], both["recording_views"]) == ("Excel", 4, 1, 1)
    upcoming = one(answer(filled, Question(at(120), by=("platform",))), platform="gc")
    assert (upcoming["visits"], upcoming["visits_5m"], upcoming["recording_views"]) == (0, None, None)


def test_a_groups_conversion_is_over_webinars_that_have_begun_and_can_have_the_bucket(filled: Client) -> None:
    (row,) = answer(filled, Question(at(7 * DAY + 10), by=("region",)))
    assert (row["registrations_begun"], row["registrations_5m"]) == (4, 4)
    assert (row["registrations_30m"], row["registrations_full"]) == (3, 3)
    assert (row["conversion"], row["conversion_5m"]) == (2 / 4, 1 / 4)
    assert (row["conversion_30m"], row["conversion_full"]) == (1 / 3, 1 / 3)
    (before,) = answer(filled, Question(at(120), by=("region",)))
    assert (before["registrations"], before["registrations_begun"], before["conversion"]) == (4, 3, 2 / 3)


def test_nobody_registered_in_a_group_has_no_conversion(filled: Client) -> None:
    row = one(answer(filled, Question(at(120), by=("source_group",))), source_group="Walk-in")
    assert (row["registrations_begun"], row["visits"], row["conversion"]) == (0, 1, None)


def test_source_groups_come_from_the_first_touch_in_each_webinar(filled: Client) -> None:
    rows = answer(filled, Question(at(7 * DAY + 120), by=("source_group", "platform")))
    assert [(row["source_group"], row["platform"], row["registrations"], row["conversion"]) for row in rows] == [
        ("Walk-in", "zoom", 0, None),
        ("mail", "gc", 1, 0.0),
        ("mail", "zoom", 1, 0.0),
        ("vk", "zoom", 2, 1.0),
    ]


def test_an_unknown_value_of_a_dimension_is_null_and_comes_last(filled: Client) -> None:
    rows = answer(filled, Question(at(120), by=("language", "format")))
    assert [(row["language"], row["format"]) for row in rows] == [("en", "live"), (None, None)]


@pytest.fixture
def with_totals(store: Client, own_config: Settings) -> Client:
    """Of zoom:3 and zoom:4 only totals are said; those of zoom:4 do not say who registered."""
    ran = {"course": "Excel", "region": "APAC"}
    said = [
        *hour_long("zoom:3", **ran),
        totals(90, "zoom:3", registrations=10, visits_all=6),
        totals(95, "zoom:3", registrations=10, visits_all=6, visits=5, visits_full=1, recording_views=7),
        *hour_long("zoom:4", **ran),
        totals(90, "zoom:4", visits=100),
    ]
    put(store, own_config, two_webinars())
    put(store, own_config, said)
    return store


def test_totals_stand_in_for_persons_and_say_so(with_totals: Client) -> None:
    rows = answer(with_totals, Question(at(120)))
    assert [row["totals_only"] for row in rows] == [False, False, True, True]
    row = one(rows, webinar_id="zoom:3")
    assert (row["registrations"], row["visits"], row["registered_visits"], row["recording_views"]) == (10, 5, 5, 7)
    assert (row["conversion"], row["conversion_full"], row["conversion_5m"]) == (0.5, 0.1, None)
    assert row["walk_ins"] is row["registered_later"] is row["recording_viewers"] is row["visits_30m"] is None
    assert '"totals_only":true' in as_json([row]).replace(" ", "")
    assert "totals only" in _printed(with_totals, Question(at(120)), 120)
    assert one(answer(with_totals, Question(at(59))), webinar_id="zoom:3")["totals_only"] is False


def test_groups_take_totals_in_and_their_conversion_only_where_both_numbers_are_said(with_totals: Client) -> None:
    apac = one(answer(with_totals, Question(at(120), by=("region",))), region="APAC")
    assert (apac["registrations"], apac["visits"], apac["walk_ins"]) == (10, 105, None)
    assert (apac["registrations_begun"], apac["conversion"], apac["conversion_5m"]) == (10, 0.5, None)
    untold = one(answer(with_totals, Question(at(120), by=("source_group",))), source_group="Not told by source")
    assert (untold["registrations"], untold["conversion"]) == (10, 0.5)


def test_verify_holds_totals_against_the_log(with_totals: Client, own_config: Settings) -> None:
    for minutes in (59, 60, 120, 9 * DAY):
        assert compare(with_totals, own_config, at(minutes)).mismatches == []
    with_totals.command("DELETE FROM totals WHERE webinar_id = 'zoom:4'")
    assert {one.number for one in compare(with_totals, own_config, at(120)).mismatches} >= {"totals_only", "numbers"}


@pytest.fixture
def with_top(store: Client, own_config: Settings) -> Client:
    """Of zoom:1 views are told by source, of gc:2 who was invited."""
    by_source = [{"source": VK, "page_views": 30}, {"source": {"utm_source": "ads"}, "page_views": 12}]
    said = [
        totals(-40, page_views=20),
        totals(-5, page_views=61, page_views_by_source=by_source),
        registration(9, source=VK, status="cancelled"),
        totals(30, "gc:2", invited=5000),
    ]
    put(store, own_config, [*two_webinars(), *said])
    return store


def test_the_top_of_the_funnel_is_told_where_it_is_known_and_null_elsewhere(with_top: Client) -> None:
    first, second = answer(with_top, Question(at(120)))
    assert (first["invited"], first["page_views"], second["invited"], second["page_views"]) == (5000, None, None, 61)
    assert '"invited":null,"page_views":61' in as_json([second]).replace(" ", "")
    (before,) = answer(with_top, Question(at(-20), webinar_ids=("zoom:1",)))
    assert (before["invited"], before["page_views"]) == (None, 20)
    (both,) = answer(with_top, Question(at(120), by=("course",)))
    assert (both["invited"], both["page_views"], both["registrations"]) == (5000, 61, 4)
    of_source = answer(with_top, Question(at(120), by=("source_group",)))
    assert {row["source_group"]: (row["page_views"], row["registrations"], row["invited"]) for row in of_source} == {
        "Walk-in": (None, 0, None),
        "ads": (12, 0, None),
        "mail": (None, 2, None),
        "vk": (30, 2, None),
    }


def test_verify_holds_the_top_of_the_funnel_against_the_log(with_top: Client, own_config: Settings) -> None:
    for minutes in (-41, -20, 0, 59, 60, 120, 9 * DAY):
        assert compare(with_top, own_config, at(minutes)).mismatches == []
    with_top.command("DELETE FROM totals WHERE page_views = 61")
    assert {str(one) for one in compare(with_top, own_config, at(120)).mismatches} >= {
        "zoom:1: page_views says 20, should be 61",
        "zoom:1 [vk]: page_views says None, should be 30",
        "zoom:1 [ads]: numbers says 'no row', should be 'a row'",
    }


def test_the_table_has_the_top_of_the_funnel_where_any_of_it_is_known(with_top: Client) -> None:
    rows = answer(with_top, Question(at(120)))
    labels = [str(column.header).replace("\n", " ") for column in table(rows, (), 90, 120).columns]
    assert labels[:6] == ["Webinar", "State", "Invited", "Page views", "Registrants", "Attendees"]
    by_source = answer(with_top, Question(at(120), by=("source_group",)))
    labels = [str(column.header).replace("\n", " ") for column in table(by_source, ("source_group",), 90, 80).columns]
    assert labels[:3] == ["Source", "Page views", "Registrants"]
    for width in (110, 120):
        text = _printed(with_top, Question(at(120)), width)
        assert {"5,000", "61", "n/a"} <= set(text.split())
        assert "…" not in text


def test_week_weekday_and_hour_are_local(filled: Client) -> None:
    rows = answer(filled, Question(at(120), by=("week", "weekday", "hour")))
    assert [(row["week"], row["weekday"], row["hour"]) for row in rows] == [("2026-W47", 7, 19), ("2026-W48", 7, 18)]


def test_filters_by_webinar_and_by_local_day(store: Client, own_config: Settings) -> None:
    put(
        store,
        own_config,
        [*hour_long(), *hour_long("zoom:9", timezone="Asia/Tokyo"), registration(1, webinar_id="x:1")],
    )

    def ids(**asked: Any) -> list[str]:
        return [row["webinar_id"] for row in answer(store, Question(at(120), **asked))]

    assert ids() == ["x:1", "zoom:1", "zoom:9"]
    assert ids(webinar_ids=("zoom:9", "no:such", "x:1")) == ["x:1", "zoom:9"]
    assert ids(first_day=date(2026, 11, 23)) == ["zoom:9"]
    assert ids(last_day=date(2026, 11, 22)) == ["zoom:1"]
    assert ids(first_day=date(2026, 11, 22), last_day=date(2026, 11, 23)) == ["zoom:1", "zoom:9"]
    assert ids(webinar_ids=("'; DROP TABLE webinars",)) == []


BY = [(name,) for name in DIMENSIONS if name != "people"]  # tests/funnel/report/test_numbers_of_people.py


@pytest.mark.parametrize("by", [*BY, ("source_group", "week"), ("course", "hour")])
def test_groups_agree_with_the_sums_of_the_oracle(filled: Client, by: tuple[str, ...]) -> None:
    rows = oracle.numbers(_records(filled), T0.replace(hour=20), oracle.Rules())
    parts = [{**row, **one, "source_group": group} for row in rows for group, one in row["by_source"].items()]
    groups: dict[tuple[Any, ...], list[Event]] = {}
    for row in parts if "source_group" in by else rows:
        groups.setdefault(tuple(row[name] for name in by), []).append(row)
    said = answer(filled, Question(at(120), by=by))
    assert {tuple(row[name] for name in by) for row in said} == groups.keys()
    for row in said:
        members = groups[tuple(row[name] for name in by)]
        for name in COUNTS:
            known = [member[name] for member in members if member[name] is not None]
            assert row[name] == (sum(known) if known else None), name


def _records(client: Client) -> list[bytes]:
    return [event.encode() for (event,) in client.query("SELECT event FROM events FINAL").result_rows]


def test_the_report_agrees_with_the_oracle_at_many_moments(shared: tuple[Client, Settings]) -> None:
    for minutes in (-200, 0, 2.5, 5, 30, 59, 60, 61, 120, 7 * DAY, 7 * DAY + 10, 9 * DAY):
        result = compare(*shared, at(minutes))
        assert (result.webinars, result.mismatches) == (2, [])


def test_json_is_one_list_that_reads_back(filled: Client) -> None:
    rows = answer(filled, Question(at(120)))
    assert json.loads(as_json(rows)) == orjson.loads(as_json(rows)) == rows
    assert json.loads(as_json([])) == []


def test_the_table_speaks_the_words_of_the_design(filled: Client) -> None:
    rows = answer(filled, Question(at(120)))
    labels = [str(column.header).replace("\n", " ") for column in table(rows, (), 90, 120).columns]
    assert labels == [
        "Webinar",
        "State",
        "Registrants",
        "Attendees",
        "Stayed 5+ min",
        "Stayed 30+ min",
        "Completed (90 %+)",
        "No-shows",
        "Avg watch",
    ]
    assert [str(column.header) for column in table(rows, (), 90, 200).columns][-6:] == [
        "Walk-ins",
        "Joined (any\nlength)",
        "Median\nwatch",
        "Peak\nviewers",
        "Registered\nafter the\nwebinar",
        "Watched the\nrecording",
    ]
    assert len(table(rows, (), 90, 80).columns) == 7


@pytest.mark.parametrize("width", [80, 100, 120, 200])
def test_no_number_of_the_table_is_cut_whatever_the_width(filled: Client, width: int) -> None:
    text = _printed(filled, Question(at(120)), width)
    assert "…" not in text
    assert {"66.7 %", "33.3 %", "(n=3)", "n/a", "One", "zoom:1"} <= {
        words.strip() for line in text.splitlines() for words in line.split("  ")
    }


def test_the_table_of_groups_says_days_and_hours_as_people_do(filled: Client) -> None:
    text = _printed(filled, Question(at(120), by=("weekday", "hour", "language")), 120)
    assert "Sunday" in text
    assert "19:00" in text
    assert "n/a" in text


def test_a_doubtful_conversion_has_a_mark_that_a_line_explains(
    filled: Client, store: Client, own_config: Settings
) -> None:
    assert doubt(answer(filled, Question(at(120))), 50) is None
    assert "%?" not in _printed(filled, Question(at(120)), 120)
    walk_ins = [event for person in (20, 21) for event in stay(person, 0, 6)]
    put(store, own_config, [*two_webinars(), *walk_ins])
    rows = answer(store, Question(at(120)))
    assert "66.7 %?" in _printed(store, Question(at(120)), 120)
    assert (doubt(rows, 50) or "").startswith("? fewer than 50 % of those who opened the room are registered")
    assert "%?" not in _printed(store, Question(at(120), by=("source_group",)), 120)


def _printed(client: Client, question: Question, width: int) -> str:
    console = Console(width=width)
    with console.capture() as captured:
        console.print(table(answer(client, question), question.by, 90, width))
    return captured.get()


def test_data_as_of_is_the_latest_insert_of_the_webinars_asked_for(filled: Client) -> None:
    as_of = data_as_of(filled)
    assert as_of is not None
    assert as_of == data_as_of(filled, ["zoom:1"])
    assert data_as_of(filled, ["no:such"]) is None
    assert "no events yet" in caption(at(0), "0 webinars", None)


@pytest.mark.parametrize("text", ["yesterday", "2026-11-22", "2026-11-22T18:00:00", "1999-01-01T00:00:00Z"])
def test_at_must_be_a_time_with_an_offset(text: str) -> None:
    with pytest.raises(ValueError, match=r"RFC 3339|2000"):
        parse_at(text)


@pytest.mark.parametrize("text", ["", "sources", "week,", "week,week"])
def test_by_must_name_known_dimensions_once(text: str) -> None:
    with pytest.raises(ValueError, match="dimension"):
        parse_by(text)
