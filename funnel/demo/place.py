"""Where the demo runs: its own data folder, free ports, a new secret, and none of the user's settings."""

import os
import secrets
import shlex
import shutil
from pathlib import Path

from pydantic import SecretStr

from connectors.settings import connector_settings
from connectors.webhooks.settings import webhook_settings
from funnel.demo.send import Secrets
from funnel.stack import commands
from funnel.stack.plan import settings_environment
from funnel.stack.ports import LOOPBACK, free_port, is_free
from streams.settings import Settings

FOLDER = Path(".data/demo")
_KAFKA_PORT, _CLICKHOUSE_PORT, _WEBHOOK_PORT, _DASHBOARDS_PORT = 9092, 8123, 8090, 3010
_METRICS_PORT = 9464


def demo_settings(folder: Path = FOLDER) -> Settings:
    """The default settings, regardless of `.env` and the environment, on the usual ports or else on free ones.

    Puts them into this process's environment, with a secret for this run, for everything that reads settings there.
    """
    for name in [name for name in os.environ if name.startswith("FUNNEL_")]:
        del os.environ[name]
    settings = Settings(
        _env_file=None,
        data_dir=folder,
        kafka_bootstrap=f"{LOOPBACK}:{_free(_KAFKA_PORT)}",
        clickhouse_port=_free(_CLICKHOUSE_PORT),
        dashboards_port=_free(_DASHBOARDS_PORT),
        metrics_port=_free(_METRICS_PORT),
        clickhouse_password=_password(),
        migrator_clickhouse_password=_password(),
        grafana_clickhouse_password=_password(),
        analyst_clickhouse_password=_password(),
    )
    own = {
        "HASH_SECRET": secrets.token_hex(32),
        "ZOOM_SECRET_TOKEN": secrets.token_hex(16),
        "TYPEFORM_SECRET": secrets.token_hex(16),
        "WEBHOOK_PORT": str(_free(_WEBHOOK_PORT)),
        "BUSINESS_DIR": str((folder / "business").resolve()),
    }
    os.environ.update(settings_environment(settings), **{f"FUNNEL_{name}": value for name, value in own.items()})
    return settings


def hash_secret() -> str:
    """The key of this run's person ids."""
    return connector_settings().hash_secret.get_secret_value()


def webhooks() -> tuple[str, Secrets]:
    """The address of the demo's webhook server, and its services' signing secrets."""
    address = f"http://{LOOPBACK}:{webhook_settings().port}"
    return address, Secrets(os.environ["FUNNEL_ZOOM_SECRET_TOKEN"], os.environ["FUNNEL_TYPEFORM_SECRET"])


def write_rules(text: str) -> Path:
    """Writes forms.yaml where the connectors look for it; a change takes effect at once. Returns its path."""
    path = connector_settings().business_dir / "forms.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def clear(settings: Settings) -> bool:
    """Empties the demo's folder. Stops an earlier demo there first; returns whether one was running."""
    was_up = commands.down(settings)
    shutil.rmtree(settings.data_dir, ignore_errors=True)
    return was_up


def write_environment(settings: Settings) -> Path:
    """Writes a file for a shell's `.`, so that the next commands find this demo. Returns its path."""
    path = settings.data_dir / "env"
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    names = sorted(name for name in os.environ if name.startswith("FUNNEL_"))
    path.write_text("".join(f"export {name}={shlex.quote(os.environ[name])}\n" for name in names))
    return path


def _password() -> SecretStr:
    return SecretStr(secrets.token_hex(16))


def _free(port: int) -> int:
    return port if is_free(port) else free_port()
