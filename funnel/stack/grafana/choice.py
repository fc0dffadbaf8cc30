"""Which dashboards `funnel up` shows: those of a Grafana elsewhere, of a Grafana on this machine, or the preview."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from funnel.stack.folder import StackFolder
from funnel.stack.grafana.settings import GrafanaSettings
from grafana.base import DATA_SOURCE, PLUGIN_VERSION

PLUGIN: str = DATA_SOURCE["type"]
_PACKAGES_PLUGINS = Path("/var/lib/grafana/plugins")
"""Where Grafana's packages keep plugins, and where `grafana cli` puts them if it is told nothing else."""


@dataclass(frozen=True, slots=True)
class Grafana:
    """A Grafana on this machine that can be started: its program and the folder that holds the data source's plugin."""

    program: str
    plugins: Path


@dataclass(frozen=True, slots=True)
class Dashboards:
    """What is shown; neither Grafana nor address: the preview. `reason`: why not the Grafana that is here."""

    grafana: Grafana | None = None
    address: str = ""
    reason: str = ""


PREVIEW = Dashboards()


def choose(settings: GrafanaSettings, folder: StackFolder) -> Dashboards:
    """An address that is set goes before a Grafana on PATH, that before the preview."""
    if settings.funnel_grafana_url:
        return Dashboards(address=settings.funnel_grafana_url)
    program = shutil.which("grafana") or shutil.which("grafana-server")
    if program is None:
        return PREVIEW
    if not settings.grafana_admin_password.get_secret_value():
        return Dashboards(reason=f"{program} is there, but GRAFANA_ADMIN_PASSWORD is not set (see .env.example)")
    plugins = _plugins(folder)
    if not (plugins / PLUGIN / "plugin.json").is_file():
        return Dashboards(reason=_without_plugin(program, plugins))
    return Dashboards(grafana=Grafana(str(Path(program).absolute()), plugins))


def _plugins(folder: StackFolder) -> Path:
    """The folder that GF_PATHS_PLUGINS names, else the one that holds the plugin, else the stack's own."""
    if named := os.environ.get("GF_PATHS_PLUGINS"):
        return Path(named).absolute()
    own = folder.grafana / "plugins"
    return next((one for one in (own, _PACKAGES_PLUGINS) if (one / PLUGIN / "plugin.json").is_file()), own)


def _without_plugin(program: str, plugins: Path) -> str:
    command = f'grafana cli --pluginsDir "{plugins}" plugins install {PLUGIN} {PLUGIN_VERSION}'
    return (
        f"{program} is there, but without its plugin {PLUGIN}, which reads ClickHouse. "
        f"Install it: {command}; then funnel down, funnel up"
    )
