"""A service's settings from the environment or `.env`, or one line that says which is wrong and where to find it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeVar

from pydantic import ValidationError
from pydantic_settings import BaseSettings

from connectors.settings import SettingsError
from contract.faults import in_words

_Settings = TypeVar("_Settings", bound=BaseSettings)


@dataclass(frozen=True, slots=True)
class Asked:
    """A setting that `funnel setup` asks for, or makes up, when the service is connected."""

    setting: str
    """Its name in `.env`."""
    what: str
    """What the service calls it."""
    where: str
    """Where people find it there; of one that is made up, where they put it."""
    way: Literal["poll", "webhook"]
    """What needs it."""
    hidden: bool = True
    """Whether it is typed unseen."""
    optional: bool = False
    made: bool = False
    """Made up at random here, because the service takes any."""
    shortest: int = 1
    """Characters."""


def load(kind: type[_Settings], where: Mapping[str, str]) -> _Settings:
    """Loads the settings. `where`: for each required setting, where people find it. Raises SettingsError."""
    try:
        return kind()
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        field = str(first["loc"][0])
        name = f"{kind.model_config.get('env_prefix', '')}{field}".upper()
        shortest = first["ctx"]["min_length"] if first["type"] in ("too_short", "string_too_short") else None
        if first["type"] == "missing" or shortest == 1:
            what = "is not set"
        elif shortest is not None:
            what = f"is shorter than {shortest} characters"
        else:
            what = f"is wrong: {in_words(first)}"
        raise SettingsError(
            f"{name} {what}. {where.get(field, 'Correct it in the environment or in .env.')}"
        ) from error
