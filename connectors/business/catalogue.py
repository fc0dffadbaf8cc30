"""catalogue.yaml: which course, language, region, format and time zone a webinar has. Pure.

Rules are tried from the top: for each field the first rule that matches and sets it decides. An override names one
webinar and comes before every rule.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, model_validator

from connectors.business.patterns import Patterns, SlowPatternError, fits, pattern
from connectors.toolkit.identity import email_person_id, normal_email
from connectors.toolkit.marked import FileError, FileModel, Marked, Model, Place, RuleError, check
from connectors.toolkit.texts import cleaned

FIELDS = ("course", "language", "region", "format", "timezone")
"""The fields that the catalogue can set."""

RULE, OVERRIDE = 1, 2
"""Authorities of its statements (docs/contract.md, "webinar")."""


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError(f"no such time zone: {name}; an IANA name such as Europe/Berlin is expected") from error
    return name


Zone = Annotated[str, AfterValidator(_known_zone)]


def _one_line(text: str) -> str:
    """In the form in which the statement will have it."""
    if not cleaned(text):
        raise ValueError("no readable text; write some letters or digits")
    return cleaned(text)


_Text = Annotated[str, Field(min_length=1, max_length=500), AfterValidator(_one_line)]


class Labels(Model):
    """The fields that are set for a webinar; None: not set."""

    course: _Text | None = None
    language: _Text | None = None
    region: _Text | None = None
    format: Literal["live", "recorded"] | None = None
    timezone: Zone | None = None

    @model_validator(mode="after")
    def _says_something(self) -> "Labels":
        if not self.said():
            raise ValueError(f"is empty; set one of {', '.join(FIELDS)}")
        return self

    def said(self) -> dict[str, str]:
        """The fields that are set."""
        return {name: value for name in FIELDS if (value := getattr(self, name)) is not None}


class When(Model):
    """Which webinars a rule is for: every field given here has to match."""

    title: Patterns | None = None
    tags: Patterns | None = None
    channel: Patterns | None = None
    host: Patterns | None = None
    """The service's own id of the host, or an email."""
    platform: Patterns | None = None
    series_id: Patterns | None = None

    @model_validator(mode="after")
    def _asks_something(self) -> "When":
        if not self.model_fields_set:
            raise ValueError(f"is empty; name one of {', '.join(When.model_fields)}")
        return self


class Rule(Model):
    """One rule; without `when` it is for every webinar."""

    when: When | None = None
    set: Labels


class File(FileModel):
    """catalogue.yaml."""

    rules: tuple[Rule, ...] = ()
    overrides: dict[str, Labels] = Field(default_factory=dict)
    """By webinar_id."""
    overrides_from: str | None = None
    """The path of a CSV file beside this one, or the https address of a published sheet."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A webinar as its service describes it."""

    webinar_id: str
    title: str
    tags: tuple[str, ...]
    channel: str
    host: str
    series_id: str

    @property
    def platform(self) -> str:
        return self.webinar_id.partition(":")[0]


@dataclass(frozen=True, slots=True)
class Decision:
    """The value of one field of one webinar, and where it was decided."""

    value: str
    authority: int
    place: Place


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The rules and overrides that apply."""

    rules: tuple[tuple[When | None, Mapping[str, str], Place], ...] = ()
    overrides: Mapping[str, tuple[Mapping[str, str], Place]] | None = None

    def decide(self, webinar: Listed) -> dict[str, Decision]:
        """The decisions about the webinar, by field. Raises RuleError."""
        decided: dict[str, Decision] = {}
        said, place = (self.overrides or {}).get(webinar.webinar_id, ({}, None))
        for field, value in said.items():
            assert place is not None
            decided[field] = Decision(value, OVERRIDE, place)
        for when, labels, where in self.rules:
            missing = labels.keys() - decided.keys()
            if missing and _applies(when, webinar, where):
                decided |= {field: Decision(labels[field], RULE, where) for field in missing}
        return decided


def parse(marked: Marked) -> File:
    """The file, checked. Raises FileError."""
    return check(marked, File)


def catalogue(marked: Marked, file: File, sheet: Mapping[str, tuple[Labels, Place]], secret: str | None) -> Catalogue:
    """The catalogue from the file and the sheet of overrides; the file's own overrides come before the sheet's.

    `secret`: the key of the hashes, for hosts that are named by their email. Raises FileError.
    """
    overrides = {webinar_id: (labels.said(), place) for webinar_id, (labels, place) in sheet.items()}
    for webinar_id, labels in file.overrides.items():
        if ":" not in webinar_id:
            raise marked.error(("overrides", webinar_id), f"{webinar_id} is no webinar_id, such as zoom:9151")
        of_sheet = overrides.get(webinar_id, ({}, None))[0]
        overrides[webinar_id] = ({**of_sheet, **labels.said()}, marked.place("overrides", webinar_id))
    rules = tuple(
        (_hashed(rule.when, marked, number, secret), rule.set.said(), marked.place("rules", number))
        for number, rule in enumerate(file.rules)
    )
    return Catalogue(rules, overrides)


def _hashed(when: When | None, marked: Marked, number: int, secret: str | None) -> When | None:
    """The same, with hosts' emails replaced by the person ids that events carry."""
    if when is None or when.host is None:
        return when
    hosts = []
    for host in when.host:
        email = normal_email(host.text)
        if email is None:
            hosts.append(host)
        elif secret is None:
            raise needs_secret(marked, ("rules", number, "when", "host"))
        else:
            hosts.append(pattern({"exact": email_person_id(email, secret)}))
    return when.model_copy(update={"host": tuple(hosts)})


def needs_secret(marked: Marked, path: tuple[str | int, ...]) -> FileError:
    """The error for a file that names an email or a domain while no secret is set."""
    return marked.error(path, "FUNNEL_HASH_SECRET is not set; emails and domains are compared by hashes made with it")


def _applies(when: When | None, webinar: Listed, place: Place) -> bool:
    try:
        return when is None or _fits(when, webinar)
    except SlowPatternError as error:
        raise RuleError(place, str(error)) from error


def _fits(when: When, webinar: Listed) -> bool:
    values = {
        "title": [webinar.title],
        "tags": list(webinar.tags),
        "channel": [webinar.channel],
        "host": [webinar.host],
        "platform": [webinar.platform],
        "series_id": [webinar.series_id],
    }
    return all(
        patterns is None or fits(patterns, values[name])
        for name in When.model_fields
        for patterns in [getattr(when, name)]
    )
