"""Every query of the dashboard Webinars, expanded as Grafana does, on the real server with the read-only user."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from grafana import webinars
from grafana.panels import Json, sql
from tests.grafana import week
from tests.grafana.conftest import VARIABLES, Database, Row
from tests.grafana.expand import ALL, expand
from tests.rows import put

DASHBOARD = webinars.build()
PANELS = DASHBOARD["panels"]
QUERIED = [variable for variable in DASHBOARD["templating"]["list"] if variable["type"] == "query"]
NUMBERS = [
    "registrations",
    "registered_later",
    "visits_all",
    "registered_visits",
    "registered_visits_5m",
    "registered_visits_30m",
    "registered_visits_full",
    "conversion",
    "conversion_5m",
    "conversion_30m",
    "conversion_full",
    "walk_ins",
    "recording_viewers",
    "recording_views",
]


def by_id(rows: list[Row]) -> dict[str, Row]:
    return {row["webinar_id"]: row for row in rows}


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: str(panel["title"]))
def test_a_panel_gets_the_columns_that_it_names(any_database: Database, panel: Json) -> None:
    raw_sql = panel["targets"][0]["rawSql"]
    named = [override["matcher"]["options"] for override in panel["fieldConfig"]["overrides"]]
    assert [column["name"] for column in any_database.run(f"DESCRIBE ({raw_sql})", week.FROM, week.TO)] == named
    rows = any_database.run(raw_sql, week.FROM, week.TO)
    assert all(list(row) == named for row in rows)
    assert panel["type"] == "table" or len(rows) == 1


@pytest.mark.parametrize("variable", QUERIED, ids=lambda variable: str(variable["name"]))
def test_a_variable_gets_one_column_of_values(any_database: Database, variable: Json) -> None:
    rows = any_database.run(variable["query"]["rawSql"], week.FROM, week.TO)
    values = [row[variable["name"]] for row in rows]
    assert values == sorted(set(values))
    assert "" not in values


def test_values_to_choose_from(realistic: Database, empty: Database) -> None:
    assert [row["region"] for row in realistic.ask("variables/region")] == ["it's", "n/a", "ru"]
    assert [row["platform"] for row in realistic.ask("variables/platform")] == ["bizon", "youtube", "zoom"]
    assert empty.ask("variables/platform") == []


def test_the_schedule_holds_the_webinars_of_the_range_the_latest_first(realistic: Database) -> None:
    assert [row["title"] for row in realistic.ask("schedule")] == [
        "On now",
        "It's live",
        "SQL in an hour",
        "Too short",
        "Called off",
    ]


def test_a_finished_webinar_row(realistic: Database) -> None:
    row = by_id(realistic.ask("schedule"))["zoom:1"]
    assert row == {
        "local_start": "2025-11-10 19:00",
        "weekday": 1,
        "title": "SQL in an hour",
        "region": "ru",
        "course": "SQL",
        "language": "ru",
        "format": "live",
        "platform": "zoom",
        "completeness": "final",
        "registrations": 20,
        "registered_visits": 8,
        "conversion": 8 / 20,
        "registered_visits_5m": 6,
        "conversion_5m": 6 / 20,
        "registered_visits_30m": 4,
        "conversion_30m": 4 / 20,
        "registered_visits_full": 2,
        "conversion_full": 2 / 20,
        "visits_all": 11,
        "walk_ins": 3,
        "registered_later": 1,
        "recording_viewers": 2,
        "recording_views": 3,
        "webinar_id": "zoom:1",
    }


def test_the_schedule_says_what_the_funnel_says(realistic: Database) -> None:
    names = ", ".join(["webinar_id", "completeness", *NUMBERS])
    funnel = realistic.writer.query(f"SELECT {names} FROM funnel(at = fromUnixTimestamp64Milli({week.ms(week.TO)}))")
    expected = {row[0]: tuple(row) for row in funnel.result_rows}
    shown = realistic.ask("schedule")
    assert len(shown) == 5
    for row in shown:
        assert (row["webinar_id"], row["completeness"], *(row[name] for name in NUMBERS)) == expected[row["webinar_id"]]


def test_what_cannot_be_known_is_null_and_what_was_not_said_is_not_available(realistic: Database) -> None:
    rows = by_id(realistic.ask("schedule"))
    assert (rows["youtube:2"]["recording_viewers"], rows["youtube:2"]["recording_views"]) == (None, None)
    assert (rows["zoom:3"]["registered_visits_30m"], rows["zoom:3"]["conversion_30m"]) == (None, None)
    # Nobody registered: no percentage.
    assert (rows["zoom:3"]["registrations"], rows["zoom:3"]["conversion"]) == (0, None)
    assert rows["zoom:5"]["registered_visits_full"] is None
    assert rows["zoom:4"]["conversion"] is None
    assert (rows["zoom:4"]["course"], rows["zoom:4"]["format"]) == ("n/a", "n/a")


def test_totals_are_sums_and_the_percentage_is_sum_over_sum_of_those_that_have_begun(realistic: Database) -> None:
    (totals,) = realistic.ask("totals")
    # zoom:1 has 20 and 8, youtube:2 and zoom:5 have 1 and 1 each, zoom:4 was called off with 1 registration.
    assert totals == {"webinars": 5, "registrations": 23, "registered_visits": 10, "conversion": 10 / 22}


def test_totals_of_nothing_are_null(empty: Database, one_row: Database) -> None:
    nothing = {"webinars": 0, "registrations": None, "registered_visits": None, "conversion": None}
    assert empty.ask("totals") == [nothing]
    assert one_row.ask("totals")[0]["conversion"] is None


def test_webinars_without_a_time_are_counted_apart(realistic: Database, empty: Database) -> None:
    assert realistic.ask("without_start") == [{"webinars": 1}]
    assert realistic.ask("without_start", chosen={"platform": ["zoom"]}) == [{"webinars": 0}]
    assert empty.ask("without_start") == [{"webinars": 0}]


def test_a_past_moment_is_shown_as_it_stood(realistic: Database) -> None:
    before, during = (by_id(realistic.ask("schedule", end=week.MONDAY + week.minutes(m))) for m in (0, 6))
    assert before["zoom:1"]["completeness"] == during["zoom:1"]["completeness"] == "on_now"
    assert (before["zoom:1"]["registered_visits"], during["zoom:1"]["registered_visits"]) == (0, 8)
    assert (before["zoom:1"]["registered_visits_5m"], during["zoom:1"]["registered_visits_5m"]) == (None, 6)
    assert "zoom:5" not in during


def test_a_range_that_ends_in_the_future_is_shown_as_of_now(one_row: Database) -> None:
    now = datetime.now(UTC)
    put(one_row.writer, one_row.config, [week.webinar("zoom:9", now, starts_at=now + timedelta(days=2))])
    rows = by_id(one_row.ask("schedule", now - timedelta(days=7), now + timedelta(days=7)))
    assert {webinar_id: row["completeness"] for webinar_id, row in rows.items()} == {"zoom:9": "upcoming"}


def test_data_as_of(realistic: Database, empty: Database) -> None:
    now = datetime.now(UTC)
    (newest,) = realistic.ask("data_as_of", end=now + timedelta(days=1))
    assert abs(newest["data_as_of"] - week.ms(now)) < 600_000
    # Nothing had come in by then.
    assert realistic.ask("data_as_of", end=week.TO) == [{"data_as_of": None}]
    assert empty.ask("data_as_of", end=now) == [{"data_as_of": None}]


def test_the_servers_time_zone_changes_nothing(realistic: Database) -> None:
    end = week.MONDAY + week.minutes(6)
    text = expand(sql("webinars", "schedule"), dict.fromkeys(VARIABLES, ALL), week.ms(week.FROM), week.ms(end))
    elsewhere = realistic.writer.query(text, settings={"session_timezone": "Asia/Tokyo"}).result_rows
    assert elsewhere == realistic.writer.query(text, settings={"session_timezone": "UTC"}).result_rows


@pytest.mark.parametrize(
    ("chosen", "found"),
    [
        ({"region": ["ru"]}, {"zoom:1"}),
        ({"region": ["it's"]}, {"youtube:2"}),
        ({"region": ["ru", "it's"]}, {"zoom:1", "youtube:2"}),
        ({"course": ["C'est; DROP"], "region": ["it's"]}, {"youtube:2"}),
        ({"course": ["n/a"], "completeness": ["cancelled", "on_now"]}, {"zoom:4", "zoom:5"}),
        ({"platform": ["bizon"]}, set()),
        ({"language": ["ru"], "format": ["live"]}, {"zoom:1"}),
    ],
)
def test_filters(realistic: Database, chosen: dict[str, list[str]], found: set[str]) -> None:
    assert by_id(realistic.ask("schedule", chosen=chosen)).keys() == found


def test_totals_are_filtered_too(realistic: Database) -> None:
    assert realistic.ask("totals", chosen={"region": ["ru", "it's"]})[0]["webinars"] == 2


@pytest.mark.parametrize("variable", VARIABLES)
@pytest.mark.parametrize("value", ["it's; DROP TABLE persons", "') OR 1=1 --", "', 'n/a", "x), ("])
def test_a_value_is_only_a_value(realistic: Database, variable: str, value: str) -> None:
    # The cheapest of the queries: test_dashboard.py says that they all filter with the same words.
    assert realistic.ask("without_start", chosen={variable: [value]}) == [{"webinars": 0}]


def test_hostile_values_do_no_harm(realistic: Database) -> None:
    before = realistic.writer.query("SELECT count() FROM persons").first_row
    hostile = {variable: ["it's; DROP TABLE persons", "'"] for variable in VARIABLES}
    assert realistic.ask("schedule", chosen=hostile) == []
    assert realistic.writer.query("SELECT count() FROM persons").first_row == before


def test_each_step_is_a_part_of_the_one_before(realistic: Database) -> None:
    steps = ["registrations", "registered_visits", "registered_visits_5m", "registered_visits_30m"]
    for row in realistic.ask("schedule"):
        known = [row[step] for step in steps if row[step] is not None]
        assert all(before >= after for before, after in pairwise(known))
