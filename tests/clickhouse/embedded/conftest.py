"""One real embedded server for all tests of this folder."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import urllib3

from tests.clickhouse.embedded.asking import Asker
from tests.servers.clickhouse import Server, embedded_clickhouse


@pytest.fixture(scope="session")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with embedded_clickhouse(tmp_path_factory.mktemp("clickhouse") / "data") as server:
        yield server


@pytest.fixture
def ask(embedded: Server) -> Asker:
    return Asker(embedded, urllib3.PoolManager(maxsize=32))


@pytest.fixture
def table(ask: Asker, request: pytest.FixtureRequest) -> Iterator[str]:
    """A table (k UInt64, raw String) of this test only."""
    name = f"t.t{abs(hash(request.node.nodeid))}"
    ask.text("CREATE DATABASE IF NOT EXISTS t ENGINE = Atomic")
    ask.text(f"CREATE TABLE {name} (k UInt64, raw String) ENGINE = MergeTree ORDER BY k")
    yield name
    ask.text(f"DROP TABLE {name} SYNC")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data"
