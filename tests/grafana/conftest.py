"""Databases that the dashboards are asked about, as Grafana asks: with the read-only user."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import pytest
from clickhouse_connect.driver.client import Client

from clickhouse.client import connect
from grafana.base import sql
from grafana.variables import opened_with
from streams.jobs.ended_timelines import write_timelines
from streams.jobs.settled_counts import write_settled_counts
from streams.settings import Settings
from streams.store import Store
from tests.grafana import months, week
from tests.grafana.expand import expand
from tests.grafana.pages import PAGES
from tests.rows import put
from tests.servers.clickhouse import Server
from tests.servers.databases import lent_database

Row = dict[str, Any]

VARIABLES = {name: value for page in PAGES.values() for name, value in opened_with(page).items()}
"""Of all pages: the value that a variable has when a page is opened."""


class Answer(NamedTuple):
    """What a query returns."""

    names: list[str]
    types: list[str]
    rows: list[Row]


@dataclass
class Database:
    """One database and its two users."""

    config: Settings
    writer: Client
    reader: Client

    def ask(
        self,
        name: str,
        begin: datetime = week.FROM,
        end: datetime = week.TO,
        chosen: dict[str, list[str]] | None = None,
    ) -> list[Row]:
        """The rows of the query grafana/queries/<name>.sql. What is not in `chosen` is as when the page is opened."""
        folder, _, stem = name.partition("/")
        return self.run(sql(folder, stem), begin, end, chosen)

    def run(
        self, raw_sql: str, begin: datetime, end: datetime, chosen: dict[str, list[str]] | None = None
    ) -> list[Row]:
        """The rows of a query as a dashboard has it."""
        return list(self.reader.query(_expanded(raw_sql, begin, end, chosen)).named_results())

    def answer(
        self,
        raw_sql: str,
        begin: datetime,
        end: datetime,
        chosen: dict[str, list[str]] | None = None,
        *,
        zone: str = "",
    ) -> Answer:
        """The same with names and types. `zone`: of the server, if not its own."""
        # The reader may change no setting.
        client = self.writer if zone else self.reader
        text = _expanded(raw_sql, begin, end, chosen)
        settings = {"session_timezone": zone} if zone else {}
        result = client.query(text, settings=settings)
        names, types = list(result.column_names), [one.name for one in result.column_types]
        if not names:
            # Of no rows the client gives no names. The server takes as long to tell them as to answer.
            described = client.query(f"DESCRIBE ({text})", settings=settings).result_rows
            names, types = [row[0] for row in described], [row[1] for row in described]
        return Answer(names, types, [dict(zip(names, row, strict=True)) for row in result.result_rows])


def _expanded(raw_sql: str, begin: datetime, end: datetime, chosen: dict[str, list[str]] | None) -> str:
    values = {**VARIABLES, "at": str(week.ms(end)), **(chosen or {})}
    return expand(raw_sql, values, week.ms(begin), week.ms(end))


@pytest.fixture(scope="session")
def realistic(clickhouse_server: Server) -> Iterator[Database]:
    """The week of tests/grafana/week.py."""
    with database(clickhouse_server, week.events()) as one:
        yield one


@pytest.fixture(scope="session")
def played(clickhouse_server: Server) -> Iterator[Database]:
    """What the demo plays, with everything that is written of it; what has ended is settled, what is on is not."""
    from tests.grafana.played import played

    with played(clickhouse_server) as one:
        asyncio.run(write_settled_counts(Store(one.config), margin_seconds=0))
        yield one


@pytest.fixture(scope="session")
def two_months(clickhouse_server: Server) -> Iterator[Database]:
    """The webinars of tests/grafana/months.py."""
    with database(clickhouse_server, [*months.events()]) as one:
        yield one


@pytest.fixture(scope="session")
def empty(clickhouse_server: Server) -> Iterator[Database]:
    """Nothing but the schema."""
    with database(clickhouse_server, []) as one:
        yield one


@pytest.fixture(scope="session")
def one_row(clickhouse_server: Server) -> Iterator[Database]:
    """A single webinar of which only its time is known."""
    said = [week.webinar("zoom:1", week.MONDAY, starts_at=week.MONDAY)]
    with database(clickhouse_server, said) as one:
        yield one


@pytest.fixture(params=["realistic", "empty", "one_row"])
def any_database(request: pytest.FixtureRequest) -> Database:
    database: Database = request.getfixturevalue(request.param)
    return database


@contextmanager
def database(server: Server, events: list[week.Event], *, when_received: bool = False) -> Iterator[Database]:
    """A database with these events, as workers and their timer leave it. `when_received`: see tests/rows.py."""
    with lent_database(server) as (config, writer):
        if events:
            put(writer, config, events, when_received=when_received)
            asyncio.run(write_timelines(Store(config)))
        reader = connect(config, user="reader")
        yield Database(config, writer, reader)
        reader.close()
