"""The settings of what leaves: `FUNNEL_SMALL_GROUPS` and `FUNNEL_API_…` in the environment or in `.env`."""

from functools import cache
from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from connectors.service_settings import load


class AnswerSettings(BaseSettings):
    """What is left out of what leaves."""

    model_config = SettingsConfigDict(
        env_prefix="FUNNEL_", env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True
    )

    small_groups: int = Field(default=5, ge=0)
    """API, MCP, exports and shared pages leave out numbers of fewer people; 0: none."""


class ApiSettings(BaseSettings):
    """The settings of the API."""

    model_config = SettingsConfigDict(
        env_prefix="FUNNEL_API_", env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True
    )

    tokens: SecretStr = SecretStr("")
    """Bearer tokens or their hashes (sha256:…), with commas; none: the API does not start."""
    tokens_file: Path | None = None
    """A file with more of them, one a line."""
    host: str = "127.0.0.1"
    port: int = Field(default=8091, ge=0, le=65_535)
    requests_per_minute: int = Field(default=120, ge=1)
    """Of one token; shared pages have as many together."""
    url: str = ""
    """The address at which others reach it, for shared links; empty: http://host:port."""


@cache
def answer_settings() -> AnswerSettings:
    """The settings of this process. Raises SettingsError."""
    return load(AnswerSettings, {})


@cache
def api_settings() -> ApiSettings:
    """The settings of this process. Raises SettingsError."""
    return load(ApiSettings, {})
