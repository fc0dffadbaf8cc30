"""Runs the Grafana of the local stack: its folders, its environment, its command line."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import yaml

from clickhouse.addresses import addresses
from funnel.stack.folder import StackFolder
from funnel.stack.grafana.choice import Grafana
from funnel.stack.grafana.settings import GrafanaSettings
from funnel.stack.ports import LOOPBACK
from funnel.stack.strays import MARK
from streams.settings import Settings

GRAFANA = Path(__file__).parents[3] / "grafana"
DASHBOARDS = GRAFANA / "dashboards"
_PROVISIONING = GRAFANA / "provisioning"
_IN_A_CONTAINER = "/etc/grafana"
_PACKAGES_HOME = Path("/usr/share/grafana")


def environment(
    grafana: Grafana, settings: Settings, own: GrafanaSettings, inherited: Mapping[str, str]
) -> dict[str, str]:
    """Grafana's environment: that of docker-compose.yml (a test compares them) and this machine's paths. It takes no
    other FUNNEL_… of `inherited`: Grafana needs neither the writer's password nor the secret."""
    folder = StackFolder(settings.data_dir).grafana
    kept = {name: value for name, value in inherited.items() if name == MARK or not name.startswith("FUNNEL_")}
    return {
        **kept,
        "GF_SERVER_PROTOCOL": "http",
        "GF_SERVER_HTTP_ADDR": LOOPBACK,
        "GF_SERVER_HTTP_PORT": str(settings.dashboards_port),
        "GF_PATHS_DATA": str(folder / "data"),
        "GF_PATHS_LOGS": str(folder / "logs"),
        "GF_PATHS_PLUGINS": str(grafana.plugins),
        "GF_PATHS_PROVISIONING": str(folder / "provisioning"),
        # As in grafana/Dockerfile, so that it starts without reaching grafana.com.
        "GF_PLUGINS_PREINSTALL_DISABLED": "true",
        "GF_SECURITY_ADMIN_PASSWORD": own.grafana_admin_password.get_secret_value(),
        "GF_AUTH_ANONYMOUS_ENABLED": "false",
        "GF_USERS_ALLOW_SIGN_UP": "false",
        "GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH": str(DASHBOARDS / "webinars" / "today.json"),
        "GF_DASHBOARDS_MIN_REFRESH_INTERVAL": "10s",
        "GF_DATE_FORMATS_INTERVAL_DAY": "DD MMM",
        "GF_DATE_FORMATS_INTERVAL_HOUR": "DD MMM HH:mm",
        "GF_DATE_FORMATS_DEFAULT_TIMEZONE": settings.default_timezone,
        "GF_ANALYTICS_REPORTING_ENABLED": "false",
        "GF_ANALYTICS_CHECK_FOR_UPDATES": "false",
        "GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES": "false",
        **_read_by_provisioning(settings, own),
    }


def _read_by_provisioning(settings: Settings, own: GrafanaSettings) -> dict[str, str]:
    alerts = {name.upper(): value for name, value in own.model_dump().items() if name.startswith("grafana_alert_")}
    # The plugin knows one address.
    place = addresses(settings)[0]
    return {
        "FUNNEL_CLICKHOUSE_HOST": place.host,
        "FUNNEL_CLICKHOUSE_PORT": str(place.port),
        "FUNNEL_CLICKHOUSE_DATABASE": settings.clickhouse_database,
        "FUNNEL_GRAFANA_CLICKHOUSE_USER": settings.grafana_clickhouse_user,
        "FUNNEL_GRAFANA_CLICKHOUSE_PASSWORD": settings.grafana_clickhouse_password.get_secret_value(),
        **alerts,
    }


def command(grafana: Grafana, folder: StackFolder) -> list[str]:
    """`grafana server`, or the older `grafana-server`.

    The configuration file is the stack's own and empty: a machine-wide one (which a package's `grafana` names itself)
    belongs to another Grafana, which is often the only one that may read it. The last of two options counts.
    """
    run = [grafana.program] if Path(grafana.program).name == "grafana-server" else [grafana.program, "server"]
    home = _home(Path(grafana.program))
    return [*run, *([] if home is None else [f"--homepath={home}"]), f"--config={folder.grafana / 'grafana.ini'}"]


def _home(program: Path) -> Path | None:
    """Grafana's own files: beside the program's folder (archive), in share (Homebrew), or those of packages. None: left
    to Grafana."""
    above = program.resolve().parents[1]
    for home in (above, above / "share" / "grafana", _PACKAGES_HOME):
        if (home / "conf" / "defaults.ini").is_file():
            return home
    return None


def prepare(folder: StackFolder) -> None:
    """Creates the folders, and writes the provisioning with the dashboards' paths on this machine. Raises OSError."""
    for path in _PROVISIONING.rglob("*.yaml"):
        target = folder.grafana / "provisioning" / path.relative_to(_PROVISIONING)
        target.parent.mkdir(parents=True, exist_ok=True)
        text = path.read_text()
        target.write_text(_placed(text) if path.parent.name == "dashboards" else text)
    for name in ("data", "logs"):
        (folder.grafana / name).mkdir(exist_ok=True)
    (folder.grafana / "grafana.ini").write_text("")


class Provider(NamedTuple):
    """A folder of dashboards."""

    uid: str
    title: str
    place: Path
    """Where its files are on this machine."""
    is_editable: bool
    """Whether people may change its pages."""


def providers() -> list[Provider]:
    """Every folder of dashboards."""
    files = sorted((_PROVISIONING / "dashboards").glob("*.yaml"))
    every = [one for path in files for one in yaml.safe_load(path.read_text())["providers"]]
    return [
        Provider(one["folderUid"], one["folder"], _here(one["options"]["path"]), one["allowUiUpdates"]) for one in every
    ]


def _here(path: str) -> Path:
    """The files that a container has at this path."""
    return GRAFANA / Path(path).relative_to(_IN_A_CONTAINER)


def _placed(text: str) -> str:
    content = yaml.safe_load(text)
    for provider in content["providers"]:
        # Grafana replaces variables in these values; $$ is a dollar.
        place = str(_here(provider["options"]["path"])).replace("$", "$$")
        provider["options"]["path"] = place
    return yaml.safe_dump(content, sort_keys=False)
