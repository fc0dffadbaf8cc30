import os
from pathlib import Path

import pytest

from tests.funnel.stack.grafana.program import install_plugin


@pytest.fixture
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A stack's folder that has the plugin, on a machine that says nothing of a Grafana: no .env, nothing on PATH."""
    for name in [name for name in os.environ if name.startswith(("GF_", "GRAFANA_"))]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path / "grafana" / "bin"))
    folder = tmp_path / "data"
    install_plugin(folder / "grafana" / "plugins")
    return folder
