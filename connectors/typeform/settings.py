"""The settings of Typeform's connector: environment variables `FUNNEL_TYPEFORM_…` or lines of `.env`."""

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from connectors.service_settings import Asked, load
from connectors.settings import read_once

_WHERE = {
    "secret": "Make a long random one, and paste the same into Typeform: the form > Connect > Webhooks > Edit > Secret."
}
ASKS = (Asked("FUNNEL_TYPEFORM_SECRET", "signing secret", _WHERE["secret"], "webhook", made=True),)


class TypeformSettings(BaseSettings):
    """All settings, with their meaning."""

    model_config = SettingsConfigDict(
        env_prefix="FUNNEL_TYPEFORM_", env_file=".env", extra="ignore", frozen=True, str_strip_whitespace=True
    )

    secret: SecretStr = Field(min_length=8)
    """The secret with which Typeform signs its deliveries; the same for all forms."""


@read_once
def typeform_settings() -> TypeformSettings:
    """The settings of this process. Raises SettingsError."""
    return load(TypeformSettings, _WHERE)
