"""Fixtures of every suite: real servers, started once a test process on free ports and in folders of their own."""

import gc
import os
from collections.abc import Generator, Iterator
from functools import cache
from pathlib import Path

import pytest
from clickhouse_connect.driver.client import Client
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from clickhouse.client import connect
from clickhouse.migrate import create_database, migrate
from streams.settings import Settings
from tests.memory_disk import use_memory
from tests.quick import Guard, is_quick, may_start
from tests.servers.clickhouse import PASSWORDS, Server, embedded_clickhouse
from tests.servers.databases import empty, lent_database
from tests.servers.kafka import KafkaServer, local_kafka

# Whoever runs the tests may have settings of an installation of their own, such as those of a demo that is up.
for _name in [name for name in os.environ if name.startswith("FUNNEL_") and name != "FUNNEL_SCREENSHOTS"]:
    del os.environ[_name]
os.environ.update(PASSWORDS)
use_memory(os.environ)

hypothesis_settings.register_profile(
    "shared-machine", deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
hypothesis_settings.register_profile("repeatable", hypothesis_settings.get_profile("shared-machine"), derandomize=True)
hypothesis_settings.register_profile("quick", hypothesis_settings.get_profile("shared-machine"), max_examples=10)
hypothesis_settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "shared-machine"))


TOGETHER = {
    "e2e": ("e2e",),
    "grafana": ("grafana",),
    "kafka": (
        "streams/transport",
        "streams/test_create_topics.py",
        "streams/test_lag.py",
        "connectors/pipeline/test_following.py",
        "connectors/pipeline/test_lease.py",
        "connectors/pipeline/test_polling.py",
        "connectors/pipeline/test_shared_cursors.py",
        "connectors/webhooks/test_outage.py",
        "connectors/webhooks/test_several.py",
        "funnel/doctor/test_gather.py",
        "funnel/erasure/test_cursors.py",
        "funnel/report/test_verify.py",
        "funnel/stack/kafka/test_node.py",
        "process/test_topics.py",
    ),
    "browser": (
        "grafana/preview/test_access.py",
        "grafana/preview/test_browser.py",
        "grafana/preview/test_dashboards.py",
        "grafana/preview/test_page.py",
        "grafana/test_engine.py",
    ),
    "store": (
        "clickhouse",
        "contract/test_reports.py",
        "funnel/backup/test_tables.py",
        "funnel/erasure/test_tables.py",
        "funnel/rebuild",
        "layers/test_one_way.py",
        "layers/test_store_readme.py",
        "streams/jobs",
        "streams/test_store.py",
    ),
    "report": (
        "funnel/answers",
        "funnel/api",
        "funnel/business",
        "funnel/cli/test_app.py",
        "funnel/cli/test_report.py",
        "funnel/mcp",
        "funnel/report",
    ),
    "alerts": ("alerts",),
    "embedded": ("clickhouse/embedded",),
}
"""Tests that share servers, workers or a database: in one test process, so that these are made once."""
LONGEST = (
    "grafana",
    "store",
    "report",
    "kafka",
    "e2e",
    "alerts",
    "test_outages.py",
    "test_numbers.py",
    "test_storm.py",
    "test_choice.py",
    "npm",
    "embedded",
    "go",
    "browser",
)
"""Groups and modules that start first: one of them alone at the end would leave the other core idle."""
_GUARD = Guard()
_TESTS = Path(__file__).parent
_GROUPS = {_TESTS / path: name for name, paths in TOGETHER.items() for path in paths}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--quick", action="store_true", help="Only tests that start no server and no process.")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Of modules that a quick run leaves out nothing is even imported."""
    wanted = not config.getoption("--quick") or collection_path.suffix != ".py" or not may_start(collection_path)
    return None if wanted else True


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Looks for no garbage meanwhile, and never again among what was made: it all stays, and is half of the time."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, bool, bool]:
    """Holds what passes for quick to it, in every run."""
    _GUARD.on = is_quick(item)
    try:
        return (yield)
    finally:
        _GUARD.on = False


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Puts the longest groups to the front; the order within a module stays.

    First of all, because pytest-xdist writes the groups that it finds into the names of the tests.
    """
    if config.getoption("--quick"):
        items[:] = [item for item in items if is_quick(item)]
    for item in items:
        if item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(_group(item.path)))
    items.sort(key=_rank)


@cache
def _group(path: Path) -> str:
    """Of a module, of its folder, or its own."""
    return _GROUPS.get(path) or _GROUPS.get(path.parent) or str(path)


def _rank(item: pytest.Item) -> int:
    (group,) = item.get_closest_marker("xdist_group").args  # type: ignore[union-attr]
    return _rank_of(group)


@cache
def _rank_of(group: str) -> int:
    name = Path(group).name
    return LONGEST.index(name) if name in LONGEST else len(LONGEST)


@pytest.fixture(scope="session")
def clickhouse_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The embedded ClickHouse of this test process."""
    folder: Path = tmp_path_factory.mktemp("clickhouse")
    with embedded_clickhouse(folder) as server:
        yield server


@pytest.fixture(scope="session")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KafkaServer]:
    """The Kafka of this test process. Whoever needs it without topics calls its `empty`."""
    with local_kafka(tmp_path_factory.mktemp("kafka")) as server:
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
def _emptied(clickhouse_server: Server) -> Iterator[tuple[Settings, Client]]:
    """A database that has the schema, for one test after the other."""
    with lent_database(clickhouse_server) as lent:
        yield lent


@pytest.fixture
def own_config(_emptied: tuple[Settings, Client]) -> Settings:
    """Settings that lead to a database that has the schema and no rows, of this test alone."""
    config, client = _emptied
    empty(client, config)
    return config


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
