"""The settings of the Zoom connector: environment variables `FUNNEL_ZOOM_…` or lines of `.env`."""

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from connectors.service_settings import Asked, load
from connectors.settings import SettingsError, read_once

_APP = "Zoom App Marketplace > Manage > your Server-to-Server OAuth app"
_WHERE = {
    "secret_token": f"{_APP} > Feature > Access > Secret Token",
    "account_id": f"{_APP} > App Credentials > Account ID",
    "client_id": f"{_APP} > App Credentials > Client ID",
    "client_secret": f"{_APP} > App Credentials > Client secret",
}
_SHORTEST_SECRET = 8
ASKS = (
    Asked("FUNNEL_ZOOM_ACCOUNT_ID", "Account ID", _WHERE["account_id"], "poll", hidden=False),
    Asked("FUNNEL_ZOOM_CLIENT_ID", "Client ID", _WHERE["client_id"], "poll", hidden=False),
    Asked("FUNNEL_ZOOM_CLIENT_SECRET", "Client secret", _WHERE["client_secret"], "poll"),
    Asked(
        "FUNNEL_ZOOM_SECRET_TOKEN",
        "Secret Token, for webhooks: live numbers, which need a public address",
        _WHERE["secret_token"],
        "webhook",
        optional=True,
        shortest=_SHORTEST_SECRET,
    ),
)
_REST = ("account_id", "client_id", "client_secret")


class ZoomSettings(BaseSettings):
    """All settings of the Zoom connector, with their meaning."""

    model_config = SettingsConfigDict(
        env_prefix="FUNNEL_ZOOM_", env_file=".env", extra="ignore", frozen=True, str_strip_whitespace=True
    )

    secret_token: SecretStr = SecretStr("")
    """The secret that signs the webhooks. Empty: no webhooks, so nothing is reported while a webinar is live."""
    freshness_seconds: int = Field(default=300, ge=1)
    """How old a webhook's signature may be."""
    account_id: str = ""
    """Of the Server-to-Server OAuth app, like the next two. Empty: the REST API is not polled."""
    client_id: str = ""
    client_secret: SecretStr = SecretStr("")
    users: str = ""
    """Emails or ids of the users whose webinars are read, separated by commas. Empty: all users of the account."""
    api_url: str = "https://api.zoom.us/v2"
    oauth_url: str = "https://zoom.us/oauth"
    requests_per_second: float = Field(default=5.0, gt=0)
    """Requests per second. All apps of the account share its limits: 10 per second for reports on a Pro plan."""

    @property
    def receives_webhooks(self) -> bool:
        return bool(self.secret_token.get_secret_value())


@read_once
def zoom_settings() -> ZoomSettings:
    """The settings of this process. Raises SettingsError."""
    return load(ZoomSettings, _WHERE)


def webhook_settings() -> ZoomSettings:
    """The settings, if they are enough to receive webhooks. Raises SettingsError."""
    settings = _with("secret_token")
    if len(settings.secret_token.get_secret_value()) < _SHORTEST_SECRET:
        raise SettingsError(
            f"FUNNEL_ZOOM_SECRET_TOKEN is shorter than {_SHORTEST_SECRET} characters. "
            f"You find it at {_WHERE['secret_token']}."
        )
    return settings


def rest_settings() -> ZoomSettings:
    """The settings, if they are enough to poll the REST API. Raises SettingsError."""
    return _with(*_REST)


def _with(*names: str) -> ZoomSettings:
    settings = zoom_settings()
    for name in names:
        value = getattr(settings, name)
        if not (value.get_secret_value() if isinstance(value, SecretStr) else value):
            raise SettingsError(f"FUNNEL_ZOOM_{name.upper()} is not set. You find it at {_WHERE[name]}.")
    return settings
