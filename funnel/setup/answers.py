"""The file of answers of `funnel setup --answers`. Pure."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from connectors.registry import connector
from connectors.toolkit.date_order import DateOrder
from connectors.toolkit.marked import FileError, FileModel, Model, check, near, read
from funnel.setup.questions import answer_name, of_setting, wrong_zone

MOST_DAYS = 3650


def _zone(name: str) -> str:
    if why := wrong_zone(name):
        raise ValueError(why)
    return name


Zone = Annotated[str, AfterValidator(_zone)]


class FileAnswers(Model):
    """One file to import."""

    path: Annotated[str, Field(min_length=1)]
    timezone: Zone | None = None
    """Of its times; without it, that of the installation."""
    mapping: str | None = None
    """The mapping file of a table; without it, the one beside the file, else a new one."""
    webinar: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    """The webinar that the file is about, if no column says it."""
    platform: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,39}$")] = "zoom"
    """The service where people met."""
    starts_at: str | None = None
    """When that webinar began, if no column says it: 2026-11-22 18:00."""
    date_order: DateOrder | None = None
    """Of 05/10/2026, if the file does not show it."""


class Answers(FileModel):
    """All answers. What is left out is not done, or has the default of the question."""

    timezone: Zone | None = None
    services: dict[str, dict[str, str]] = Field(default_factory=dict)
    files: tuple[FileAnswers, ...] = ()
    days: Annotated[int, Field(ge=1, le=MOST_DAYS)] = 90
    """How far back the services are read."""
    start: Literal["yes", "no"] = "yes"
    """Whether the stack is started."""
    rules: Literal["yes", "no"] = "yes"
    """Whether files with rules are proposed."""


def parse(text: str, file: str, offered: tuple[str, ...]) -> Answers:
    """The answers. Raises FileError with a line for each fault; none holds a secret."""
    marked = read(text, file)
    said = check(marked, Answers)
    faults = []
    for name, values in said.services.items():
        if name not in offered:
            raise marked.error(("services", name), f"{name} is no service that setup knows; {near(name, offered)}")
        asks = {answer_name(name, one.setting): one for one in connector(name).asks}
        for key, value in values.items():
            where = ("services", name, key)
            if key not in asks:
                faults.append(marked.error(where, f"unknown key {key}; {near(key, list(asks))}"))
            elif why := of_setting(name, asks[key]).wrong(value):
                faults.append(marked.error(where, why))
    if faults:
        raise FileError("\n".join(map(str, faults)))
    return said
