"""One field of BigMarker's JSON -> a value. Pure. A failure raises FieldError, whose text never repeats content.

BigMarker does not document how it writes dates and durations, so every plausible form is read.
"""

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

from connectors.mapped import Reason, Rejection
from connectors.toolkit.date_forms import moment_of
from contract.instants import DAY, FAR_FUTURE, FIRST_INSTANT, SECOND, parse_instant

LONGEST_TEXT = 500
"""Longer texts are cut: we show nothing longer, and a record must not be too large."""
_LONGEST_SECONDS = 366 * DAY // SECOND
_NOTHING = frozenset({"", "-", "--", "n/a", "null", "none", "nil"})
_YES = frozenset({"true", "yes", "y", "1", "t"})
_NO = frozenset({"false", "no", "n", "0", "f"})

_CLOCK = re.compile(r"(?:(\d{1,4}):)?(\d{1,4}):(\d{1,2})(?:\.\d+)?", re.ASCII)
_UNITS = re.compile(
    r"(?:pt)?(?=.*\d)(?:(\d+(?:\.\d+)?)\s*h(?:ou)?(?:rs?|r)?s?\.?,?)?\s*(?:(\d+(?:\.\d+)?)\s*m(?:in(?:ute)?)?s?\.?,?)?\s*"
    r"(?:(\d+(?:\.\d+)?)\s*s(?:ec(?:ond)?)?s?\.?)?",
    re.ASCII,
)
_TIME = r"(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,]\d+)?)?\s*(?P<half>[AaPp][Mm])?"
_ZONE = r"\s*(?P<zone>[Zz]|[A-Za-z]{3,4}|(?:GMT|UTC)?\s*[+-]\d\d:?(?:\d\d)?)?"
_DATES = tuple(
    re.compile(form + _ZONE, re.ASCII)
    for form in (
        r"(?P<year>\d{4})[-/](?P<month>\d\d?)[-/](?P<day>\d\d?)(?:[Tt]|,?\s+)" + _TIME,
        r"(?P<month>\d{1,2})/(?P<day>\d{1,2})/(?P<year>\d{4}),?\s+" + _TIME,
        r"(?:[A-Za-z]{3,9},?\s+)?(?P<name>[A-Za-z]{3})[a-z]*\.?\s+(?P<day>\d{1,2}),?\s+(?P<year>\d{4}),?\s+(?:at\s+)?"
        + _TIME,
        r"(?:[A-Za-z]{3,9},?\s+)?(?P<day>\d{1,2})\s+(?P<name>[A-Za-z]{3})[a-z]*\.?\s+(?P<year>\d{4}),?\s+" + _TIME,
    )
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class FieldError(Exception):
    """A field cannot be read."""

    def __init__(self, field: str, why: str, reason: Reason = Reason.WRONG_FORM) -> None:
        super().__init__(why)
        self.rejection = Rejection(reason, f"{field}: {why}")


def text(value: object) -> str:
    """The value as trimmed text of limited length that is valid UTF-8; "" for nothing, lists and objects."""
    if not value and value != 0:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    if isinstance(value, int) and not -(2**63) < value < 2**63:
        return ""
    # JSON may hold lone surrogates, which cannot be encoded.
    said = str(value).encode("utf-8", "replace").decode().replace("\0", "").strip()
    return "" if said.lower() in _NOTHING else said[:LONGEST_TEXT].rstrip()


def first(row: Mapping[str, Any], *names: str) -> str:
    """The text of the first of these fields that is not empty."""
    return next((said for said in (text(row.get(name)) for name in names) if said), "")


def yes(value: object) -> bool | None:
    """A boolean in any spelling; None if it is neither true nor false."""
    if isinstance(value, bool):
        return value
    word = text(value).lower()
    return True if word in _YES else False if word in _NO else None


def count(value: object) -> int | None:
    """A whole number >= 0; None for anything else."""
    digits = text(value)
    return int(digits) if re.fullmatch(r"\d{1,15}", digits, re.ASCII) else None


def seconds(value: object, field: str) -> int | None:
    """A duration, cut to whole seconds: `1:05:10`, `65:10`, `3910`, `65 min`, `1h 5m 10s`, `PT1H5M`; None for nothing.

    Two numbers with a colon are minutes and seconds. A number alone is seconds. Raises FieldError.
    """
    said = _number_or_text(value, field)
    if said is None:
        return None
    total = float(said) if isinstance(said, int | float) else _spelled_seconds(said, field)
    if not 0 <= total <= _LONGEST_SECONDS:
        raise FieldError(field, "not a duration between 0 and a year")
    return int(total)


def instant(value: object, field: str, zone: tzinfo) -> int | None:
    """A moment in milliseconds since 1970 UTC: RFC 3339, `2024-03-05 10:01:02 UTC`, `03/05/2024 10:01 AM`, unix
    seconds or milliseconds; None for nothing.

    `zone` applies if the value has none; of an hour that occurs twice the first is taken. Raises FieldError.
    """
    said = _number_or_text(value, field)
    if said is None:
        return None
    if isinstance(said, str):
        millis = _spelled_instant(said, field, zone)
    else:
        # Unix milliseconds of this century have twelve digits or more, seconds have ten.
        millis = int(said * SECOND) if abs(said) < 100_000_000_000 else int(said)
    if not FIRST_INSTANT <= millis < FAR_FUTURE:
        raise FieldError(field, "before 2000, or too far ahead", Reason.TIME_OUT_OF_RANGE)
    return millis


def _number_or_text(value: object, field: str) -> int | float | str | None:
    if value is None or (isinstance(value, str) and not text(value)):
        return None
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise FieldError(field, "neither text nor a number")
    if isinstance(value, str):
        said = text(value)
        return float(said) if re.fullmatch(r"\d{1,15}(?:\.\d{1,9})?", said, re.ASCII) else said
    if not math.isfinite(value) or abs(value) > 10**15:
        raise FieldError(field, "a number too large for any date or duration")
    return value


def _spelled_instant(said: str, field: str, zone: tzinfo) -> int:
    try:
        return parse_instant(said)
    except ValueError:
        moment = _moment(said, zone)
    if moment is None:
        raise FieldError(field, "not a date and time such as 2024-03-05T10:01:02Z")
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def _spelled_seconds(said: str, field: str) -> float:
    clock = _CLOCK.fullmatch(said)
    if clock is not None:
        hours, minutes, rest = (int(part or 0) for part in clock.groups())
        if rest > 59 or (clock.group(1) and minutes > 59):
            raise FieldError(field, "not a duration: over 59 minutes or seconds")
        return hours * 3600 + minutes * 60 + rest
    units = _UNITS.fullmatch(said.lower())
    if units is None:
        raise FieldError(field, "not a duration such as 01:05:10, 65 min or 3910")
    hours_said, minutes_said, seconds_said = (float(part or 0) for part in units.groups())
    return hours_said * 3600 + minutes_said * 60 + seconds_said


def _moment(said: str, zone: tzinfo) -> datetime | None:
    match = next((match for match in (form.fullmatch(said) for form in _DATES) if match), None)
    if match is None:
        return None
    try:
        moment = moment_of(match.groupdict())
        return moment.wall.replace(tzinfo=moment.zone or zone).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
