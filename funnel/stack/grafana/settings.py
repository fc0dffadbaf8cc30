"""Grafana's settings: `GRAFANA_…` and `FUNNEL_GRAFANA_…` in the environment or in `.env`.

Separate from streams.settings, so that no worker gets Grafana's password or token.
"""

import re

from pydantic import SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from connectors.service_settings import load
from connectors.settings import SettingsError
from funnel.stack.errors import StackError


class GrafanaSettings(BaseSettings):
    """All settings of Grafana, with their meaning. An empty variable counts as not set, as in docker-compose.yml."""

    model_config = SettingsConfigDict(env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True)

    funnel_grafana_url: str = ""
    """The address of a Grafana elsewhere, without a trailing slash; empty: none."""
    funnel_grafana_token: SecretStr = SecretStr("")
    """The token of a service account there that may write folders and dashboards; empty: none are sent."""
    grafana_admin_password: SecretStr = SecretStr("")
    """The password of the user admin, set at Grafana's first start."""

    # Where Grafana's own alerts go. A channel that is not set is harmless.
    grafana_alert_receiver: str = "email"
    """email, slack, telegram or webhook."""
    grafana_alert_email: str = "nobody@example.org"
    grafana_alert_slack_url: str = "http://127.0.0.1:9/not-set"
    grafana_alert_telegram_token: str = "not-set"
    grafana_alert_telegram_chat: str = "not-set"
    grafana_alert_webhook_url: str = "http://127.0.0.1:9/not-set"

    @field_validator("funnel_grafana_url")
    @classmethod
    def _address(cls, value: str) -> str:
        if value and not re.match(r"https?://[^\s/]", value):
            raise ValueError("an address begins with http:// or https://")
        return value.rstrip("/")


def grafana_settings() -> GrafanaSettings:
    """The current settings. Raises StackError."""
    try:
        return load(GrafanaSettings, {})
    except SettingsError as error:
        raise StackError(str(error)) from error
