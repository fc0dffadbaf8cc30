"""Every statement gives the same rows, however the engine goes about it (docs/decisions/0023-outer-joins.md)."""

import re
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any, NamedTuple

import pytest
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import ClickHouseError

from alerts.digest import compose
from alerts.read import Reader
from alerts.settings import AlertSettings
from clickhouse.at import at_parameter
from clickhouse.client import connect
from clickhouse.inline import inlined
from clickhouse.migrate import views
from contract.instants import DAY, MINUTE
from funnel.business.store import Store as BusinessStore
from funnel.cli.compare import ids, reported
from funnel.report import numbers as report
from funnel.report.watch import look
from grafana import alerting
from streams.jobs.snapshots import snapshot_of
from tests.grafana import school
from tests.grafana.conftest import VARIABLES, Database
from tests.grafana.expand import expand
from tests.grafana.pages import PAGES, queried_variables, queries
from tests.grafana.played import TOTALS_ONLY

AS_WRITTEN = {"query_plan_join_swap_table": "false", "prefer_column_name_to_alias": "0"}
TURNED = {"query_plan_join_swap_table": "true", "prefer_column_name_to_alias": "1"}
_TYPES = {
    "at": "DateTime64(3, 'UTC')",
    "webinar_id": "String",
    "webinar_ids": "Array(String)",
    "elapsed": "Int64",
    "people": "String",
    "since": "Int64",
    "until": "Int64",
}
_VALUES = {
    "at": at_parameter(school.AT),
    "webinar_id": school.LIVE,
    "webinar_ids": [school.LIVE, school.WEAK],
    "elapsed": 40 * MINUTE,
    "people": "new",
    "since": school.AT - 40 * DAY,
    "until": school.AT,
}
_STATES = {"event_minutes_at"}
"""Views with states of aggregates, which the client cannot read; panels read them."""

pytestmark = pytest.mark.system


class Statement(NamedTuple):
    """Something that is asked of ClickHouse."""

    name: str
    ask: Callable[[Client], Any]


def test_its_data_has_what_is_told_of_webinars_as_a_whole(played: Database) -> None:
    asked = "SELECT count() FROM top_at(at = {at:DateTime64(3, 'UTC')}) WHERE invited > 0 AND page_views > 0"
    assert played.reader.query(asked, parameters=_VALUES).result_rows[0][0] >= 3
    (row,) = (one for one in report.answer(played.reader, report.Question(school.AT)) if one["totals_only"])
    assert (row["webinar_id"], row["registrations"], row["invited"]) == (TOTALS_ONLY, 90, 5_003)


def test_every_statement_gives_the_same_rows_however_the_engine_goes_about_it(played: Database) -> None:
    with (
        closing(connect(played.config, user="writer")) as written,
        closing(connect(played.config, user="writer")) as turned,
    ):
        for client, changes in ((written, AS_WRITTEN), (turned, TURNED)):
            for name, value in changes.items():
                client.set_client_setting(name, value)
        found = {one.name: (answered(one, written), answered(one, turned)) for one in statements()}
    assert {name: both for name, both in found.items() if isinstance(both[0], ClickHouseError)} == {}
    assert {name: both for name, both in found.items() if both[0] != both[1]} == {}


def answered(statement: Statement, client: Client) -> Any:
    """What is answered, in an order of its own; or the error."""
    try:
        return in_order(statement.ask(client))
    except ClickHouseError as error:
        return error


def in_order(found: Any) -> Any:
    """Rows have an order only where somebody looks at it."""
    if isinstance(found, dict):
        return {name: in_order(value) for name, value in found.items()}
    return sorted(map(repr, found)) if isinstance(found, list) else found


def statements() -> Iterator[Statement]:
    """Those of dashboards, alert rules, views and Python. Those that write have tests of their own."""
    texts: dict[str, str] = {}
    for name, raw_sql in asked_by_grafana():
        chosen = {**VARIABLES, "at": str(school.AT), "webinar": [school.LIVE]}
        texts.setdefault(expand(raw_sql, chosen, school.AT - 28 * DAY, school.AT), name)
    for text in inlined([statement for _, statement in views()]):
        name = text.split()[4]
        used = [f"{one} = {{{one}:{_TYPES[one]}}}" for one in sorted(set(re.findall(r"\{(\w+):[A-Z]", text)))]
        if name not in _STATES:
            texts[f"SELECT * FROM {name}" + (f"({', '.join(used)})" if used else "")] = f"view {name}"
    texts[snapshot_of(at_parameter(school.AT))] = "snapshots"
    for text, name in texts.items():
        yield Statement(name, lambda client, text=text: rows(client, text))  # type: ignore[misc]
    yield from asked_by_python()


def rows(client: Client, text: str) -> list[Any]:
    return list(client.query(text, parameters=_VALUES if "{" in text else None).result_rows)


def asked_by_grafana() -> Iterator[tuple[str, str]]:
    for uid, page in PAGES.items():
        yield from ((f"panel {query}", query.raw_sql) for query in queries(page))
        yield from ((f"{uid} {one['name']}", one["query"]["rawSql"]) for one in queried_variables(page))
    yield from ((f"rule {rule.uid}", alerting.query(rule.uid)) for _, rules in alerting.RULES for rule in rules)


def asked_by_python() -> Iterator[Statement]:
    at, pair = school.AT, (school.LIVE, school.WEAK)
    for by in ((), ("week",), ("source_group",), ("course", "people")):
        question = report.Question(at, by)
        yield Statement(f"report {by}", lambda client, question=question: report.answer(client, question))  # type: ignore[misc]
    yield Statement("report of a webinar", lambda client: report.by_webinar_and_source(client, report.Question(at)))
    yield Statement("data as of", lambda client: report.data_as_of(client, pair))
    yield Statement("watch", lambda client: look(client, at))
    yield Statement("compare", lambda client: list(ids(client, school.LIVE, at)))
    yield Statement("compare reported", lambda client: reported(client, school.WEAK, at))
    yield Statement("alerts held", lambda client: Reader(client).webinars(at))
    yield Statement("alerts finals", lambda client: Reader(client).finals(at))
    yield Statement("alerts curves", lambda client: [vars(one) for one in Reader(client).curves(pair, at).values()])
    yield Statement("alerts cells", lambda client: Reader(client).cells(pair, 40 * MINUTE, "visits", at))
    yield Statement("digest", lambda client: compose(client, AlertSettings(_env_file=None), at, "daily"))
    yield Statement("week's page", lambda client: compose(client, AlertSettings(_env_file=None), at, "weekly"))
    yield Statement("sources", lambda client: BusinessStore(client).source_counts())
    yield Statement("catalogue", lambda client: list(BusinessStore(client).webinars(pair)))
