"""The preview on the days of the demo's generator, with the committed dashboards, and on the week of
tests/grafana/week.py with a dashboard of all panel types."""

import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from grafana.preview.dashboards import FOLDER
from tests.grafana import school
from tests.grafana.conftest import Database, database
from tests.grafana.preview.browser import MissingError, chromium
from tests.grafana.preview.preview import running
from tests.servers.clickhouse import Server


@pytest.fixture(scope="session")
def address(realistic: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the preview answers."""
    folder = tmp_path_factory.mktemp("dashboards")
    for path in [*FOLDER.rglob("*.json"), *(Path(__file__).parent / "dashboards").glob("*.json")]:
        shutil.copy(path, folder)
    with running(folder, realistic.config) as found:
        yield found


@pytest.fixture(scope="session")
def school_address(clickhouse_server: Server) -> Iterator[str]:
    """Where the preview answers about five weeks of a school, with a webinar that is on now."""
    now = int(time.time() * 1000)
    with (
        database(clickhouse_server, "grafana_school", [*school.events(now)]) as one,
        running(FOLDER, one.config) as found,
    ):
        yield found


@pytest.fixture(scope="session")
def devtools() -> Iterator[str]:
    """Headless Chromium. Without it the tests fail: nobody would have looked at the dashboards."""
    try:
        with chromium() as found:
            yield found
    except MissingError as reason:
        pytest.fail(str(reason), pytrace=False)
