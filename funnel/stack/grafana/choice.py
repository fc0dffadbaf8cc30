"""Where `funnel up` shows the dashboards: in a Grafana elsewhere, in one on this machine, or in the preview."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from funnel.stack.folder import StackFolder
from funnel.stack.grafana.settings import GrafanaSettings
from grafana.base import DATA_SOURCE, PLUGIN_VERSION

PLUGIN: str = DATA_SOURCE["type"]
_PACKAGES_PLUGINS = Path("/var/lib/grafana/plugins")
"""The plugin folder of Grafana's packages, and the default of `grafana cli`."""


@dataclass(frozen=True, slots=True)
class Grafana:
    """A Grafana on this machine that can be started: its program, and the folder with the data source's plugin."""

    program: str
    plugins: Path


@dataclass(frozen=True, slots=True)
class Dashboards:
    """Where they are shown; neither Grafana nor address: in the preview. `reason`: why not in the local Grafana."""

    grafana: Grafana | None = None
    address: str = ""
    reason: str = ""


PREVIEW = Dashboards()


def choose(settings: GrafanaSettings, folder: StackFolder) -> Dashboards:
    """A configured address comes before a Grafana on PATH, which comes before the preview."""
    if settings.funnel_grafana_url:
        return Dashboards(address=settings.funnel_grafana_url)
    program = shutil.which("grafana") or shutil.which("grafana-server")
    if program is None:
        return PREVIEW
    if not settings.grafana_admin_password.get_secret_value():
        return Dashboards(reason=f"{program} is installed, but GRAFANA_ADMIN_PASSWORD is not set (see .env.example)")
    plugins = _plugins(folder)
    if not (plugins / PLUGIN / "plugin.json").is_file():
        return Dashboards(reason=_without_plugin(program, plugins))
    return Dashboards(grafana=Grafana(str(Path(program).absolute()), plugins))


def _plugins(folder: StackFolder) -> Path:
    """The folder in GF_PATHS_PLUGINS, else the one with the plugin, else the stack's own."""
    if named := os.environ.get("GF_PATHS_PLUGINS"):
        return Path(named).absolute()
    own = folder.grafana / "plugins"
    return next((one for one in (own, _PACKAGES_PLUGINS) if (one / PLUGIN / "plugin.json").is_file()), own)


def _without_plugin(program: str, plugins: Path) -> str:
    command = f'grafana cli --pluginsDir "{plugins}" plugins install {PLUGIN} {PLUGIN_VERSION}'
    return (
        f"{program} is installed, but without its plugin {PLUGIN}, which reads ClickHouse. "
        f"Install it: {command}; then funnel down, funnel up"
    )
