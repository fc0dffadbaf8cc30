"""Databases that the dashboards are asked about, as Grafana asks: with the read-only user."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
from clickhouse_connect.driver.client import Client

from clickhouse.client import connect
from clickhouse.migrate import create_database, migrate
from grafana.base import sql
from grafana.filters import NAMES
from streams.settings import Settings
from tests.grafana import week
from tests.grafana.expand import ALL, expand
from tests.rows import put
from tests.servers.clickhouse import Server

Row = dict[str, Any]


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
        """The rows of the query grafana/queries/<name>.sql. What is not in `chosen` is All."""
        return self.run(sql(*name.split("/")), begin, end, chosen)

    def run(
        self, raw_sql: str, begin: datetime, end: datetime, chosen: dict[str, list[str]] | None = None
    ) -> list[Row]:
        variables = dict.fromkeys(NAMES, ALL) | (chosen or {})
        result = self.reader.query(expand(raw_sql, variables, week.ms(begin), week.ms(end)))
        return [dict(zip(result.column_names, row, strict=True)) for row in result.result_rows]


@pytest.fixture(scope="session")
def realistic(clickhouse_server: Server) -> Iterator[Database]:
    """The week of tests/grafana/week.py."""
    with database(clickhouse_server, "grafana_week", week.events()) as one:
        yield one


@pytest.fixture(scope="session")
def empty(clickhouse_server: Server) -> Iterator[Database]:
    """Nothing but the schema."""
    with database(clickhouse_server, "grafana_empty", []) as one:
        yield one


@pytest.fixture(scope="session")
def one_row(clickhouse_server: Server) -> Iterator[Database]:
    """A single webinar of which only its time is known."""
    said = [week.webinar("zoom:1", week.MONDAY, starts_at=week.MONDAY)]
    with database(clickhouse_server, "grafana_one", said) as one:
        yield one


@pytest.fixture(params=["realistic", "empty", "one_row"])
def any_database(request: pytest.FixtureRequest) -> Database:
    database: Database = request.getfixturevalue(request.param)
    return database


@contextmanager
def database(server: Server, name: str, events: list[week.Event]) -> Iterator[Database]:
    """A database of this name with these events."""
    config = server.settings().model_copy(update={"clickhouse_database": name})
    writer = create_database(config)
    migrate(writer, config)
    if events:
        put(writer, config, events)
    reader = connect(config, user="reader")
    yield Database(config, writer, reader)
    reader.close()
    writer.close()
