"""Every query of every dashboard, expanded as Grafana does, on the real server with the read-only user."""

import math
from collections.abc import Iterator
from datetime import datetime

import pytest

from grafana.base import AS_OF
from grafana.filters import NAMES
from tests.grafana import months, week
from tests.grafana.conftest import VARIABLES, Answer, Database
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


def check(query: Query, answer: Answer) -> None:
    """That Grafana can draw it."""
    assert not [one for one in answer.types if one.startswith(("Variant", "Array", "Tuple", "Map", "Dynamic"))]
    if query.series:
        assert answer.names[0] == "time"
        times = [row["time"] for row in answer.rows]
        assert times == sorted(times)
        assert all(isinstance(one, datetime) for one in times)
    elif "fieldConfig" not in query.panel or "transformations" in query.panel:
        assert columns(query) <= set(answer.names) or set(answer.names) <= columns(query)
    else:
        assert columns(query) == set(answer.names)
    if query.panel.get("type") == "stat":
        assert len(answer.rows) <= 1
    numbers = [value for row in answer.rows for value in row.values() if isinstance(value, float)]
    assert all(math.isfinite(number) for number in numbers)


@each_query
def test_a_query_gets_the_columns_that_its_panel_names(empty: Database, one_row: Database, query: Query) -> None:
    for database in (empty, one_row):
        check(query, database.answer(query.raw_sql, week.FROM, week.TO))


@each_query
def test_a_query_shows_something_of_two_months_wherever_the_server_stands(two_months: Database, query: Query) -> None:
    begin, end = (months.MIDDLE if query.page == "sources" else months.FROM), months.TO
    chosen = {"webinar": [months.slots()[0].webinar_id], "moment": ["range"]}
    found = two_months.answer(query.raw_sql, begin, end, chosen)
    assert found.rows or query.page not in {"webinars", "weeks", "sources"}
    check(query, found)
    assert two_months.answer(query.raw_sql, begin, end, chosen, zone="Pacific/Chatham") == found


@pytest.fixture(scope="module")
def unharmed(realistic: Database) -> Iterator[Database]:
    """The week's database. When all were asked, its persons are still there."""
    before = realistic.writer.query("SELECT count() FROM persons").first_row
    yield realistic
    assert realistic.writer.query("SELECT count() FROM persons").first_row == before


@each_query
def test_hostile_values_do_no_harm(unharmed: Database, query: Query) -> None:
    hostile = ["it's; DROP TABLE persons", "') OR 1=1 --", "x), (", "\\", "a\nb", "50 % & more +"]
    # Of people: test_people.py. What no address can give is not hostile.
    filters = {name: hostile for name in NAMES if name != "people"}
    switches = {name: ["\\') OR 1=1 --"] for name in VARIABLES if name not in (*NAMES, "at", AS_OF)}
    check(query, unharmed.answer(query.raw_sql, week.FROM, week.TO, filters | switches))
    if f"${{{AS_OF}:raw}}" in query.raw_sql:
        with pytest.raises(ValueError, match="a word only"):
            unharmed.answer(query.raw_sql, week.FROM, week.TO, {AS_OF: ["_at(at = now64(3)) --"]})


@pytest.mark.parametrize("variable", VARIABLE_QUERIES.values(), ids=lambda variable: str(variable["name"]))
def test_a_variable_gets_values_that_differ(any_database: Database, variable: Json) -> None:
    rows = any_database.run(variable["query"]["rawSql"], week.FROM, week.TO)
    values = [next(iter(row.values())) for row in rows]
    if len(rows) and len(rows[0]) == 1:
        assert values == sorted(set(values))
    assert len(values) == len(set(values))
    assert "" not in values
