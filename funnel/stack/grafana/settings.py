"""What `funnel up` knows of a Grafana: variables `GRAFANA_…`, the same as docker compose takes."""

import shutil
from functools import cache
from pathlib import Path

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class GrafanaSettings(BaseSettings):
    """Of the one on this machine, and of one elsewhere. The defaults of the receivers lead nowhere."""

    model_config = SettingsConfigDict(env_prefix="GRAFANA_", env_file=".env", extra="ignore", frozen=True)

    admin_password: SecretStr = SecretStr("")
    """Of the user admin. Empty: the grafana of this machine is not started."""
    url: str = ""
    """Address of one elsewhere, which is used instead of any of this machine."""
    token: SecretStr = SecretStr("")
    """Of a service account there that is an administrator; empty: nothing is put there."""

    # Where its own alerts go (grafana/provisioning/alerting/contact-points.yaml).
    alert_receiver: str = "email"
    alert_email: str = "nobody@example.org"
    alert_slack_url: SecretStr = SecretStr("http://127.0.0.1:9/not-set")
    alert_telegram_token: SecretStr = SecretStr("not-set")
    alert_telegram_chat: str = "not-set"
    alert_webhook_url: SecretStr = SecretStr("http://127.0.0.1:9/not-set")


@cache
def grafana_settings() -> GrafanaSettings:
    """The settings of this process. Raises pydantic's ValidationError."""
    return GrafanaSettings()


def installed() -> Path | None:
    """The grafana of this machine."""
    found = shutil.which("grafana")
    return Path(found) if found else None
