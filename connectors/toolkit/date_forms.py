"""Formats of dates and times in strptime's notation -> the moment in a text of that format. Pure.

Not strptime itself: it accepts a zone's name but drops it, and knows months only in the machine's language.
"""

import re
from dataclasses import dataclass
from datetime import datetime, time, tzinfo
from functools import lru_cache

from connectors.toolkit import zone_names
from connectors.toolkit.date_order import DateOrder
from connectors.toolkit.month_names import month_of
from connectors.toolkit.zone_names import zone_said

_HALF = r"(?P<half>[AaPp]\.?\s?[Mm]\.?)"
_PARTS = {
    "d": r"(?P<day>[0-9]{1,2})",
    "m": r"(?P<month>[0-9]{1,2})",
    "Y": r"(?P<year>[0-9]{4})",
    "y": r"(?P<short_year>[0-9]{2})",
    "H": r"(?P<hour>[0-9]{1,2})",
    "I": r"(?P<hour>[0-9]{1,2})",
    "M": r"(?P<minute>[0-9]{2})",
    "S": r"(?P<second>[0-9]{2})",
    "f": r"(?P<fraction>[0-9]{1,9})",
    "p": _HALF,
    "b": r"(?P<name>[^\W\d_]+\.?)",
    "B": r"(?P<name>[^\W\d_]+\.?)",
    "a": r"[^\W\d_]+(?:-[^\W\d_]+)?\.?",
    "A": r"[^\W\d_]+(?:-[^\W\d_]+)?\.?",
    "z": rf"(?P<zone>{zone_names.NAME})",
    "Z": rf"(?P<zone>{zone_names.NAME})",
    "%": "%",
}
_SAME_PART = {"b": "m", "B": "m", "y": "Y", "I": "H", "Z": "z"}
"""Directives for the same part of a date in another form."""
_LITERAL_ZONE = re.compile(
    r"(?:(?<![A-Za-z])(?:UTC|GMT|CET|CEST|MSK|EST|EDT|PST|PDT)(?![A-Za-z])|(?<=\d)Z)|[+-]\d\d:?\d\d\b"
)
_CENTURY = 2000


@dataclass(frozen=True, slots=True)
class Moment:
    """The moment in a text, as far as the text has it."""

    wall: datetime
    """The wall clock, without a zone."""
    zone: tzinfo | None
    """The zone in the text itself; None: it has none."""
    is_date_said: bool
    """False: a time of day only; the date of `wall` means nothing."""
    is_clock_said: bool = True
    """False: a date only; `wall` is its midnight."""


@dataclass(frozen=True, slots=True)
class DateForm:
    """One form."""

    pattern: str
    expression: str
    """The regular expression. It is compiled on first use: compiling those of all formats takes half a second."""
    has_date: bool

    @property
    def order(self) -> tuple[str, DateOrder] | None:
        """For a format that begins with day and month as numbers: their separator, and which comes first."""
        match = re.match(r"\s*(?:%d([/.-])%m|%m([/.-])%d)", self.pattern)
        if match is None:
            return None
        return (match[1], "day-first") if match[1] else (match[2], "month-first")

    def read(self, text: str) -> Moment | None:
        """The moment; None: the text has another format. Raises ValueError for an impossible date or unknown zone."""
        match = _compiled(self.expression).fullmatch(text.strip())
        return None if match is None else moment_of(match.groupdict(), self.has_date)


@lru_cache(maxsize=1024)
def _compiled(expression: str) -> re.Pattern[str]:
    return re.compile(expression, re.IGNORECASE)


@lru_cache(maxsize=256)
def date_form(pattern: str) -> DateForm:
    """The format of that pattern: %d %m %Y %y %H %I %M %S %f %p %b %B %a %A %z %Z. Raises ValueError for anything else,
    and for a literal zone in the pattern, which would be lost.
    """
    zone = _LITERAL_ZONE.search(re.sub(r"%.", "0", pattern))
    if zone is not None:
        raise ValueError(f"the form would lose the zone {zone[0]} of its values; write %Z where {zone[0]} stands")
    directives = re.findall(r"%(.)", pattern)
    is_broken = "%" in re.sub(r"%.", "", pattern) or any(one not in _PARTS for one in directives)
    if is_broken or not directives:
        raise ValueError("no date format such as %d.%m.%Y %H:%M")
    parts = [one for one in directives if one not in "aA%"]
    if len({_SAME_PART.get(one, one) for one in parts}) != len(parts):
        raise ValueError("a date format says every part once")
    has_date = "d" in parts and bool({"Y", "y"} & set(parts)) and bool({"m", "b", "B"} & set(parts))
    if not has_date and ({"d", "m", "b", "B", "Y", "y"} & set(parts) or not {"H", "I"} & set(parts)):
        raise ValueError("a date format needs day, month and year, such as %d.%m.%Y %H:%M")
    pieces = re.split(r"(%.)", pattern.strip())
    regex = "".join(_PARTS[piece[1]] if piece[:1] == "%" else _spaced(piece) for piece in pieces)
    return DateForm(pattern, regex, has_date)


def _spaced(literal: str) -> str:
    return re.sub(r"(?:\\?\s)+", r"\\s+", re.escape(literal))


def moment_of(part: dict[str, str | None], has_date: bool = True) -> Moment:
    """The moment from the named groups of a matching format. Raises ValueError."""
    hour = _hour(part)
    minute, second = (int(part.get(name) or 0) for name in ("minute", "second"))
    zone = zone_said(part["zone"] or "") if part.get("zone") else None
    if part.get("zone") and zone is None:
        raise ValueError("its zone is unknown or means several; write an offset such as +02:00")
    month = _month(part) if has_date else 1
    try:
        clock = time(hour, minute, second)
        day = datetime(_year(part), month, int(part["day"] or 0)) if has_date else datetime(2000, 1, 1)  # noqa: DTZ001
    except ValueError as error:
        raise ValueError("no such date or time") from error
    return Moment(datetime.combine(day, clock), zone, has_date, is_clock_said="hour" in part)


def _hour(part: dict[str, str | None]) -> int:
    hour, half = int(part.get("hour") or 0), (part.get("half") or "").lower()
    if not half:
        return hour
    if not 1 <= hour <= 12:
        raise ValueError("not an hour of a 12-hour clock")
    return hour % 12 + (12 if half.startswith("p") else 0)


def _year(part: dict[str, str | None]) -> int:
    return int(part["year"] or 0) if part.get("year") else _CENTURY + int(part["short_year"] or 0)


def _month(part: dict[str, str | None]) -> int:
    name = part.get("name")
    if name is None:
        return int(part["month"] or 0)
    number = month_of(name)
    if number is None:
        raise ValueError("not a month's name")
    return number


_CLOCKS = ("%I:%M %p", "%I:%M:%S %p", "%I:%M%p", "%I:%M:%S%p", "%H:%M", "%H:%M:%S", "%H:%M:%S.%f")
"""The 12-hour clock comes first: otherwise AM would be read as a zone."""
_UNAMBIGUOUS = (
    *(("%Y-%m-%d", between) for between in (" ", "T", ", ")),
    *((day, between) for day in ("%Y/%m/%d", "%Y.%m.%d") for between in (" ", ", ")),
    *((day, between) for day in ("%d %b %Y", "%d. %b %Y", "%b %d, %Y", "%b %d %Y") for between in (" ", ", ")),
    *((day, " ") for day in ("%a, %d %b %Y", "%a %b %d %Y")),
)
PLAIN_FORMS = tuple(
    date_form(f"{day}{between}{clock}{zone}")
    for day, between in _UNAMBIGUOUS
    for clock in _CLOCKS
    for zone in ("", "%Z", " %Z")
)
"""Unambiguous dates and times, with the year first or the month by name: read without a configured format."""
