"""Which dashboards are shown, by what the machine and the settings have."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from funnel.stack.errors import StackError
from funnel.stack.folder import StackFolder
from funnel.stack.grafana.choice import PLUGIN, PREVIEW, Dashboards, choose
from funnel.stack.grafana.settings import GrafanaSettings, grafana_settings
from funnel.stack.plan import stack_plan
from streams.settings import Settings
from tests.funnel.stack.grafana.program import SERVES, install, install_plugin

WITH_PASSWORD = GrafanaSettings(_env_file=None, grafana_admin_password=SecretStr("of admin"))


def chosen(data_dir: Path, settings: GrafanaSettings = WITH_PASSWORD) -> Dashboards:
    return choose(settings, StackFolder(data_dir))


def shown(dashboards: Dashboards) -> list[str]:
    children = stack_plan(Settings(_env_file=None), workers=0, dashboards=dashboards).children
    return [child.name for child in children if child.name in ("dashboards", "grafana")]


def test_without_grafana_the_preview_and_no_word(data_dir: Path) -> None:
    assert chosen(data_dir) == PREVIEW
    assert shown(PREVIEW) == ["dashboards"]


@pytest.mark.parametrize("name", ["grafana", "grafana-server"])
def test_a_grafana_on_path_is_used_instead_of_the_preview(data_dir: Path, tmp_path: Path, name: str) -> None:
    program = install(tmp_path / "grafana", SERVES, name)
    found = chosen(data_dir)
    assert found.grafana is not None
    assert (found.grafana.program, found.reason) == (str(program), "")
    assert found.grafana.plugins == data_dir / "grafana" / "plugins"
    assert shown(found) == ["grafana"]


def test_a_file_that_cannot_be_run_is_no_grafana(data_dir: Path, tmp_path: Path) -> None:
    install(tmp_path / "grafana", SERVES).chmod(0o644)
    assert chosen(data_dir) == PREVIEW


def test_without_a_password_the_preview_and_why(data_dir: Path, tmp_path: Path) -> None:
    program = install(tmp_path / "grafana", SERVES)
    found = chosen(data_dir, GrafanaSettings(_env_file=None))
    assert found.reason == f"{program} is installed, but GRAFANA_ADMIN_PASSWORD is not set (see .env.example)"
    assert shown(found) == ["dashboards"]


def test_without_the_plugin_the_preview_and_how_to_install_it(
    data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(tmp_path / "grafana", SERVES)
    monkeypatch.setenv("GF_PATHS_PLUGINS", str(tmp_path / "other plugins"))
    found = chosen(data_dir)
    assert f'--pluginsDir "{tmp_path}/other plugins" plugins install {PLUGIN} 4.20.0' in found.reason
    assert shown(found) == ["dashboards"]

    install_plugin(tmp_path / "other plugins")
    there = chosen(data_dir)
    assert there.grafana is not None
    assert there.grafana.plugins == tmp_path / "other plugins"


def test_an_address_goes_before_the_grafana_here(data_dir: Path, tmp_path: Path) -> None:
    install(tmp_path / "grafana", SERVES)
    found = chosen(data_dir, WITH_PASSWORD.model_copy(update={"funnel_grafana_url": "https://g.example.org"}))
    assert found == Dashboards(address="https://g.example.org")
    assert shown(found) == []


def test_settings_come_from_the_environment_and_an_empty_one_is_none(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FUNNEL_GRAFANA_URL", "https://g.example.org/sub/")
    monkeypatch.setenv("GRAFANA_ALERT_EMAIL", "")
    settings = grafana_settings()
    assert settings.funnel_grafana_url == "https://g.example.org/sub"
    assert settings.grafana_alert_email == "nobody@example.org"


def test_a_wrong_address_is_one_line(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FUNNEL_GRAFANA_URL", "grafana.example.org")
    with pytest.raises(StackError, match=r"^FUNNEL_GRAFANA_URL is wrong: .*begins with http:// or https://.*$"):
        grafana_settings()
