"""The connectors' common settings: environment variables `FUNNEL_…` or lines of `.env`, read once at the start."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from contract.faults import in_words
from process.kafka import KafkaSettings

if TYPE_CHECKING:
    from functools import _lru_cache_wrapper

HOW_TO_MAKE_A_SECRET = (
    "Make one: python3 -c \"import secrets; print('FUNNEL_HASH_SECRET=' + secrets.token_hex(32))\" >> .env "
    "and keep it: with another secret the same people get other ids."
)


_Settings = TypeVar("_Settings", bound=BaseSettings)
_READ: list[Callable[[], None]] = []


def read_once(load: Callable[[], _Settings]) -> "_lru_cache_wrapper[_Settings]":
    """Decorates a function that reads settings: it does so once a process, or again after `read_again`."""
    kept = cache(load)
    _READ.append(kept.cache_clear)
    return kept


def read_again() -> None:
    """Makes this process read its settings anew: `funnel setup` has changed them."""
    for forget in _READ:
        forget()


class SettingsError(Exception):
    """A setting is missing or wrong. The text is one line: which one, and what to do."""


class ConnectorSettings(BaseSettings, KafkaSettings):
    """All common settings of connectors, with their meaning."""

    model_config = SettingsConfigDict(env_prefix="FUNNEL_", env_file=".env", extra="ignore", frozen=True)

    hash_secret: SecretStr = Field(min_length=16)
    """The key of the hashes that replace emails. Whoever has it can test whether an email is among the ids."""
    data_dir: Path = Path(".data")
    """The folder of the quarantine and the connectors' state."""
    disk_reserve_mb: int = Field(default=1000, ge=0)
    """MB that have to stay free on the disks of that folder: with less, no more input is accepted
    (connectors/pipeline/room.py)."""
    business_dir: Path = Path("business")
    """The folder of the files that the business owns (docs/business-rules.md, connectors/forms)."""
    quarantine_days: int = Field(default=90, ge=1, le=3650)
    """How many days rejected input, which may hold emails and names, is kept (connectors/pipeline/discard.py)."""
    poll_seconds: float = Field(default=300.0, gt=0)
    """How often, in seconds, a service is polled (funnel connectors poll), with up to a tenth of jitter."""
    poll_takeover_seconds: float = Field(default=10.0, ge=6, le=60)
    """After how many seconds a poller that died is replaced by another one of its service, if there is one."""


class PublishSettings(BaseSettings, KafkaSettings):
    """The settings for publishing events that already carry their person ids: no secret."""

    model_config = SettingsConfigDict(env_prefix="FUNNEL_", env_file=".env", extra="ignore", frozen=True)

    data_dir: Path = Path(".data")
    disk_reserve_mb: int = Field(default=1000, ge=0)
    """This and the folder as in ConnectorSettings."""


class BusinessSettings(BaseSettings):
    """The settings for the business's rules: the secret only if they name an email or a domain."""

    model_config = SettingsConfigDict(env_prefix="FUNNEL_", env_file=".env", extra="ignore", frozen=True)

    business_dir: Path = Path("business")
    """The folder of the files that the business owns (docs/business-rules.md)."""
    hash_secret: SecretStr = SecretStr("")
    """See ConnectorSettings; empty: not set."""


@read_once
def connector_settings() -> ConnectorSettings:
    """The settings of this process. Raises SettingsError."""
    try:
        return ConnectorSettings()
    except ValidationError as error:
        raise SettingsError(_explain(error)) from error


@read_once
def publish_settings() -> PublishSettings:
    """The settings for publishing alone. Raises SettingsError."""
    try:
        return PublishSettings()
    except ValidationError as error:
        raise SettingsError(_explain(error)) from error


def _explain(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    field = str(first["loc"][0])
    name = f"FUNNEL_{field.upper()}"
    if field != "hash_secret":
        return f"{name}: {in_words(first)}. Correct it in the environment or in .env."
    what = "is not set" if first["type"] == "missing" else "is shorter than 16 characters"
    return f"{name} {what}; person ids are made with it. {HOW_TO_MAKE_A_SECRET}"
