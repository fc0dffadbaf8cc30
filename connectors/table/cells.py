"""One row of a user's table: fields as the values they stand for. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from connectors import cells
from connectors.cells import CellError, clean, instant_of, whole_number
from connectors.content_id import content_hash, mapped_event
from connectors.mapped import Context, Reason, Rejection
from connectors.table.mapping_file import MappingFile
from streams.events import Event
from streams.instants import FAR_FUTURE, FIRST_INSTANT, format_instant, parse_instant

ID_PREFIX = "table"
_LONGEST = 500
"""Characters of a text; the rest says nothing more, and a record has to stay small."""
_PLAIN_FORMS = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M")
_FIRST_SERIAL = datetime(1899, 12, 30)  # noqa: DTZ001  day 0 of spreadsheets, a wall clock
_NUMBER = re.compile(r"\d{1,7}(?:[.,]\d{1,20})?(?:[eE]-\d{1,2})?", re.ASCII)
_CLOCK = re.compile(r"(\d{1,4}):([0-5]\d):([0-5]\d)", re.ASCII)
_WITH_PLATFORM = re.compile(r"[a-z][a-z0-9_-]*:[^\s:]+(:[^\s:]+)?")


@dataclass(frozen=True, slots=True)
class Reading:
    """What a table does not say of itself."""

    mapping: MappingFile
    zone: ZoneInfo
    context: Context
    read_at: int
    """When the table said this, in milliseconds since 1970 UTC: a file's own time, or when a sheet was read."""
    is_sheet: bool = False
    """In a sheet numbers can be times and durations, and notes may stand beside the table."""


@dataclass(frozen=True, slots=True)
class Fields(cells.Cells):
    """A row under its header, by field. Raises CellError for what cannot be read."""

    named: tuple[int, ...]
    reading: Reading

    def text(self, column: str) -> str:
        """What the row says of the field, be it by a constant; empty if nothing. Cut where it is very long."""
        place = self.columns.get(column)
        if place is None:
            return self.reading.mapping.constants.get(column, "")
        return clean(self.row[place])[:_LONGEST] if place < len(self.row) else ""

    def word(self, field: str) -> str | None:
        """Of a field that takes few words; None if the cell is empty."""
        text = self.text(field)
        if not text:
            return None
        word = self.reading.mapping.word_in(field, text)
        if word is None:
            raise CellError(field, f"not one of its words; say what it means under values: {field}")
        return word

    def instant(self, field: str, not_before: int | None = None) -> int | None:
        """Milliseconds since 1970 UTC; None if the cell is empty. Between the years 2000 and 2286."""
        text = self.text(field)
        if not text:
            return None
        try:
            if self.reading.is_sheet and _NUMBER.fullmatch(text):
                moment: datetime | int = _serial_time(text)
            else:
                moment = _time(text, self.reading.mapping.dates)
            instant = moment if isinstance(moment, int) else instant_of(moment, self.reading.zone, not_before)
        except (ValueError, OverflowError) as error:
            raise CellError(field, str(error)) from error
        if not FIRST_INSTANT <= instant < FAR_FUTURE:
            raise CellError(field, "before the year 2000, or far in the future", Reason.TIME_OUT_OF_RANGE)
        return instant

    def moment(self, field: str) -> str | None:
        """The same as RFC 3339 text."""
        instant = self.instant(field)
        return None if instant is None else format_instant(instant)

    def count(self, field: str) -> int | None:
        """A whole number; None if the cell is empty."""
        return self.read(field, whole_number) if self.text(field) else None

    def minutes(self, field: str) -> int | None:
        """Minutes, decimals allowed, as whole seconds."""
        text = self.text(field)
        return None if not text else round(60 * self.read(field, _decimal))

    def duration(self, field: str) -> int | None:
        """H:MM:SS, and in a sheet a duration of its own, as whole seconds."""
        text = self.text(field)
        if not text:
            return None
        if self.reading.is_sheet and _NUMBER.fullmatch(text):
            return round(86_400 * self.read(field, _decimal))
        match = _CLOCK.fullmatch(text)
        if match is None:
            raise CellError(field, "not a duration such as 1:05:00")
        hours, minutes, seconds = map(int, match.groups())
        return 3600 * hours + 60 * minutes + seconds

    def webinar_id(self) -> str:
        """`<platform>:<id>`: by its column or constant, else a hash of the columns that together name a webinar."""
        platform = self.reading.mapping.platform
        if self.named:
            said = [self.row[place].strip() if place < len(self.row) else "" for place in self.named]
            if not all(said):
                raise CellError("webinar_id_from", "one of its columns is empty", Reason.MISSING_FIELD)
            return f"{platform}:row-{content_hash(said)[:16]}"
        text = self.text("webinar_id").removeprefix('="').removesuffix('"')
        if not text:
            raise CellError("webinar_id", "missing", Reason.MISSING_FIELD)
        return self._prefixed(text, platform)

    def _prefixed(self, text: str, platform: str) -> str:
        if re.fullmatch(r"[\d\s\u00a0-]+", text):
            text = re.sub(r"[\s\u00a0-]", "", text)
        if re.fullmatch(r"\d+([.,]\d+)?[eE]\+?\d+", text):
            raise CellError(
                "webinar_id", "a spreadsheet has rounded this id; format its column as text and type it anew"
            )
        if ":" not in text:
            text = f"{platform}:{text}"
        if not _WITH_PLATFORM.fullmatch(text):
            raise CellError("webinar_id", "not an id such as 91234567801 or zoom:91234567801")
        return text

    def said(self) -> list[str]:
        """What the row says in all columns that mean something: the same row, the same list."""
        mapped = [self.text(field) for field in sorted(self.columns)]
        return mapped + [self.row[place].strip() if place < len(self.row) else "" for place in self.named]

    def event(self, content: Mapping[str, object]) -> Event:
        """The contract's event, whose id follows from the content. Raises CellError for what no worker would take."""
        event = mapped_event(dict(content), self.reading.context, ID_PREFIX)
        if isinstance(event, Rejection):
            raise CellError("row", event.detail, event.reason)
        return event


def _decimal(text: str) -> float:
    if not _NUMBER.fullmatch(text):
        raise ValueError("not a number")
    return float(text.replace(",", "."))


def _serial_time(text: str) -> datetime:
    """Days since 1899-12-30 as spreadsheets count them, on the wall clock; whole seconds."""
    return _FIRST_SERIAL + timedelta(seconds=round(86_400 * _decimal(text)))


@lru_cache(maxsize=4096)
def _time(text: str, forms: tuple[str, ...]) -> datetime | int:
    """The wall clock, or the instant where the text carries its offset."""
    for form in (*forms, *_PLAIN_FORMS):
        try:
            moment = datetime.strptime(text, form)  # noqa: DTZ007  the zone is applied where there is no offset
        except ValueError:
            continue
        return moment if moment.tzinfo is None else int(moment.timestamp() * 1000)
    try:
        return parse_instant(text)
    except ValueError:
        form = f"the forms under dates ({', '.join(forms)}), or " if forms else ""
        raise ValueError(f"not a date and time in {form}2026-11-22 18:00; name its form under dates") from None
