"""The dashboard Webinars: each webinar with its numbers, beside what is usual, and all of them together."""

import json
import re
from datetime import UTC, datetime, timedelta

import pytest

from funnel.report.numbers import BUCKETS, COUNTS, WATCHED, Question, answer
from grafana.filters import NAMES
from tests.grafana import months, week
from tests.grafana.conftest import Database, Row
from tests.grafana.pages import PAGES, labels, panels
from tests.rows import put


def by_id(rows: list[Row]) -> dict[str, Row]:
    return {row["webinar_id"]: row for row in rows}


def test_the_words_of_the_page() -> None:
    """In the order in which they stand; a phone is as wide as the first four."""
    table = next(panel for panel in panels(PAGES["webinars"]) if panel["id"] == 4)
    assert table["title"] == "Webinars · ▲ better, ▼ worse than typical"
    assert labels(table) == [
        "Webinar",
        "Registrants",
        "Attendees",
        "Attendance rate",
        "Stayed 5+ min",
        "Stayed 30+ min",
        "Completed (90 %+)",
        "No-shows",
        "Avg watch",
        "Median watch",
        "Peak viewers",
        "Needs attention",
        "State",
        "Region",
        "Course",
    ]
    totals = next(panel for panel in panels(PAGES["webinars"]) if panel["id"] == 1)
    assert labels(totals) == ["Ended", *labels(table)[1:9], "Webinars"]


def test_only_exceptions_have_a_colour_and_a_mark() -> None:
    table = next(panel for panel in panels(PAGES["webinars"]) if panel["id"] == 4)
    (rate,) = (one for one in table["fieldConfig"]["overrides"] if one["matcher"]["options"] == "conversion")
    (mappings,) = (one["value"] for one in rate["properties"] if one["id"] == "mappings")
    drawn = {"38.0 %": ("38.0 %", None), "38.0 % =": ("38.0 %", None), "38.0 % ▲": ("38.0 % ▲", "semi-dark-green")}
    drawn |= {"13.5 % ▼": ("13.5 % ▼", "red"), "72 · 11.3 % =": ("72 · 11.3 %", None)}
    for value, expected in drawn.items():
        found = [one["options"] for one in mappings if re.search(one["options"].get("pattern", "^$"), value)]
        result = found[0]["result"] if found else {}
        text = re.sub(found[0]["pattern"], result["text"].replace("$", "\\"), value) if "text" in result else value
        assert (text, result.get("color")) == expected


def test_a_long_title_is_cut_after_two_lines_and_whole_where_somebody_points(one_row: Database) -> None:
    begin = week.MONDAY + timedelta(days=1)
    long = "Data science for absolute beginners who have never written a single line of code"
    said = [week.webinar("zoom:7", begin, starts_at=begin, title=long)]
    put(one_row.writer, one_row.config, said)
    row = by_id(one_row.ask("webinars/schedule"))["zoom:7"]
    assert row["webinar"].split("\n")[1] == "Data science for absolute beginners who ha…"
    assert row["whole_title"] == long


@pytest.mark.parametrize(("words", "found"), [("sql", {"zoom:1"}), ("LIVE", {"youtube:2", "zoom:5"}), ("%", set())])
def test_webinars_are_found_by_their_title(realistic: Database, words: str, found: set[str]) -> None:
    chosen = {"search": [words]}
    assert by_id(realistic.ask("webinars/schedule", chosen=chosen)).keys() == found
    assert by_id(realistic.ask("webinars/all_numbers", chosen=chosen)).keys() == found
    # zoom:5 runs.
    assert realistic.ask("webinars/totals", chosen=chosen)[0]["webinars"] == len(found - {"zoom:5"})


def test_values_to_choose_from(realistic: Database, empty: Database) -> None:
    assert [row["region"] for row in realistic.ask("filters/region")] == ["it's", "n/a", "ru"]
    assert [row["platform"] for row in realistic.ask("filters/platform")] == ["bizon", "youtube", "zoom"]
    sources = [row["source"] for row in realistic.ask("filters/source")]
    assert [one for one in sources if one in ("vk", "ads", "mail")] == ["ads", "mail", "vk"]
    assert empty.ask("filters/platform") == []


def test_the_schedule_holds_the_webinars_of_the_range_the_latest_first(realistic: Database) -> None:
    assert [row["webinar"] for row in realistic.ask("webinars/schedule")] == [
        "Fri 14 Nov, 11:40\nLive",
        "Mon 10 Nov, 16:00\nIt's live",
        "Mon 10 Nov, 19:00\nSQL in an hour",
        "Mon 10 Nov, 16:00\nToo short",
        "Mon 10 Nov, 16:00\nCalled off",
        # Nobody said when it was.
        "bizon:unknown",
    ]


def test_a_finished_webinar_row(realistic: Database) -> None:
    row = by_id(realistic.ask("webinars/schedule"))["zoom:1"]
    assert row == {
        "webinar": "Mon 10 Nov, 19:00\nSQL in an hour",
        "whole_title": None,
        "region": "ru",
        "course": "SQL",
        "completeness": "final",
        "registrations": "20",
        "registered_visits": 8,
        "conversion": "40.0 % (n=20)",
        "stayed_5m": "6 · 30.0 % (n=20)",
        "stayed_30m": "4 · 20.0 % (n=20)",
        "stayed_full": "2 · 10.0 % (n=20)",
        "no_shows": 12,
        "average_watch_seconds": 13_980 / 11,
        "median_watch_seconds": 300.0,
        "peak_viewers": 11,
        "stands_out": "",
        "unusual": None,
        "webinar_id": "zoom:1",
        "from_ms": week.ms(week.MONDAY - week.minutes(15)),
        "to_ms": week.ms(week.MONDAY + week.minutes(75)),
    }


@pytest.mark.parametrize("name", ["realistic", "two_months"])
def test_all_numbers_are_those_of_the_report(name: str, request: pytest.FixtureRequest) -> None:
    database: Database = request.getfixturevalue(name)
    begin, end = (week.FROM, week.TO) if name == "realistic" else (months.FROM, months.TO)
    reported = by_id(answer(database.reader, Question(week.ms(end))))
    shown = database.ask("webinars/all_numbers", begin, end)
    assert len(shown) >= 5
    for row in shown:
        expected = reported[row["webinar_id"]]
        for number in ("completeness", *COUNTS, *WATCHED[:3]):
            assert row[number] == expected[number], (row["webinar_id"], number)
        for rate in (f"conversion{bucket}" for bucket in BUCKETS):
            in_percent = None if expected[rate] is None else pytest.approx(100 * expected[rate])
            assert row[rate] == in_percent, (row["webinar_id"], rate)


def test_percentages_are_those_of_the_report(two_months: Database) -> None:
    reported = by_id(answer(two_months.reader, Question(week.ms(months.TO))))
    for row in two_months.ask("webinars/schedule", months.FROM, months.TO):
        expected = reported[row["webinar_id"]]
        few = "" if expected["registrations"] >= 30 else f" (n={expected['registrations']})"
        shares = {bucket: f"{100 * expected[f'conversion{bucket}']:.1f} %{few}" for bucket in BUCKETS}
        assert row["conversion"] == shares.pop("")
        for bucket, share in shares.items():
            assert row[f"stayed{bucket}"] == f"{expected[f'registered_visits{bucket}']} · {share}"


def test_what_cannot_be_known_is_null_and_what_was_not_said_is_not_available(realistic: Database) -> None:
    rows = by_id(realistic.ask("webinars/all_numbers"))
    assert (rows["youtube:2"]["recording_viewers"], rows["youtube:2"]["recording_views"]) == (None, None)
    assert (rows["zoom:3"]["registered_visits_30m"], rows["zoom:3"]["conversion_30m"]) == (None, None)
    # Nobody registered: no percentage.
    assert (rows["zoom:3"]["registrations"], rows["zoom:3"]["conversion"]) == (0, None)
    assert rows["zoom:5"]["registered_visits_full"] is None
    assert rows["zoom:4"]["conversion"] is None
    shown = by_id(realistic.ask("webinars/schedule"))
    assert (shown["zoom:4"]["course"], rows["zoom:4"]["format"]) == ("n/a", "n/a")
    assert shown["zoom:4"]["conversion"] is None
    assert shown["zoom:5"]["stayed_full"] is None


def test_a_percentage_is_marked_beside_the_usual(two_months: Database) -> None:
    say_usual(two_months, "zoom:IN0", low=0.5, high=0.6)
    say_usual(two_months, "zoom:BR0", low=0.56, high=0.6)
    say_usual(two_months, "zoom:NZ0", low=0.1, high=0.54)
    say_usual(two_months, "zoom:NZ1late", low=0.9, high=0.95)
    rows = by_id(two_months.ask("webinars/schedule", months.FROM, months.TO))
    assert [rows[f"zoom:{region}0"]["conversion"] for region in months.ZONES] == ["55.0 % =", "55.0 % ▼", "55.0 % ▲"]
    # Of few people, and where nothing is usual yet: no mark.
    assert rows["zoom:NZ1late"]["conversion"] == "50.0 % (n=2)"
    assert rows["zoom:NZ2"]["conversion"] == "55.0 %"
    # What is usual is of all sources together.
    only_vk = by_id(two_months.ask("webinars/schedule", months.FROM, months.TO, {"source": ["vk"]}))
    assert only_vk["zoom:BR0"]["conversion"] == "60.0 %"


def say_usual(database: Database, webinar_id: str, low: float, high: float) -> None:
    row: Row = {"webinar_id": webinar_id, "evaluated_at": "2018-12-01 00:00:00.000"}
    row |= {f"conversion{bucket}_low": low for bucket in BUCKETS} | {
        f"conversion{bucket}_high": high for bucket in BUCKETS
    }
    database.writer.raw_insert("baseline_values", list(row), json.dumps(row).encode(), fmt="JSONEachRow")


def test_what_stands_out_says_why(two_months: Database) -> None:
    row = {
        "finding_id": "one",
        "webinar_id": "zoom:BR3",
        "kind": "drop",
        "since": week.ms(months.FROM),
        "until": 9_999_999_999_999,
        "sentence": "Fewer came than usual.",
    }
    two_months.writer.raw_insert("findings", list(row), json.dumps(row).encode(), fmt="JSONEachRow")
    rows = by_id(two_months.ask("webinars/schedule", months.FROM, months.TO))
    assert {name: (one["stands_out"], one["unusual"]) for name, one in rows.items() if one["unusual"]} == {
        "zoom:BR3": ("drop", "Fewer came than usual.")
    }


def test_a_conversion_of_a_room_full_of_strangers_is_doubtful(realistic: Database) -> None:
    row = by_id(realistic.ask("webinars/schedule"))["zoom:3"]
    assert row["stands_out"] == "doubtful"
    assert row["unusual"].startswith("Doubtful:")


def test_totals_are_of_those_that_have_ended_and_the_percentage_is_sum_over_sum(realistic: Database) -> None:
    together, *_ = realistic.ask("webinars/totals")
    # zoom:1 has 20 and 8, youtube:2 has 1 and 1; zoom:4 was called off, zoom:5 runs.
    assert (together["webinars"], together["registrations"], together["registered_visits"]) == (3, 21, 9)
    assert together["conversion"] == "42.9 % (n=21)"
    # Of those that have ended.
    assert together["no_shows"] == 21 - 9
    over = [row for row in realistic.ask("webinars/all_numbers") if row["visits"] and row["completeness"] != "on_now"]
    watched = sum(row["watch_seconds"] for row in over)
    assert together["average_watch_seconds"] == watched / sum(row["visits"] for row in over)


def test_what_runs_is_shown_apart_and_pulls_no_total(realistic: Database) -> None:
    """Six minutes after the start of zoom:1, whose people are still to come."""
    at = week.MONDAY + week.minutes(6)
    together, median, so_far = realistic.ask("webinars/totals", end=at)
    assert (together["what"], together["webinars"], together["registrations"]) == ("together", 0, None)
    assert median["webinars"] == 0
    live = [row for row in answer(realistic.reader, Question(week.ms(at))) if row["completeness"] == "on_now"]
    assert (so_far["what"], so_far["webinars"], so_far["registered_visits"]) == ("so_far", len(live), 9)
    assert so_far["registrations"] == sum(row["registrations"] for row in live)
    rows = realistic.ask("weeks/heat_map", week.FROM, at, {"measure": ["webinars"], "by": ["region"]})
    monday = f"{week.MONDAY:%d %b}"
    assert {row["week"].partition(", ")[2] for row in rows if monday in row["week"]} == {"live so far"}
    curves = realistic.ask("weeks/curves", week.FROM, at, {"measure": ["webinars"], "by": ["region"]})
    assert week.MONDAY.date() not in {row["time"].date() for row in curves}


def test_the_median_webinar_stands_below_the_totals(two_months: Database) -> None:
    together, median = two_months.ask("webinars/totals", months.FROM, months.TO)
    reported = answer(two_months.reader, Question(week.ms(months.TO)))
    ended = [row for row in reported if row["completeness"] in ("being_completed", "final")]
    assert together["registrations"] == sum(row["registrations"] for row in ended)
    assert median["registrations"] in {row["registrations"] for row in reported}
    # 27 Wednesdays, 15 before the middle with 22 of 40, 12 after it with 15 of 40.
    assert median["conversion"] == "55.0 %"


def test_totals_of_nothing_are_null(empty: Database) -> None:
    for row in empty.ask("webinars/totals"):
        assert row.pop("what") in ("together", "median")
        assert row.pop("webinars") == 0
        assert set(row.values()) == {None}


def test_webinars_without_a_time_are_counted_apart(realistic: Database, empty: Database) -> None:
    assert realistic.ask("webinars/without_start") == [{"webinars": 1}]
    assert realistic.ask("webinars/without_start", chosen={"platform": ["zoom"]}) == [{"webinars": 0}]
    assert empty.ask("webinars/without_start") == [{"webinars": 0}]


def test_a_past_moment_is_shown_as_it_stood(realistic: Database) -> None:
    ends = (week.MONDAY + week.minutes(m) for m in (0, 6))
    before, during = (by_id(realistic.ask("webinars/all_numbers", end=end)) for end in ends)
    assert before["zoom:1"]["completeness"] == during["zoom:1"]["completeness"] == "on_now"
    assert (before["zoom:1"]["registered_visits"], during["zoom:1"]["registered_visits"]) == (0, 8)
    assert (before["zoom:1"]["registered_visits_5m"], during["zoom:1"]["registered_visits_5m"]) == (None, 6)
    assert "zoom:5" not in during


def test_a_range_that_ends_in_the_future_is_shown_as_of_now(one_row: Database) -> None:
    now = datetime.now(UTC)
    put(one_row.writer, one_row.config, [week.webinar("zoom:9", now, starts_at=now + timedelta(days=2))])
    rows = by_id(one_row.ask("webinars/schedule", now - timedelta(days=7), now + timedelta(days=7)))
    assert {webinar_id: row["completeness"] for webinar_id, row in rows.items()} == {"zoom:9": "upcoming"}


def test_how_fresh_the_numbers_are_is_said_in_words(realistic: Database, empty: Database) -> None:
    now = datetime.now(UTC)

    def said(one: Database, at: datetime) -> str:
        (row,) = one.ask("shared/freshness", end=at)
        return str(row["freshness"])

    # Nothing had come in by then: it is shown by what is known now.
    assert said(realistic, week.TO) == "As of then, by all that is known now"
    assert said(empty, now + timedelta(days=1)) == "No event yet"
    # The workers may have ended long ago.
    assert said(realistic, now + timedelta(days=1)).startswith("Workers show no sign of life · last event ")
    # After a quiet night they say by their jobs that they are at work.
    realistic.writer.insert("job_turns", [["snapshots", week.ms(now), 0.1, 0, ""]])
    try:
        fresh = said(realistic, now + timedelta(days=1))
    finally:
        realistic.writer.command("TRUNCATE TABLE job_turns")
    assert re.fullmatch(r"Up to date · last event (less than a minute|\d+ min) ago", fresh)


@pytest.mark.parametrize(
    ("chosen", "found"),
    [
        ({"region": ["ru"]}, {"zoom:1"}),
        ({"region": ["it's"]}, {"youtube:2"}),
        ({"region": ["ru", "it's"]}, {"zoom:1", "youtube:2"}),
        ({"course": ["C'est; DROP"], "region": ["it's"]}, {"youtube:2"}),
        ({"course": ["n/a"], "completeness": ["cancelled", "on_now"]}, {"zoom:4", "zoom:5"}),
        ({"platform": ["bizon"]}, {"bizon:unknown"}),
        ({"language": ["ru"], "format": ["live"]}, {"zoom:1"}),
        ({"weekday": ["5"]}, {"zoom:5"}),
        ({"source": ["vk", "mail"]}, {"zoom:1"}),
        ({"source": ["Walk-in"]}, {"zoom:1", "zoom:3", "bizon:unknown"}),
    ],
)
def test_filters(realistic: Database, chosen: dict[str, list[str]], found: set[str]) -> None:
    assert by_id(realistic.ask("webinars/schedule", chosen=chosen)).keys() == found


def test_a_source_has_its_own_numbers(realistic: Database) -> None:
    (row,) = realistic.ask("webinars/all_numbers", chosen={"source": ["vk"]})
    assert (row["registrations"], row["registered_visits"], row["walk_ins"], row["no_shows"]) == (7, 3, 0, 4)
    assert row["average_watch_seconds"] == row["watch_seconds"] / row["visits"]
    # Of a part of the people nobody says them.
    assert row["median_watch_seconds"] is row["peak_viewers"] is None


@pytest.mark.parametrize("variable", [name for name in NAMES if name != "people"])
@pytest.mark.parametrize("value", ["it's; DROP TABLE persons", "') OR 1=1 --", "', 'n/a", "x), ("])
def test_a_value_is_only_a_value(realistic: Database, variable: str, value: str) -> None:
    # The cheapest of the queries: test_dashboard.py says that they all filter with the same words.
    assert realistic.ask("webinars/without_start", chosen={variable: [value]}) == [{"webinars": 0}]
