"""What Livestorm's connector is configured with: environment variables `FUNNEL_LIVESTORM_…` or lines of `.env`."""

from functools import cache

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from connectors.service_settings import load

_WHERE = {
    "secret": "Livestorm shows it where the webhook is made: Account settings > Apps > Webhooks, or the answer of "
    "POST /v1/webhooks."
}


class LivestormSettings(BaseSettings):
    """All of them, with their meaning."""

    model_config = SettingsConfigDict(
        env_prefix="FUNNEL_LIVESTORM_", env_file=".env", extra="ignore", frozen=True, str_strip_whitespace=True
    )

    secret: SecretStr = Field(min_length=8)
    """What Livestorm signs its deliveries with."""
    fresh_seconds: int = Field(default=1800, ge=1)
    """How old a signature may be. Livestorm repeats a failed delivery for 22 minutes, and nobody knows whether it signs
    anew; after five refusals it switches the webhook off. A repeated delivery has the same event_id."""


@cache
def livestorm_settings() -> LivestormSettings:
    """The settings of this process. Raises SettingsError."""
    return load(LivestormSettings, _WHERE)
