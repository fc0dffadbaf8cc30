"""The settings of Typeform's connector: environment variables `FUNNEL_TYPEFORM_…` or lines of `.env`."""

from functools import cache

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from connectors.service_settings import load

_WHERE = {
    "secret": "Make a long random one, and paste the same into Typeform: the form > Connect > Webhooks > Edit > Secret."
}


class TypeformSettings(BaseSettings):
    """All settings, with their meaning."""

    model_config = SettingsConfigDict(
        env_prefix="FUNNEL_TYPEFORM_", env_file=".env", extra="ignore", frozen=True, str_strip_whitespace=True
    )

    secret: SecretStr = Field(min_length=8)
    """The secret with which Typeform signs its deliveries; the same for all forms."""


@cache
def typeform_settings() -> TypeformSettings:
    """The settings of this process. Raises SettingsError."""
    return load(TypeformSettings, _WHERE)
