"""The business's rules: which webinar a form's registration is for. The first rule that matches decides. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from fnmatch import fnmatchcase
from typing import TypeAlias
from zoneinfo import ZoneInfo

from connectors.forms.directory import Directory
from connectors.mapped import FormRegistration
from contract.instants import MINUTE

_LONGEST_ID = 200


@dataclass(frozen=True, slots=True)
class Fixed:
    """Always the same webinar."""

    webinar_id: str

    def find(self, one: FormRegistration, directory: Directory) -> str | None:  # noqa: ARG002
        return self.webinar_id


@dataclass(frozen=True, slots=True)
class FromField:
    """The webinar whose id is in a hidden field: `zoom:9151`, or `9151` if the platform is given."""

    field: str
    platform: str | None = None

    def find(self, one: FormRegistration, directory: Directory) -> str | None:  # noqa: ARG002
        said = _field(one, self.field)
        if self.platform is not None and said and not said.startswith(f"{self.platform}:"):
            said = f"{self.platform}:{said}"
        platform, colon, rest = said.partition(":")
        good = platform and colon and rest and len(said) <= _LONGEST_ID and said.isprintable() and " " not in said
        return said if good else None


@dataclass(frozen=True, slots=True)
class FromDate:
    """The webinar of the series at the time, or on the day, that the person chose."""

    field: str
    series: str
    zone: ZoneInfo
    """The time zone of the times in the form; an offset in the value itself wins."""
    form: str | None = None
    """The value's format for Python's strptime; None: ISO 8601, or day.month.year."""

    def find(self, one: FormRegistration, directory: Directory) -> str | None:
        chosen = chosen_time(_field(one, self.field), self.form)
        if chosen is None:
            return None
        webinars = directory.of_series(self.series)
        if isinstance(chosen, datetime):
            moment = chosen if chosen.tzinfo is not None else chosen.replace(tzinfo=self.zone)
            try:
                instant, chosen = int(moment.timestamp() * 1000), moment.astimezone(self.zone).date()
            except (OverflowError, ValueError):
                return None  # The year 1, or 9999.
            at_the_time = [id_ for starts_at, id_ in webinars if abs(starts_at - instant) < MINUTE]
            if at_the_time:
                return at_the_time[0]
        on_the_day = [id_ for starts_at, id_ in webinars if _day(starts_at, self.zone) == chosen]
        # Of two on one day it is unclear which is meant: it waits for a rule that decides.
        return on_the_day[0] if len(on_the_day) == 1 else None


@dataclass(frozen=True, slots=True)
class NextOfSeries:
    """The first webinar of the series that starts after the submission."""

    series: str

    def find(self, one: FormRegistration, directory: Directory) -> str | None:
        later = (id_ for starts_at, id_ in directory.of_series(self.series) if starts_at > one.submitted_at)
        return next(later, None)


Finding: TypeAlias = Fixed | FromField | FromDate | NextOfSeries


@dataclass(frozen=True, slots=True)
class Rule:
    """Matches a registration by service, form and hidden fields: exactly, or with * and ? as in file names."""

    finding: Finding
    service: str = "*"
    form: str = "*"
    where: Mapping[str, str] = field(default_factory=dict)
    line: int = 0
    """Its line in the file."""

    def fits(self, one: FormRegistration) -> bool:
        return (
            fnmatchcase(one.service, self.service)
            and fnmatchcase(one.form, self.form)
            and all(_value_fits(_field(one, name), wanted) for name, wanted in self.where.items())
        )


def resolve(one: FormRegistration, rules: Sequence[Rule], directory: Directory) -> str | None:
    """The webinar_id; None: no rule matches, or the one that matches finds no webinar yet.

    If the first matching rule finds none, later ones are not tried: they could only give a webinar that was not meant.
    """
    for rule in rules:
        if rule.fits(one):
            return rule.finding.find(one, directory)
    return None


def chosen_time(text: str, form: str | None) -> datetime | date | None:
    """A chosen date, or date and time (without a zone unless it has one); None: it is neither."""
    text = text.strip()
    if form is not None:
        return _parsed(text, form)
    if len(text) == len("2026-11-22"):
        try:
            return date.fromisoformat(text)
        except ValueError:
            return _parsed(text, "%d.%m.%Y", only_date=True)
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return _parsed(text, "%d.%m.%Y %H:%M")


def _parsed(text: str, form: str, *, only_date: bool = False) -> datetime | date | None:
    try:
        moment = datetime.strptime(text, form)  # noqa: DTZ007
    except ValueError:
        return None
    return moment.date() if only_date or not _says_hour(form) else moment


def _says_hour(form: str) -> bool:
    return any(sign in form for sign in ("%H", "%I", "%c", "%X", "%T", "%R"))


def _day(instant: int, zone: ZoneInfo) -> date:
    return datetime.fromtimestamp(instant / 1000, zone).date()


def _field(one: FormRegistration, name: str) -> str:
    return ((one.fields or {}).get(name) or "").strip()


def _value_fits(value: str, wanted: str) -> bool:
    """An absent field matches only the empty pattern; `*` matches any value."""
    return fnmatchcase(value, wanted) if value else not wanted
