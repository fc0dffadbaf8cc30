"""The settings of Tilda's connector: environment variables `FUNNEL_TILDA_…` or lines of `.env`."""

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from connectors.service_settings import Asked, load
from connectors.settings import read_once

_WHERE = {
    "token": "Make a long random one, and put it into the address that you give to Tilda: Site Settings > Forms > "
    "Webhook > https://…/webhooks/tilda/<token>."
}
ASKS = (Asked("FUNNEL_TILDA_TOKEN", "the secret part of the address", _WHERE["token"], "webhook", made=True),)


class TildaSettings(BaseSettings):
    """All settings, with their meaning."""

    model_config = SettingsConfigDict(
        env_prefix="FUNNEL_TILDA_", env_file=".env", extra="ignore", frozen=True, str_strip_whitespace=True
    )

    token: SecretStr = Field(min_length=16)
    """The secret part of the address that Tilda posts to, since Tilda signs nothing."""


@read_once
def tilda_settings() -> TildaSettings:
    """The settings of this process. Raises SettingsError."""
    return load(TildaSettings, _WHERE)
