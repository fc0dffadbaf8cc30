"""The settings of GoTo's connector: environment variables `FUNNEL_GOTO_…` or lines of `.env`."""

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from connectors.service_settings import Asked, load
from connectors.settings import read_once

_CLIENT = "GoTo shows it where you create the OAuth client: https://developer.logmeininc.com/clients."
_WHERE = {
    "webhook_token": "Make a long random one, and put it into the webhook's callbackUrl: https://…/webhooks/goto/<token>.",
    "client_id": _CLIENT,
    "client_secret": _CLIENT,
    "refresh_token": "It comes with the first access token (docs/services/goto.md says how to get it).",
    "organizer_key": "It is the organizer_key, or account's userKey, in the answer that brings the first access token.",
}
ASKS = (
    Asked("FUNNEL_GOTO_CLIENT_ID", "client id", _WHERE["client_id"], "poll", hidden=False),
    Asked("FUNNEL_GOTO_CLIENT_SECRET", "client secret", _WHERE["client_secret"], "poll"),
    Asked("FUNNEL_GOTO_REFRESH_TOKEN", "refresh token", _WHERE["refresh_token"], "poll"),
    Asked("FUNNEL_GOTO_ORGANIZER_KEY", "organizer key", _WHERE["organizer_key"], "poll", hidden=False),
    Asked(
        "FUNNEL_GOTO_WEBHOOK_TOKEN",
        "the secret part of the webhook's address",
        "It goes into the webhook's callbackUrl: https://…/webhooks/goto/<token>.",
        "webhook",
        made=True,
    ),
)


class GotoSettings(BaseSettings):
    """All settings, with their meaning."""

    model_config = SettingsConfigDict(
        env_prefix="FUNNEL_GOTO_", env_file=".env", extra="ignore", frozen=True, str_strip_whitespace=True
    )

    webhook_token: SecretStr = Field(min_length=16)
    """The secret part of the address that GoTo posts to, since GoTo does not publish how it signs."""
    client_id: str = Field(min_length=1)
    client_secret: SecretStr = Field(min_length=1)
    refresh_token: SecretStr = Field(min_length=1)
    """The first refresh token; if GoTo issues another, that is stored in FUNNEL_DATA_DIR."""
    organizer_key: str = Field(pattern=r"^\d+$")
    """The organiser whose webinars are read."""
    base_url: str = "https://api.getgo.com/G2W/rest/v2"
    auth_url: str = "https://authentication.logmeininc.com"
    requests_per_second: float = Field(default=5.0, gt=0)
    """GoTo allows 10 per second for all users of the same client."""
    settle_minutes: int = Field(default=30, ge=0)
    """How long after the end of a session its attendance is considered complete."""


@read_once
def goto_settings() -> GotoSettings:
    """The settings of this process. Raises SettingsError."""
    return load(GotoSettings, _WHERE)
