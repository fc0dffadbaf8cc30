"""How the grafana of this machine is started with the project's provisioning, and nothing of anybody else's.

Settings by environment variables GF_<section>_<key>, which win over its files:
https://grafana.com/docs/grafana/latest/setup-grafana/configure-grafana/
"""

import shutil
import subprocess
from pathlib import Path

from pydantic import SecretStr

import grafana
from funnel.stack.errors import StackError
from funnel.stack.grafana.settings import GrafanaSettings
from funnel.stack.ports import LOOPBACK
from grafana.base import DATA_SOURCE, PLUGIN_VERSION

FILES = Path(grafana.__file__).parent
MOUNTED = "/etc/grafana/dashboards"
"""Where grafana/provisioning says that the dashboards are, as docker compose mounts them."""
_PLUGIN = str(DATA_SOURCE["type"])
_HOMES = (Path("/usr/share/grafana"), Path("/opt/homebrew/share/grafana"), Path("/usr/local/share/grafana"))


def command(executable: Path) -> tuple[str, ...]:
    """What runs the server. Its home has what comes with it: pages, defaults."""
    home = _home(executable)
    return (str(executable), "server", *(("--homepath", str(home)) if home else ()))


def environment(settings: GrafanaSettings, folder: Path, port: int, timezone: str) -> dict[str, str]:
    """What docker compose sets too, and the places that an image has of its own. Where ClickHouse is, is not in it."""
    receivers = {
        f"GRAFANA_{name}".upper(): value.get_secret_value() if isinstance(value, SecretStr) else str(value)
        for name, value in settings.model_dump().items()
        if name.startswith("alert_")
    }
    return receivers | {
        "GF_SERVER_HTTP_ADDR": LOOPBACK,
        "GF_SERVER_HTTP_PORT": str(port),
        "GF_PATHS_DATA": str(folder / "data"),
        "GF_PATHS_LOGS": str(folder / "logs"),
        "GF_PATHS_PROVISIONING": str(folder / "provisioning"),
        "GF_PLUGINS_PREINSTALL_DISABLED": "true",
        "GF_SECURITY_ADMIN_PASSWORD": settings.admin_password.get_secret_value(),
        "GF_AUTH_ANONYMOUS_ENABLED": "false",
        "GF_USERS_ALLOW_SIGN_UP": "false",
        "GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH": str(FILES / "dashboards/webinars/today.json"),
        "GF_DASHBOARDS_MIN_REFRESH_INTERVAL": "10s",
        "GF_DATE_FORMATS_DEFAULT_TIMEZONE": timezone,
        "GF_ANALYTICS_REPORTING_ENABLED": "false",
        "GF_ANALYTICS_CHECK_FOR_UPDATES": "false",
        "GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES": "false",
    }


def write_provisioning(folder: Path) -> None:
    """The project's provisioning, with its dashboards where they are on this machine."""
    shutil.rmtree(folder, ignore_errors=True)
    for path in (FILES / "provisioning").rglob("*.yaml"):
        target = folder / path.relative_to(FILES / "provisioning")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(path.read_text().replace(MOUNTED, str(FILES / "dashboards")))
    # Grafana complains of a folder that is missing.
    (folder / "plugins").mkdir()


def install_plugin(executable: Path, plugins: Path) -> None:
    """Puts the data source into the folder, if it is not there. Raises StackError."""
    if (plugins / _PLUGIN).is_dir():
        return
    plugins.mkdir(parents=True, exist_ok=True)
    home = _home(executable)
    place = ("--homepath", str(home)) if home else ()
    wanted = ("--pluginsDir", str(plugins), "plugins", "install", _PLUGIN, PLUGIN_VERSION)
    done = subprocess.run([str(executable), "cli", *place, *wanted], check=False)
    if done.returncode != 0 or not (plugins / _PLUGIN).is_dir():
        raise StackError(
            f"error: the data source {_PLUGIN} {PLUGIN_VERSION} could not be installed: unpack it into {plugins}, or "
            "set GF_PATHS_PLUGINS to a folder that has it (without GRAFANA_ADMIN_PASSWORD the preview is shown instead)"
        )


def _home(executable: Path) -> Path | None:
    """Of an unpacked archive the folder above bin, else where packages put it."""
    for home in (executable.resolve().parents[1], *_HOMES):
        if (home / "conf/defaults.ini").is_file():
            return home
    return None
