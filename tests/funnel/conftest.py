"""A real ClickHouse for each test process, a database of its own for each test."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from clickhouse_connect.driver.client import Client

from clickhouse.migrate import create_database, migrate
from streams.settings import Settings
from tests.servers.clickhouse import Server, embedded_clickhouse

_numbers = count(1)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with embedded_clickhouse(Path(tmp_path_factory.mktemp("clickhouse")) / "data") as running:
        yield running


@pytest.fixture
def config(server: Server) -> Settings:
    """Settings of a new database, migrated."""
    return server.settings().model_copy(update={"clickhouse_database": f"test_{next(_numbers)}"})


@pytest.fixture
def store(config: Settings) -> Iterator[Client]:
    """A writing client in that database."""
    client = create_database(config)
    migrate(client, config)
    yield client
    client.close()
