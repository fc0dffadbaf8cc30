"""The settings of Livestorm's connector: environment variables `FUNNEL_LIVESTORM_…` or lines of `.env`."""

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from connectors.service_settings import Asked, load
from connectors.settings import SettingsError, read_once

_WHERE = {
    "api_token": "Livestorm makes it at Account settings > Integrations > Public API, with the scope Events (read).",
    "secret": "Livestorm shows it where the webhook is made: Account settings > Apps > Webhooks, or the answer of "
    "POST /v1/webhooks.",
}
_SHORTEST_SECRET = 8
ASKS = (
    Asked("FUNNEL_LIVESTORM_API_TOKEN", "API token", _WHERE["api_token"], "poll"),
    Asked(
        "FUNNEL_LIVESTORM_SECRET",
        "signing secret, for webhooks, which need a public address",
        _WHERE["secret"],
        "webhook",
        optional=True,
        shortest=_SHORTEST_SECRET,
    ),
)


class LivestormSettings(BaseSettings):
    """All settings, with their meaning."""

    model_config = SettingsConfigDict(
        env_prefix="FUNNEL_LIVESTORM_", env_file=".env", extra="ignore", frozen=True, str_strip_whitespace=True
    )

    secret: SecretStr = SecretStr("")
    """The secret with which Livestorm signs its deliveries. Empty: no webhooks."""
    fresh_seconds: int = Field(default=1800, ge=1)
    """How old a signature may be. Livestorm repeats a failed delivery for 22 minutes, perhaps with the old signature;
    after five refusals it switches the webhook off. A repeated delivery has the same event_id."""
    api_token: SecretStr = SecretStr("")
    """The token of the REST API. Empty: it is not polled, and what a webhook loses stays lost."""
    base_url: str = "https://api.livestorm.co/v1"
    requests_per_second: float = Field(default=4.0, gt=0)
    """Livestorm allows 5 per second."""
    poll_minutes: float = Field(default=15.0, ge=0)
    """How often the sessions are polled: Livestorm allows 10,000 requests in 30 days."""
    settle_minutes: int = Field(default=30, ge=0)
    """How long after the end of a session its people are considered complete."""


@read_once
def livestorm_settings() -> LivestormSettings:
    """The settings of this process. Raises SettingsError."""
    return load(LivestormSettings, _WHERE)


def webhook_settings() -> LivestormSettings:
    """The settings, if they are enough to receive webhooks. Raises SettingsError."""
    settings = livestorm_settings()
    secret = settings.secret.get_secret_value()
    if len(secret) < _SHORTEST_SECRET:
        wrong = f"is shorter than {_SHORTEST_SECRET} characters" if secret else "is not set"
        raise SettingsError(f"FUNNEL_LIVESTORM_SECRET {wrong}. {_WHERE['secret']}")
    return settings


def rest_settings() -> LivestormSettings:
    """The settings, if they are enough to poll the REST API. Raises SettingsError."""
    settings = livestorm_settings()
    if not settings.api_token.get_secret_value():
        raise SettingsError(f"FUNNEL_LIVESTORM_API_TOKEN is not set. {_WHERE['api_token']}")
    return settings
