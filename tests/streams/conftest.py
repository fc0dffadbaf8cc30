"""A database as workers see it, for tests of what their timers write."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from clickhouse_connect.driver.client import Client

from clickhouse.client import connect
from clickhouse.migrate import create_database, migrate
from streams.settings import Settings
from streams.store import Store
from tests.contract_events import Event
from tests.rows import put
from tests.servers.clickhouse import Server


@dataclass
class Database:
    """A database, and how workers see it."""

    config: Settings
    client: Client
    store: Store

    def put(self, *events: Event) -> None:
        put(self.client, self.config, events)


@pytest.fixture
def database(clickhouse_server: Server, request: pytest.FixtureRequest) -> Iterator[Database]:
    """A database of this test alone."""
    name = f"streams_{abs(hash(request.node.nodeid)) % 10**9}"
    config = Settings(_env_file=None, clickhouse_port=clickhouse_server.port, clickhouse_database=name)
    migrate(create_database(config), config)
    client = connect(config, user="writer")
    yield Database(config, client, Store(config))
    client.command(f"DROP DATABASE {name} SYNC")
    client.close()
