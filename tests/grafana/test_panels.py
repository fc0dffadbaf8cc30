"""Every query of every dashboard, expanded as Grafana does, on the real server with the read-only user."""

import math
from datetime import datetime
from typing import Any

import pytest

from tests.grafana import months, week
from tests.grafana.conftest import VARIABLES, Database, Row
from tests.grafana.pages import PAGES, Json, Query, queried_variables, queries

QUERIES = [query for page in PAGES.values() for query in queries(page)]
VARIABLE_QUERIES = {v["query"]["rawSql"]: v for page in PAGES.values() for v in queried_variables(page)}

each_query = pytest.mark.parametrize("query", QUERIES, ids=str)


def columns(query: Query) -> set[str]:
    """The columns that the panel names. Where rows become columns, those that this needs."""
    for transformation in query.panel.get("transformations", []):
        if transformation["id"] == "groupingToMatrix":
            return {transformation["options"][name] for name in ("rowField", "columnField", "valueField")}
    if "fieldConfig" not in query.panel:
        return {"time", "timeEnd", "title", "text", "tags"}
    return {override["matcher"]["options"] for override in query.panel["fieldConfig"]["overrides"]}


def check(query: Query, names: list[str], rows: list[Row]) -> None:
    """That Grafana can draw it."""
    if query.series:
        assert names[0] == "time"
        times = [row["time"] for row in rows]
        assert times == sorted(times)
        assert all(isinstance(one, datetime) for one in times)
    elif "fieldConfig" not in query.panel or "transformations" in query.panel:
        assert columns(query) <= set(names) or set(names) <= columns(query)
    else:
        assert columns(query) == set(names)
    if query.panel.get("type") == "stat":
        assert len(rows) <= 1
    for row in rows:
        assert all(plain(value) for value in row.values()), row


def plain(value: Any) -> bool:
    """Text, number, time or nothing: what the data source would hand on as such."""
    return not isinstance(value, list | tuple | dict) and not (isinstance(value, float) and not math.isfinite(value))


@each_query
def test_a_query_gets_the_columns_that_its_panel_names(any_database: Database, query: Query) -> None:
    described = any_database.run(f"DESCRIBE ({query.raw_sql})", week.FROM, week.TO)
    assert not [one for one in described if one["type"].startswith(("Variant", "Array", "Tuple", "Map", "Dynamic"))]
    check(query, [one["name"] for one in described], any_database.run(query.raw_sql, week.FROM, week.TO))


OF_A_PERIOD = [query for query in QUERIES if query.page in {"webinars", "weeks", "sources"}]


@pytest.mark.parametrize("query", OF_A_PERIOD, ids=str)
def test_a_query_shows_something_of_two_months(two_months: Database, query: Query) -> None:
    end = months.MIDDLE if "sources" in query.page else months.TO
    rows = two_months.run(query.raw_sql, months.FROM, end)
    assert rows
    check(query, list(rows[0]), rows)


@each_query
def test_hostile_values_do_no_harm(realistic: Database, query: Query) -> None:
    before = realistic.writer.query("SELECT count() FROM persons").first_row
    for value in ("it's; DROP TABLE persons", "') OR 1=1 --", "x), ("):
        realistic.run(query.raw_sql, week.FROM, week.TO, dict.fromkeys(VARIABLES, [value]))
    assert realistic.writer.query("SELECT count() FROM persons").first_row == before


@pytest.mark.parametrize("variable", VARIABLE_QUERIES.values(), ids=lambda variable: str(variable["name"]))
def test_a_variable_gets_values_that_differ(any_database: Database, variable: Json) -> None:
    rows = any_database.run(variable["query"]["rawSql"], week.FROM, week.TO)
    values = [next(iter(row.values())) for row in rows]
    if len(rows) and len(rows[0]) == 1:
        assert values == sorted(set(values))
    assert len(values) == len(set(values))
    assert "" not in values


def test_the_servers_time_zone_changes_nothing(two_months: Database) -> None:
    for query in QUERIES:
        answers = [
            two_months.run(query.raw_sql, months.FROM, months.TO, zone=zone) for zone in ("UTC", "Pacific/Chatham")
        ]
        assert answers[0] == answers[1], str(query)
