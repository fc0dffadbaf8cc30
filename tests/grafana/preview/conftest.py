"""The preview on the week of tests/grafana/week.py, with the committed dashboards and one of all panel types."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from grafana.preview.dashboards import FOLDER
from tests.grafana.conftest import Database
from tests.grafana.preview.browser import MissingError, chromium
from tests.grafana.preview.preview import running


@pytest.fixture(scope="session")
def address(realistic: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the preview answers."""
    folder = tmp_path_factory.mktemp("dashboards")
    for path in [*FOLDER.rglob("*.json"), *(Path(__file__).parent / "dashboards").glob("*.json")]:
        shutil.copy(path, folder)
    with running(folder, realistic.config, standing=True) as found:
        yield found


@pytest.fixture(scope="session")
def devtools() -> Iterator[str]:
    """Headless Chromium. Without it the tests fail: nobody would have looked at the dashboards."""
    try:
        with chromium() as found:
            yield found
    except MissingError as reason:
        pytest.fail(str(reason), pytrace=False)
