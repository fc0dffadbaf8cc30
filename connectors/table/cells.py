"""One row of a user's table: its fields as values. Pure."""

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import TypeVar
from zoneinfo import ZoneInfo

from connectors.mapped import Context, Reason, Rejection
from connectors.table.fields import CLOCKED, SECONDS, SKIP, SOURCE, words_of
from connectors.table.layout import Layout
from connectors.table.mapping_file import MappingFile
from connectors.table.percent import percent_of
from connectors.toolkit.cells import CellError, clean, instant_of, is_nothing, refuse_surplus, whole_number
from connectors.toolkit.content_id import content_hash, mapped_event
from connectors.toolkit.date_forms import PLAIN_FORMS, Moment, date_form
from connectors.toolkit.ids import webinar_id_of
from connectors.toolkit.separators import Decimal, number
from connectors.toolkit.spans import clock_seconds, spelled_seconds
from contract.events import Event
from contract.instants import FAR_FUTURE, FIRST_INSTANT, SECOND, format_instant, parse_instant

T = TypeVar("T")

ID_PREFIX = "table"
_LONGEST = 500
"""The most characters of a text; the rest is cut, because a record has to stay small."""
_FIRST_SERIAL = datetime(1899, 12, 30)  # noqa: DTZ001  day 0 of spreadsheets, a wall clock
_DAY = date_form("%Y-%m-%d")
_NUMBER = re.compile(r"\d{1,7}(?:[.,]\d{1,20})?(?:[eE]-\d{1,2})?", re.ASCII)
_SERIAL = re.compile(r"[3-9]\d{4}(?:[.,]\d{1,20})?", re.ASCII)
"""A day of this century in spreadsheets' numbering: 36526 is 2000-01-01."""
_EPOCH = re.compile(r"(\d{9,10})(?:\.\d{1,9})?|(\d{12,13})", re.ASCII)


class SkippedRow(Exception):
    """The mapping file says that rows like this one do not count."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What is not in the table itself."""

    mapping: MappingFile
    zone: ZoneInfo
    context: Context
    read_at: int
    """The time of the table's statements, ms since 1970 UTC: a file's own time, or when a sheet was read."""
    is_sheet: bool = False
    """In a sheet, numbers can be times and durations, and there may be notes beside the table."""


@dataclass(frozen=True, slots=True)
class Fields:
    """A row under its header, by field. Raises CellError for an unreadable cell."""

    layout: Layout
    row: list[str]
    reading: Reading
    decimals: Mapping[str, Decimal]
    """The decimal separator of each field, found from its whole column."""
    in_parts: bool | None = False
    """Whether percentages without a sign are fractions such as 0.875; None: the column does not show it."""

    def text(self, field: str) -> str:
        """The field's value in the row, or its constant; empty if there is none. Very long values are cut."""
        places = self.layout.columns.get(field)
        if places is None:
            return self.reading.mapping.constants.get(field, "")
        said = (clean(self.row[place]) for place in places if place < len(self.row))
        text = " ".join(one for one in said if one)[:_LONGEST]
        # A source's value is kept as received; rules match its canonical form (contract/source_names.py).
        return "" if field not in SOURCE and is_nothing(text) else text

    def read(self, field: str, parse: Callable[[str], T]) -> T:
        """The cell, parsed by a function that raises ValueError."""
        try:
            return parse(self.text(field))
        except ValueError as error:
            raise CellError(field, str(error)) from error

    def refuse_surplus(self) -> None:
        """More cells than columns: an unquoted comma has shifted the rest of the row into wrong columns."""
        refuse_surplus(self.row, self.layout.width)

    def word(self, field: str) -> str | None:
        """The value of a field with a fixed set of words; None if the cell is empty. Raises SkippedRow."""
        text = self.text(field)
        if not text:
            return None
        word = self.reading.mapping.word_in(field, text)
        if word is None:
            known = ", ".join(dict.fromkeys((words_of(self.reading.mapping.kind, field) or {}).values()))
            raise CellError(field, f"not one of {known}, {SKIP}; say what it means under values: {field}")
        if word == SKIP:
            raise SkippedRow
        return word

    def instant(self, field: str, not_before: int | None = None, *, needs_clock: bool = False) -> int | None:
        """Milliseconds since 1970 UTC; None if the cell is empty. Between the years 2000 and 2286."""
        text = self.text(field)
        if not text:
            return None
        try:
            instant = self._instant(text, not_before, needs_clock=needs_clock or field in CLOCKED)
        except (ValueError, OverflowError) as error:
            raise CellError(field, str(error)) from error
        if not FIRST_INSTANT <= instant < FAR_FUTURE:
            raise CellError(field, "before the year 2000, or far in the future", Reason.TIME_OUT_OF_RANGE)
        return instant

    def _instant(self, text: str, not_before: int | None, *, needs_clock: bool) -> int:
        moment = _moment(text, self.reading.mapping.dates, self.reading.is_sheet)
        if isinstance(moment, int):
            return moment
        if needs_clock and not moment.is_clock_said:
            raise ValueError("a date without a time of day: name the columns of both, such as [Date, Time]")
        zone = self.reading.zone if moment.zone is None else moment.zone
        if moment.is_date_said:
            return instant_of(moment.wall, zone, not_before)
        wall = datetime.combine(self._date(), moment.wall.time())
        instant = instant_of(wall, zone, not_before)
        if not_before is not None and instant < not_before:
            # A leave without a date that lies before its join is after midnight.
            return instant_of(wall + timedelta(days=1), zone, not_before)
        return instant

    def is_day_only(self, field: str) -> bool:
        """Whether the cell has a date without a time of day."""
        moment = self._moment(field)
        return isinstance(moment, Moment) and moment.is_date_said and not moment.is_clock_said

    def _moment(self, field: str) -> Moment | int | None:
        text = self.text(field)
        return (
            self.read(field, lambda said: _moment(said, self.reading.mapping.dates, self.reading.is_sheet))
            if text
            else None
        )

    def _date(self) -> date:
        said = self.text("date")
        begin = None if said else self._moment("starts_at")
        if isinstance(begin, int):
            return datetime.fromtimestamp(begin / SECOND, self.reading.zone).date()
        if begin is not None and begin.is_date_said:
            return begin.wall.date()
        if not said:
            raise ValueError("a time without a date: name its column or a constant under date, such as 2026-11-22")
        for form in ("%Y-%m-%d", *self.reading.mapping.dates):
            moment = date_form(form).read(said)
            if moment is not None and moment.is_date_said:
                return moment.wall.date()
        raise CellError("date", "not a date such as 2026-11-22, nor in a form under dates")

    def moment(self, field: str, *, needs_clock: bool = False) -> str | None:
        """The same as RFC 3339 text."""
        instant = self.instant(field, needs_clock=needs_clock)
        return None if instant is None else format_instant(instant)

    def count(self, field: str) -> int | None:
        """A whole number; None if the cell is empty. For people `1.024` is over a thousand, unless the column or sheet
        has decimals; seconds may have decimals: `615.250` is not over 600 thousand.
        """
        text = self.text(field)
        if not text:
            return None
        if "." not in text or (field not in SECONDS and self._decimal(field) != "."):
            return self.read(field, whole_number)
        number = self.number(field)
        if field not in SECONDS and not number.is_integer():
            raise CellError(field, "not a whole number")
        return round(number)

    def number(self, field: str) -> float:
        """A number with decimals, by the column's decimal separator. Also spreadsheets' 1E-05."""
        text = self.text(field)
        if re.search(r"[eE]-", text) and _NUMBER.fullmatch(text):
            return float(text.replace(",", "."))
        return self.read(field, lambda said: number(said, self._decimal(field)))

    def _decimal(self, field: str) -> Decimal | None:
        return self.reading.mapping.decimal or self.decimals.get(field) or ("." if self.reading.is_sheet else None)

    def minutes(self, field: str) -> int | None:
        """Minutes with optional decimals, or a duration with units, as whole seconds."""
        text = self.text(field)
        if not text:
            return None
        spelled = self.read(field, lambda _: _spelled(text))
        return round(60 * self.number(field)) if spelled is None else spelled

    def duration(self, field: str) -> int | None:
        """H:MM:SS, units in words, or a spreadsheet's fraction of a day, as whole seconds."""
        text = self.text(field)
        if not text:
            return None
        spelled = self.read(field, lambda _: _spelled(text))
        if spelled is not None:
            return spelled
        is_part_of_day = self.reading.is_sheet or re.match(r"[0-4][.,]\d", text)
        if is_part_of_day and _NUMBER.fullmatch(text):
            return round(86_400 * self.number(field))
        raise CellError(field, "not a duration such as 1:05:00 or 1h 5m")

    def share(self, field: str) -> float | None:
        """Percent, 0 to 100, as a fraction."""
        if not self.text(field):
            return None
        said = percent_of(self.text(field))
        if said is None:
            raise CellError(field, "not percent such as 87%")
        if not said.has_sign and said.number and self.in_parts is None:
            raise CellError(field, "1 percent, or all of it? write 1 % or 100 %")
        part = said.number if self.in_parts and not said.has_sign else said.number / 100
        if part > 1:
            raise CellError(field, "more than 100 percent")
        return part

    def planned_seconds(self) -> int | None:
        """The planned duration of the webinar in seconds; None if the row has none."""
        minutes = self.minutes("duration_minutes")
        return self.count("duration_seconds") if minutes is None else minutes

    def webinar_id(self) -> str:
        """`<platform>:<id>`: from its column or constant, else a hash of the columns that together name a webinar."""
        platform = self.reading.mapping.platform
        if self.layout.named:
            said = [self.row[place].strip() if place < len(self.row) else "" for place in self.layout.named]
            if not all(said):
                raise CellError("webinar_id_from", "one of its columns is empty", Reason.MISSING_FIELD)
            return f"{platform}:row-{content_hash(said)[:16]}"
        text = self.text("webinar_id")
        if not text:
            raise CellError("webinar_id", "missing", Reason.MISSING_FIELD)
        return self.read("webinar_id", lambda said: webinar_id_of(said, platform))

    def said(self) -> list[str]:
        """The row's values in all mapped columns: the same row gives the same list."""
        mapped = [self.text(field) for field in sorted(self.layout.columns)]
        return mapped + [self.row[place].strip() if place < len(self.row) else "" for place in self.layout.named]

    def event(self, content: Mapping[str, object]) -> Event:
        """The contract's event; its id derives from the content. Raises CellError if workers would not accept it."""
        event = mapped_event(dict(content), self.reading.context, ID_PREFIX)
        if isinstance(event, Rejection):
            raise CellError("row", event.detail, event.reason)
        return event


def webinar_of(row: Fields) -> str:
    """The webinar of a row whose other cells cannot be read; empty if the row does not name it."""
    try:
        return row.webinar_id()
    except CellError:
        return ""


def _spelled(text: str) -> int | None:
    if re.fullmatch(r"\d{1,3}:[0-5]\d", text, re.ASCII):
        raise ValueError("hours and minutes, or minutes and seconds? write H:MM:SS, such as 0:45:30")
    seconds = clock_seconds(text)
    return spelled_seconds(text) if seconds is None else seconds


@lru_cache(maxsize=4096)
def _moment(text: str, forms: tuple[str, ...], is_sheet: bool) -> Moment | int:
    """The wall clock, or the instant if the text has an offset or is a unix time."""
    for form in map(date_form, forms):
        moment = form.read(text)
        if moment is not None:
            return moment
    with suppress(ValueError):
        return parse_instant(text)
    if (_NUMBER if is_sheet else _SERIAL).fullmatch(text):
        days = float(text.replace(",", "."))
        wall = _FIRST_SERIAL + timedelta(seconds=round(86_400 * days))
        return Moment(wall, None, is_date_said=True, is_clock_said=not days.is_integer())
    epoch = _EPOCH.fullmatch(text)
    if epoch is not None:
        return round(float(text) * SECOND) if epoch[1] else int(text)
    # Last, because sheets are polled and mostly hold numbers.
    for form in (*PLAIN_FORMS, _DAY):
        moment = form.read(text)
        if moment is not None:
            return moment
    form_names = f"the forms under dates ({', '.join(forms)}), or " if forms else ""
    raise ValueError(f"not a date and time in {form_names}2026-11-22 18:00; name its form under dates")
