"""Parses days as people write them, for `--from` and `--to`. Pure."""

import re
from calendar import monthrange
from datetime import date, timedelta
from typing import NamedTuple

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_NEAR = {"yesterday": -1, "today": 0, "tomorrow": 1}
_FIRST_YEAR, _LAST_YEAR = 1970, 2285
_HOW = "write 2026-11-01, 01.11.2026, 2026-11, 2026-W45, yesterday, today, tomorrow or a weekday such as monday"


class Days(NamedTuple):
    """A day, a week or a month: its first and its last day."""

    first: date
    last: date


def parse_days(text: str, today: date) -> Days:
    """The meaning of the text on the day `today`; a weekday is the latest one, including today. Raises ValueError."""
    word = text.strip().lower()
    if word in _NEAR:
        return _one(today + timedelta(days=_NEAR[word]))
    if len(word) >= 3 and (found := [place for place, name in enumerate(_WEEKDAYS) if name.startswith(word)]):
        return _one(today - timedelta(days=(today.weekday() - found[0]) % 7))
    try:
        days = _written(word)
    except (ValueError, OverflowError) as error:
        raise ValueError(f"no such day; {_HOW}") from error
    if days.first.year < _FIRST_YEAR or days.last.year > _LAST_YEAR:
        raise ValueError(f"not between the years {_FIRST_YEAR} and {_LAST_YEAR}")
    return days


def _written(word: str) -> Days:
    if found := re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", word):
        return _one(date(*map(int, found.groups())))
    if found := re.fullmatch(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", word):
        day, month, year = map(int, found.groups())
        return _one(date(year, month, day))
    if found := re.fullmatch(r"(\d{4})-w(\d{1,2})", word):
        monday = date.fromisocalendar(int(found[1]), int(found[2]), 1)
        return Days(monday, monday + timedelta(days=6))
    if found := re.fullmatch(r"(\d{4})-(\d{1,2})", word):
        first = date(int(found[1]), int(found[2]), 1)
        return Days(first, first.replace(day=monthrange(first.year, first.month)[1]))
    raise ValueError(word)


def _one(day: date) -> Days:
    return Days(day, day)
