"""A database as workers see it, for tests of what their timers write."""

from dataclasses import dataclass

import pytest
from clickhouse_connect.driver.client import Client

from streams.settings import Settings
from streams.store import Store
from tests.contract_events import Event
from tests.rows import put


@dataclass
class Database:
    """A database, and how workers see it."""

    config: Settings
    client: Client
    store: Store

    def put(self, *events: Event) -> None:
        put(self.client, self.config, events)


@pytest.fixture
def database(own_config: Settings, store: Client) -> Database:
    """A database of this test alone."""
    return Database(own_config, store, Store(own_config))
