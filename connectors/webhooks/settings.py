"""The settings of the webhook server: `FUNNEL_WEBHOOK_…` in the environment or in `.env`."""

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from connectors.service_settings import load
from connectors.settings import read_once


class WebhookSettings(BaseSettings):
    """All settings of the webhook server, with their meaning."""

    model_config = SettingsConfigDict(env_prefix="FUNNEL_WEBHOOK_", env_file=".env", extra="ignore", frozen=True)

    host: str = "127.0.0.1"
    """The address it listens on, behind a reverse proxy that has the certificate."""
    port: int = Field(default=8090, ge=0, le=65_535)
    body_limit: int = Field(default=1_000_000, ge=1_000)
    """The most bytes of a request's body; a longer one is refused (413)."""
    spool_limit: int = Field(default=1_000_000, ge=1)
    """The most records that wait on this disk for Kafka (about half a kilobyte each); above it, it answers 503."""


@read_once
def webhook_settings() -> WebhookSettings:
    """The settings of this process. Raises SettingsError."""
    return load(WebhookSettings, {})
