"""The settings of the generic webhook: environment variables `FUNNEL_GENERIC_…` or lines of `.env`."""

from pathlib import Path

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from connectors.service_settings import load
from connectors.settings import SettingsError, read_once


class GenericSettings(BaseSettings):
    """All settings, with their meaning."""

    model_config = SettingsConfigDict(
        env_prefix="FUNNEL_GENERIC_",
        env_file=".env",
        extra="ignore",
        frozen=True,
        env_nested_delimiter="__",
        str_strip_whitespace=True,
    )

    folder: Path = Path("business/webhooks")
    """The folder with the descriptions of form services, one `<name>.yaml` each."""
    secrets: dict[str, SecretStr] = {}
    """By form service: its token, or the secret that it signs with. One `FUNNEL_GENERIC_SECRETS__<NAME>=…` each."""


@read_once
def generic_settings() -> GenericSettings:
    """The settings of this process. Raises SettingsError."""
    return load(GenericSettings, {})


def secret_of(name: str) -> str:
    """The token or signing secret of one form service. Raises SettingsError if it is missing or too short."""
    secret = generic_settings().secrets.get(name)
    if secret is None or len(secret.get_secret_value()) < 8:
        raise SettingsError(
            f"FUNNEL_GENERIC_SECRETS__{name.upper()} is not set, or is shorter than 8 characters. It is the token in "
            f"the address of {name}, or the secret that it signs with: docs/services/generic.md says which."
        )
    return secret.get_secret_value()
