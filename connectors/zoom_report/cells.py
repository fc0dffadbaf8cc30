"""One cell of Zoom's report -> a value. Pure. What fails raises ValueError with a reason that repeats no content."""

import re
from datetime import datetime
from functools import lru_cache

from streams.events import RegistrationStatus

_CLOCK = r"(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d))?\s*(?P<half>[AaPp][Mm])?"
_DATE_FORMS = tuple(
    re.compile(date + r",?\s+" + _CLOCK, re.ASCII)
    for date in (
        r"(?P<month>\d{1,2})/(?P<day>\d{1,2})/(?P<year>\d{4})",
        r"(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)",
        r"(?P<name>[A-Za-z]{3})[a-z]*\.? (?P<day>\d{1,2}),? (?P<year>\d{4})",
    )
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_STATUSES: dict[str, RegistrationStatus] = {
    "": "registered",
    "pending": "registered",
    "approved": "approved",
    "denied": "denied",
}


@lru_cache(maxsize=4096)
def local_time(text: str) -> datetime:
    """Zoom's date and time, which carry no zone: `05/12/2026 09:00:00 AM`, `May 12, 2026 09:00:00`, `2026-05-12 09:00`.

    Numbers with slashes are month/day/year.
    """
    for form in _DATE_FORMS:
        match = form.fullmatch(text)
        if match is not None:
            return _datetime_of(match.groupdict())
    raise ValueError("not a date and time such as 05/12/2026 09:00:00 AM")


def _datetime_of(part: dict[str, str | None]) -> datetime:
    hour, half = int(part["hour"] or 0), (part["half"] or "").lower()
    if half:
        if not 1 <= hour <= 12:
            raise ValueError("not an hour of a 12-hour clock")
        hour = hour % 12 + (12 if half == "pm" else 0)
    year, day, minute, second = (int(part[name] or 0) for name in ("year", "day", "minute", "second"))
    try:
        return datetime(year, _month(part), day, hour, minute, second)  # noqa: DTZ001  connectors.cells.instant_of applies the zone
    except ValueError as error:
        raise ValueError("no such date or time (numbers with slashes are month/day/year)") from error


def _month(part: dict[str, str | None]) -> int:
    name = part.get("name")
    return _MONTHS.index(name.lower()) + 1 if name else int(part["month"] or 0)


def webinar_number(text: str) -> str:
    """`123 456 7890` -> `1234567890`."""
    number = re.sub(r"[\s\u00a0-]", "", text).removeprefix('="').removesuffix('"')
    if not re.fullmatch(r"\d{6,20}", number, re.ASCII):
        raise ValueError("not a webinar id such as 123 456 7890")
    return number


def approval_status(text: str) -> RegistrationStatus:
    """Zoom's Approval Status in the contract's words. Nothing said means registered."""
    word = text.lower()
    if word.startswith("cancel"):
        return "cancelled"
    if word not in _STATUSES:
        raise ValueError("not one of approved, pending, cancelled, denied")
    return _STATUSES[word]


def attended(text: str) -> bool:
    """Zoom's Attended column."""
    word = text.lower()
    if word not in {"yes", "no"}:
        raise ValueError("neither Yes nor No")
    return word == "yes"
