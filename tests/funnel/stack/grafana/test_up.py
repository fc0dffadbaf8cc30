"""`up` with a program in Grafana's place: started as Grafana needs it, waited for, ended, left out if it fails."""

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import SecretStr
from rich.console import Console

from funnel.stack import commands
from funnel.stack.child import Plan
from funnel.stack.commands import dashboards_address, down, status, up
from funnel.stack.errors import StackError
from funnel.stack.grafana.settings import GrafanaSettings, grafana_settings
from funnel.stack.plan import stack_plan
from funnel.stack.ports import free_port, is_free
from funnel.stack.state import ChildStatus, State
from grafana.build import rendered
from streams.settings import Settings
from tests.funnel.stack.children import SLEEPER, python
from tests.funnel.stack.grafana.api import TOKEN, api
from tests.funnel.stack.grafana.program import ENDS, SERVES, install, install_plugin, written
from tests.funnel.stack.waiting import has_ended

TEAM_PAGES = 1
"""The page of the folder for copies, which is not rendered."""


@pytest.fixture
def config(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """Of a stack with one sleeper besides its dashboards: Kafka, ClickHouse and workers have tests of their own."""

    def small_plan(*arguments: Any, **named: Any) -> Plan:
        shown = [one for one in stack_plan(*arguments, **named).children if one.name in ("dashboards", "grafana")]
        return Plan(children=(python("rest", SLEEPER), *(one.model_copy(update={"needs": ()}) for one in shown)))

    monkeypatch.setattr(commands, "stack_plan", small_plan)
    for name in ("find_java", "jars_folder"):
        monkeypatch.setattr(commands, name, lambda: None)
    monkeypatch.setenv("GRAFANA_ADMIN_PASSWORD", "of admin")
    settings = Settings(
        _env_file=None,
        data_dir=data_dir,
        dashboards_port=free_port(),
        metrics_port=free_port(),
        clickhouse_port=free_port(),
        grafana_clickhouse_password=SecretStr("of the reader"),
        clickhouse_password=SecretStr("of the writer"),
        default_timezone="Europe/Moscow",
    )
    yield settings
    down(settings)


def said(config: Settings, grafana: GrafanaSettings | None = None) -> str:
    """What `up` prints."""
    console = Console(file=io.StringIO(), width=80)
    up(config, console=console, grafana=grafana or grafana_settings())
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def names(config: Settings) -> dict[str, State]:
    """Of the dashboards: what shows them."""
    return {child.name: child.state for child in status(config) if child.name != "rest"}


def child(config: Settings) -> ChildStatus:
    """The Grafana of the stack."""
    return next(one for one in status(config) if one.name == "grafana")


def test_it_is_started_waited_for_and_ended(config: Settings, tmp_path: Path) -> None:
    install(tmp_path / "grafana", SERVES)
    assert f"dashboards at http://127.0.0.1:{config.dashboards_port}\n" in said(config)

    grafana = child(config)
    assert (grafana.state, grafana.port) == (State.READY, config.dashboards_port)
    # It had answered 503 twice.
    assert written(config.data_dir, "asked")[:3] == ["/api/health"] * 3
    assert "Preview" not in said(config)
    assert child(config).pid == grafana.pid

    assert down(config)
    assert grafana.pid is not None
    assert has_ended(grafana.pid)
    assert is_free(config.dashboards_port)
    assert dashboards_address(status(config), "") == ""


def test_it_gets_the_arguments_and_the_environment_that_grafana_needs(
    config: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FUNNEL_HASH_SECRET", "x" * 32)
    monkeypatch.setenv("GF_SMTP_HOST", "mail.example.org:25")
    monkeypatch.setenv("GF_SERVER_HTTP_ADDR", "0.0.0.0")
    install(tmp_path / "grafana", SERVES)
    said(config)
    started = written(config.data_dir, "started")
    own = config.data_dir / "grafana"
    assert started["arguments"] == ["server", f"--homepath={tmp_path / 'grafana'}", f"--config={own / 'grafana.ini'}"]
    assert (own / "grafana.ini").read_text() == ""
    environment = started["environment"]
    wanted = {
        "GF_SERVER_HTTP_ADDR": "127.0.0.1",
        "GF_SERVER_HTTP_PORT": str(config.dashboards_port),
        "GF_PATHS_DATA": str(own / "data"),
        "GF_PATHS_LOGS": str(own / "logs"),
        "GF_PATHS_PROVISIONING": str(own / "provisioning"),
        "GF_PATHS_PLUGINS": str(own / "plugins"),
        "GF_SECURITY_ADMIN_PASSWORD": "of admin",
        "GF_AUTH_ANONYMOUS_ENABLED": "false",
        "GF_DATE_FORMATS_DEFAULT_TIMEZONE": "Europe/Moscow",
        "GF_SMTP_HOST": "mail.example.org:25",
        "FUNNEL_CLICKHOUSE_PORT": str(config.clickhouse_port),
        "FUNNEL_GRAFANA_CLICKHOUSE_PASSWORD": "of the reader",
    }
    assert {name: environment.get(name) for name in wanted} == wanted
    assert "of the writer" not in environment.values()
    assert "FUNNEL_HASH_SECRET" not in environment


def test_its_provisioning_finds_the_dashboards_and_every_variable(config: Settings, tmp_path: Path) -> None:
    install(tmp_path / "grafana", SERVES)
    said(config)
    environment = written(config.data_dir, "started")["environment"]
    folder = Path(environment["GF_PATHS_PROVISIONING"])
    assert {path.name for path in folder.iterdir()} == {"alerting", "dashboards", "datasources"}
    for path in folder.rglob("*.yaml"):
        assert set(re.findall(r"\$\{(\w+)\}", path.read_text())) <= environment.keys()
    for path in (folder / "dashboards").iterdir():
        (provider,) = yaml.safe_load(path.read_text())["providers"]
        assert list(Path(provider["options"]["path"]).glob("*.json"))
    assert Path(environment["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"]).is_file()


def test_without_a_password_the_preview_is_shown_and_one_line_says_why(
    config: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = install(tmp_path / "grafana", SERVES)
    monkeypatch.delenv("GRAFANA_ADMIN_PASSWORD")
    reason = f"{program} is installed, but GRAFANA_ADMIN_PASSWORD is not set (see .env.example)"
    assert f"Preview instead of Grafana: {reason}\n" in said(config)
    assert names(config) == {"dashboards": State.READY}
    # It is up already: what was said then is not said again.
    assert "Preview" not in said(config)


def test_one_that_ends_at_once_is_named_with_its_words_and_the_preview_is_shown(
    config: Settings, tmp_path: Path
) -> None:
    install(tmp_path / "grafana", ENDS)
    log = config.data_dir / "logs" / "grafana.log"
    words = "grafana does not start: Error: cannot migrate the database (ended with exit status 1)"
    assert f"Preview instead of Grafana: {words}; see {log}\n" in said(config)
    assert names(config) == {"dashboards": State.READY}


def test_whoever_does_not_ask_for_grafana_gets_the_preview(config: Settings, tmp_path: Path) -> None:
    install(tmp_path / "grafana", SERVES)
    up(config, console=Console(file=io.StringIO()))
    assert names(config) == {"dashboards": State.READY}


def test_a_busy_port_is_said_with_its_setting(config: Settings, tmp_path: Path) -> None:
    install(tmp_path / "grafana", SERVES)
    said(config)
    second = config.model_copy(update={"data_dir": tmp_path / "second"})
    install_plugin(second.data_dir / "grafana" / "plugins")
    with pytest.raises(StackError, match=rf"port {config.dashboards_port} of grafana .*FUNNEL_DASHBOARDS_PORT=PORT"):
        said(second)


def test_with_an_address_nothing_is_shown_here(config: Settings, tmp_path: Path) -> None:
    install(tmp_path / "grafana", SERVES)
    elsewhere = GrafanaSettings(_env_file=None, funnel_grafana_url="https://g.example.org")
    printed = said(config, elsewhere)
    assert "Nothing is sent to https://g.example.org: provision it with grafana/provisioning" in printed
    assert printed.endswith("dashboards at https://g.example.org\n")
    assert names(config) == {}
    assert dashboards_address(status(config), elsewhere.funnel_grafana_url) == "https://g.example.org"


def test_with_a_token_the_dashboards_are_sent_there_and_a_refusal_ends_nothing(config: Settings) -> None:
    with api() as (address, held):
        elsewhere = GrafanaSettings(
            _env_file=None, funnel_grafana_url=f"{address}/", funnel_grafana_token=SecretStr(TOKEN)
        )
        assert f"{len(rendered()) + TEAM_PAGES} dashboards sent to {address}; its" in said(config, elsewhere)
        assert "today" in held.dashboards
        refused = said(config, elsewhere.model_copy(update={"funnel_grafana_token": SecretStr("wrong")}))
    assert f"The dashboards are not in {address}: it refuses FUNNEL_GRAFANA_TOKEN" in refused
    assert {one.state for one in status(config)} == {State.READY}
