"""The school whose numbers leave it, in a database of its own."""

from collections.abc import Iterator

import pytest

from streams.settings import Settings
from tests.funnel.answers.school import events
from tests.rows import put
from tests.servers.clickhouse import Server
from tests.servers.databases import lent_database


@pytest.fixture(scope="session")
def school(clickhouse_server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Settings that lead to it, with a data folder that is empty."""
    with lent_database(clickhouse_server) as (config, client):
        put(client, config, events())
        yield config.model_copy(update={"data_dir": tmp_path_factory.mktemp("data")})


@pytest.fixture
def at_school(school: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The same as the settings of this process."""
    for name in ("clickhouse_port", "clickhouse_database", "data_dir"):
        monkeypatch.setenv(f"FUNNEL_{name.upper()}", str(getattr(school, name)))
    return school
