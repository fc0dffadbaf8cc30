"""The settings of the BigMarker connector: environment variables `FUNNEL_BIGMARKER_…` or lines of `.env`."""

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from connectors.service_settings import Asked, load
from connectors.settings import SettingsError, read_once

_WHERE = {
    "api_key": "In BigMarker open your profile > Settings > API & White Label, choose Request API Key, and write the "
    "key into .env."
}
ASKS = (
    Asked("FUNNEL_BIGMARKER_API_KEY", "API key", _WHERE["api_key"], "poll"),
    Asked(
        "FUNNEL_BIGMARKER_WEBHOOK_TOKEN",
        "the secret part of the webhooks' address",
        "It goes into the address that you give to BigMarker, if you want its webhooks: https://…/webhooks/bigmarker/"
        "<token>.",
        "webhook",
        made=True,
    ),
)


class BigMarkerSettings(BaseSettings):
    """All settings of this connector, with their meaning."""

    model_config = SettingsConfigDict(
        env_prefix="FUNNEL_BIGMARKER_", env_file=".env", extra="ignore", frozen=True, str_strip_whitespace=True
    )

    api_key: SecretStr = Field(min_length=1)
    """The API key, sent with every request."""
    base_url: str = Field("https://www.bigmarker.com/api/v1", pattern=r"^https?://[^\s/]+(/[^\s]*)?$")
    """The base address that BigMarker shows beside the key; accounts with their own domain have another."""
    requests_per_second: float = Field(1.0, gt=0, le=50)
    """BigMarker publishes no rate limit, and answers 429 above it."""
    page_size: int = Field(500, ge=1, le=1000)
    """Rows per page."""
    fields_page_size: int = Field(100, ge=1, le=1000)
    """The same for registrations with their custom fields, which BigMarker throttles sooner."""
    look_back_days: int = Field(30, ge=1, le=3660)
    """Webinars that began longer ago are read only by a backfill."""
    settle_minutes: int = Field(60, ge=0, le=1440)
    """How long after its end a webinar's attendance may still change."""
    conferences: str = ""
    """Ids, separated by commas, of conferences that BigMarker's lists leave out: rooms open around the clock."""
    webhook_token: SecretStr | None = Field(None, min_length=16)
    """The last part of the address for BigMarker's webhooks, since BigMarker signs nothing."""

    @property
    def more_conferences(self) -> tuple[str, ...]:
        """The ids of `conferences`."""
        return tuple(one.strip() for one in self.conferences.split(",") if one.strip())


@read_once
def bigmarker_settings() -> BigMarkerSettings:
    """The settings of this process. Raises SettingsError."""
    return load(BigMarkerSettings, _WHERE)


def webhook_token(settings: BigMarkerSettings) -> str:
    """The secret of the webhooks' address. Raises SettingsError if none is set."""
    if settings.webhook_token is None:
        raise SettingsError(
            "FUNNEL_BIGMARKER_WEBHOOK_TOKEN is not set; it keeps strangers from sending webhooks. Make one: "
            "python3 -c \"import secrets; print('FUNNEL_BIGMARKER_WEBHOOK_TOKEN=' + secrets.token_hex(16))\" >> .env"
        )
    return settings.webhook_token.get_secret_value()
