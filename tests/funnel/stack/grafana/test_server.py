"""The Grafana of this machine as `funnel up` runs it. A script stands on PATH: registries have no Grafana."""

import io
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from pydantic import SecretStr
from rich.console import Console

from funnel.stack.child import Plan
from funnel.stack.commands import down, shown_by, status, up_plan
from funnel.stack.errors import StackError
from funnel.stack.grafana.server import command
from funnel.stack.grafana.settings import GrafanaSettings, installed
from funnel.stack.plan import stack_plan
from funnel.stack.ports import free_port, is_free
from streams.settings import Settings

PRETENDER = Path(__file__).with_name("pretender.py")
PROGRESS = Console(file=io.StringIO()).status("")


@pytest.fixture
def config(tmp_path: Path) -> Iterator[Settings]:
    settings = Settings(_env_file=None, data_dir=tmp_path / "data", dashboards_port=free_port())
    settings.data_dir.mkdir()
    yield settings
    down(settings)


@pytest.fixture
def on_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An unpacked archive's bin/grafana."""
    executable = tmp_path / "grafana-13/bin/grafana"
    executable.parent.mkdir(parents=True)
    executable.write_text(PRETENDER.read_text())
    executable.chmod(0o755)
    (tmp_path / "grafana-13/conf").mkdir()
    (tmp_path / "grafana-13/conf/defaults.ini").touch()
    monkeypatch.setenv("PATH", f"{executable.parent}:{os.environ['PATH']}")
    monkeypatch.setenv("GRAFANA_ADMIN_PASSWORD", "of my own")
    return executable


def only_dashboards(config: Settings) -> Plan:
    """The stack's child that shows the dashboards, without those that it needs."""
    (child,) = [one for one in stack_plan(config, 0, dashboards="grafana").children if one.name == "dashboards"]
    return Plan(children=(child.model_copy(update={"needs": ()}),))


def test_it_is_provisioned_and_ready_when_it_answers_and_ends_with_the_stack(config: Settings, on_path: Path) -> None:
    up_plan(config, only_dashboards(config), PROGRESS, deadline_seconds=30)
    assert [(child.name, child.state) for child in status(config)] == [("dashboards", "ready")]
    folder = config.data_dir.resolve() / "grafana"
    given = json.loads((folder / "data/given.json").read_text())
    assert given["arguments"] == ["server", "--homepath", str(on_path.parents[1])]
    assert (given["GF_SECURITY_ADMIN_PASSWORD"], given["GF_AUTH_ANONYMOUS_ENABLED"]) == ("of my own", "false")
    assert json.loads(Path(given["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"]).read_text())["uid"] == "today"
    provisioning = Path(given["GF_PATHS_PROVISIONING"])
    for path in provisioning.rglob("*.yaml"):
        # Whatever the provisioning takes from the environment is there.
        assert set(re.findall(r"\$\{?([A-Z_]{4,})", path.read_text())) <= given.keys()
    for path in (provisioning / "dashboards").iterdir():
        (provider,) = yaml.safe_load(path.read_text())["providers"]
        assert list(Path(provider["options"]["path"]).glob("*.json"))
    assert (Path(given["GF_PATHS_PLUGINS"]) / "grafana-clickhouse-datasource/version").read_text() == "4.20.0"
    assert down(config)
    assert is_free(config.dashboards_port)


def test_without_the_data_source_it_says_what_to_do(
    config: Settings, on_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PRETENDER_OFFLINE", "1")
    with pytest.raises(StackError, match=r"dashboards does not start: .* could not be installed: unpack it into"):
        up_plan(config, only_dashboards(config), PROGRESS, deadline_seconds=30)


def test_what_shows_the_dashboards(on_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = io.StringIO()
    console = Console(file=said)
    password = GrafanaSettings(_env_file=None, admin_password=SecretStr("a"))
    assert shown_by(password, console) == "grafana"
    assert shown_by(password.model_copy(update={"url": "http://grafana.example.org"}), console) == "elsewhere"
    assert said.getvalue() == ""
    assert shown_by(password.model_copy(update={"admin_password": SecretStr("")}), console) == "preview"
    assert "set GRAFANA_ADMIN_PASSWORD" in said.getvalue()
    monkeypatch.setenv("PATH", "/nowhere")
    assert installed() is None
    assert shown_by(password, console) == "preview"


def test_where_no_home_is_found_the_server_looks_for_its_own(tmp_path: Path) -> None:
    alone = tmp_path / "bin/grafana"
    assert command(alone)[:2] == (str(alone), "server")
