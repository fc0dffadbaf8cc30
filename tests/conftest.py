"""Fixtures of every suite: real servers, started once a test process on free ports and in folders of their own."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from clickhouse_connect.driver.client import Client
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from clickhouse.client import connect
from clickhouse.migrate import create_database, migrate, write_rules
from streams.settings import Settings
from tests.servers.clickhouse import PASSWORDS, Server, embedded_clickhouse

# Whoever runs the tests may have settings of an installation of their own, such as those of a demo that is up.
for _name in [name for name in os.environ if name.startswith("FUNNEL_") and name != "FUNNEL_SCREENSHOTS"]:
    del os.environ[_name]
os.environ.update(PASSWORDS)

hypothesis_settings.register_profile(
    "shared-machine", deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
hypothesis_settings.register_profile("repeatable", hypothesis_settings.get_profile("shared-machine"), derandomize=True)
hypothesis_settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "shared-machine"))


TOGETHER = ("e2e", "transport", "alerts")
"""Folders whose tests share servers, workers or a database: in one test process, so that these are made once."""
LONGEST = (
    "test_numbers.py",
    "test_storm.py",
    "test_outages.py",
    "test_browser.py",
    "test_dashboards.py",
    "test_panels.py",
)
"""Modules that start first: one of them alone at the end would leave the other core idle."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Puts the longest modules to the front; the order within a module stays. What is to run together is a group.

    First of all, because pytest-xdist writes the groups that it finds into the names of the tests.
    """
    items.sort(key=lambda item: item.path.name not in LONGEST and item.path.parent.name not in TOGETHER)
    for item in items:
        folder = item.path.parent.name
        if item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(folder if folder in TOGETHER else str(item.path)))


@pytest.fixture(scope="session")
def clickhouse_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The embedded ClickHouse of this test process."""
    folder: Path = tmp_path_factory.mktemp("clickhouse")
    with embedded_clickhouse(folder) as server:
        yield server


@pytest.fixture(scope="session")
def config(clickhouse_server: Server) -> Settings:
    """Settings that lead to the embedded server; the schema is there."""
    config = Settings(_env_file=None, clickhouse_port=clickhouse_server.port)
    migrate(create_database(config), config)
    return config


@pytest.fixture(scope="session")
def client(config: Settings) -> Iterator[Client]:
    """A client that may write, and make tables."""
    client = connect(config, user="migrator")
    yield client
    client.close()


@pytest.fixture(scope="session")
def _emptied(clickhouse_server: Server) -> Settings:
    """Leads to a database that has the schema, for one test after the other: to make it takes a second."""
    config = Settings(_env_file=None, clickhouse_port=clickhouse_server.port, clickhouse_database="one_test")
    migrate(create_database(config), config)
    return config


@pytest.fixture
def own_config(_emptied: Settings) -> Settings:
    """Settings that lead to a database that has the schema and no rows, of this test alone."""
    client = create_database(_emptied)
    filled = client.query(
        "SELECT name FROM system.tables WHERE database = currentDatabase() AND total_rows > 0"
        " AND name NOT IN ('rules', 'schema_migrations')"
    ).result_rows
    for (table,) in filled:
        client.command(f"TRUNCATE TABLE {table} SYNC")
    write_rules(client, _emptied)
    client.close()
    return _emptied


@pytest.fixture
def store(own_config: Settings) -> Iterator[Client]:
    """A client that may write in that database, and make tables."""
    client = connect(own_config, user="migrator")
    yield client
    client.close()


@pytest.fixture
def bare_config(clickhouse_server: Server, request: pytest.FixtureRequest) -> Settings:
    """Settings that lead to a database that is not there."""
    name = f"bare_{abs(hash(request.node.nodeid)) % 10**9}"
    return Settings(_env_file=None, clickhouse_port=clickhouse_server.port, clickhouse_database=name)
