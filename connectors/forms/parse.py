"""The text of forms.yaml -> rules, or lines that name the place and what to do. Pure."""

from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator, Field

from connectors.forms.rules import Finding, Fixed, FromDate, FromField, NextOfSeries, Rule
from connectors.toolkit.marked import FileModel, Marked, Model, Path, check, read

_WAYS = {
    "webinar": (),
    "webinar_field": ("platform",),
    "date_field": ("series", "timezone", "date_format"),
    "next_of_series": (),
}
"""How a rule finds its webinar, and the keys that belong to each way."""


def _with_platform(text: str) -> str:
    platform, _, rest = text.partition(":")
    if not platform or not rest:
        raise ValueError(f"{text!r} has no platform before its id; write it as zoom:9151")
    return text


def _zone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"no time zone {text!r}; write an IANA name such as Europe/Berlin") from error
    return text


def _not_empty(text: str) -> str:
    if not text:
        raise ValueError("is empty")
    return text


_Text = Annotated[str, BeforeValidator(lambda said: "" if said is None else said)]
"""Nothing after the colon is the empty text: `where: {course: }` matches forms without a course."""
_Said = Annotated[_Text, AfterValidator(_not_empty)]
_Id = Annotated[_Said, AfterValidator(_with_platform)]


class _Rule(Model):
    """A rule as written in the file; which keys belong together is checked separately, to name their lines."""

    service: _Text = "*"
    form: _Text = "*"
    where: dict[str, _Text] = Field(default_factory=dict)
    webinar: _Id = ""
    webinar_field: _Said = ""
    platform: _Text = ""
    date_field: _Said = ""
    series: _Id = ""
    timezone: Annotated[_Said, AfterValidator(_zone)] = ""
    date_format: _Text = ""
    next_of_series: _Id = ""


class _File(FileModel):
    forms: tuple[_Rule, ...] = ()


def parse_rules(text: str, name: str) -> list[Rule]:
    """The rules in their order. `name` is the file's name, for errors. Raises FileError."""
    marked = read(text, name)
    return [_rule(marked, ("forms", number), said) for number, said in enumerate(check(marked, _File).forms)]


def _rule(marked: Marked, path: Path, said: _Rule) -> Rule:
    ways = [way for way in _WAYS if way in said.model_fields_set]
    if len(ways) != 1:
        found = " and ".join(ways) if ways else "none"
        raise marked.error(path, f"a rule needs exactly one of {', '.join(_WAYS)}; this one has {found}")
    foreign = said.model_fields_set - {"service", "form", "where", *ways, *_WAYS[ways[0]]}
    if foreign:
        key = min(foreign)
        raise marked.error((*path, key), f"{key} does not belong to a rule with {ways[0]}; leave it out")
    for needed in ("series", "timezone"):
        if ways == ["date_field"] and needed not in said.model_fields_set:
            raise marked.error(path, f"a rule with date_field needs {needed} too")
    return Rule(_finding(said, ways[0]), said.service, said.form, said.where, marked.place(*path).line)


def _finding(said: _Rule, way: str) -> Finding:
    if way == "webinar":
        return Fixed(said.webinar)
    if way == "webinar_field":
        return FromField(said.webinar_field, said.platform or None)
    if way == "next_of_series":
        return NextOfSeries(said.next_of_series)
    return FromDate(said.date_field, said.series, ZoneInfo(said.timezone), said.date_format or None)
