"""A database of its own for each test that reads the whole store."""

from collections.abc import Iterator
from itertools import count

import pytest
from clickhouse_connect.driver.client import Client

from clickhouse.migrate import create_database, migrate
from streams.settings import Settings
from tests.servers.clickhouse import Server

_numbers = count(1)


@pytest.fixture
def own_config(clickhouse_server: Server) -> Settings:
    """Settings that lead to a database of this test alone."""
    return Settings(
        _env_file=None, clickhouse_port=clickhouse_server.port, clickhouse_database=f"test_{next(_numbers)}"
    )


@pytest.fixture
def store(own_config: Settings) -> Iterator[Client]:
    """A client that may write in that database; the schema is there."""
    client = create_database(own_config)
    migrate(client, own_config)
    yield client
    client.close()
