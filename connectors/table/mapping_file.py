"""The user's mapping file: the meaning of rows, and which column is which field. Pure.

Every scalar stays text as written: `yes` is no boolean and `007` no number.
"""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field

from connectors.table.fields import DURATIONS, FIELDS, LENGTHS, NEEDED, SKIP, Kind, words_of
from connectors.toolkit.csv_rows import encoding_named
from connectors.toolkit.date_forms import date_form
from connectors.toolkit.email_address import clean_email
from connectors.toolkit.marked import FileError, FileModel, Model, Path, check, near, read
from connectors.toolkit.separators import Decimal


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError("no such time zone; give an IANA name such as Europe/Berlin") from error
    return name


def _date_format(pattern: str) -> str:
    date_form(pattern)
    return pattern


_Text = Annotated[str, Field(min_length=1, max_length=500)]
_Column = _Text | Annotated[tuple[_Text, ...], Field(min_length=1, max_length=4)]


class Sheet(Model):
    """The location of a Google sheet: its id (read with a service account), or the address of its published CSV."""

    id: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{20,}$")] | None = None
    tab: _Text | None = None
    """The name of the tab; without it, the first one."""
    address: Annotated[str, Field(pattern=r"^https?://\S+$")] | None = None


class MappingFile(FileModel):
    """The user's description of a table."""

    kind: Kind
    platform: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,39}$")]
    """The service where people met: the first part of webinar_id."""
    timezone: Annotated[str, AfterValidator(_zone)]
    """Time zone of times without an offset."""
    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")] = "table"
    """The reporter of totals, and the table's name in the quarantine."""
    dates: tuple[Annotated[str, AfterValidator(_date_format)], ...] = ()
    """Formats of times besides 2026-11-22 18:00[:00], as for strptime (connectors/toolkit/date_forms.py)."""
    decimal: Decimal | None = None
    """The decimal separator of numbers; without it, it is found from the column."""
    tab: _Text | None = None
    """The sheet of a workbook; without it, the only one that has the columns."""
    section: _Text | None = None
    """The title above the table, in a file with several; the table ends where the next one begins."""
    encoding: Annotated[str, AfterValidator(encoding_named)] | None = None
    delimiter: Literal[",", ";", "tab"] | None = None
    times: Literal["stays", "first_and_last"] = "stays"
    """For attendance: whether joined_at and left_at are one stay, or a person's first join and last leave."""
    columns: dict[str, _Column] = Field(default_factory=dict)
    """Field -> the column's name in the header; the cells of several columns are joined by spaces."""
    constants: dict[str, _Text] = Field(default_factory=dict)
    """Field -> its value in all rows."""
    values: dict[str, dict[str, str]] = Field(default_factory=dict)
    """Field -> word in a cell -> the contract's word."""
    hosts: tuple[Annotated[str, AfterValidator(clean_email)], ...] = ()
    """Emails of the hosts, if no column says who they are."""
    webinar_id_from: tuple[_Text, ...] = ()
    """Columns that together identify a webinar without an id, such as date and title."""
    sheet: Sheet | None = None

    def names(self, field: str) -> tuple[str, ...]:
        """The names of the field's columns."""
        said = self.columns.get(field, ())
        return (said,) if isinstance(said, str) else said

    def word_in(self, field: str, text: str) -> str | None:
        """The meaning of the text in a field with a fixed set of words; None if it has none."""
        key = text.casefold()
        own = {said.strip().casefold(): meant for said, meant in self.values.get(field, {}).items()}
        return own.get(key) or (words_of(self.kind, field) or {}).get(key)


def parse(text: str, file: str, said: Mapping[str, Any] | None = None) -> MappingFile:
    """The mapping file, checked as a whole. `file` is shown in errors. `said`: values that add to the file's or replace
    them, such as timezone and constants. Raises FileError.
    """
    marked = read(text, file)
    for key, value in (said or {}).items():
        marked.values[key] = {**(marked.values.get(key) or {}), **value} if isinstance(value, Mapping) else value
    mapping = check(marked, MappingFile)
    faults = [str(marked.error(path, what)) for path, what in _faults(mapping)]
    if faults:
        raise FileError("\n".join(faults))
    return mapping


def _faults(mapping: MappingFile) -> Iterator[tuple[Path, str]]:
    """Faults of fields that do not fit each other."""
    known = FIELDS[mapping.kind]
    for part in ("columns", "constants", "values"):
        for field in getattr(mapping, part):
            if field not in known:
                yield (part, field), f"{field} is no field of {mapping.kind}; {near(field, list(known))}"
    for field in mapping.columns.keys() & mapping.constants.keys():
        yield ("constants", field), f"{field} is a column already"
    named = mapping.columns.keys() | mapping.constants.keys()
    if "webinar_id" not in named and not mapping.webinar_id_from:
        yield (
            ("columns",),
            "webinar_id is missing: name its column, a constant (--constant webinar_id=…), or webinar_id_from",
        )
    if "webinar_id" in named and mapping.webinar_id_from:
        yield ("webinar_id_from",), "webinar_id is named already; leave out webinar_id_from"
    for group in NEEDED[mapping.kind]:
        if not named & set(group):
            yield ("columns",), f"{mapping.kind} need {'one of ' if len(group) > 1 else ''}{', '.join(group)}"
    lengths = sorted(named & set(LENGTHS))
    if len(lengths) > 1:
        yield ("columns", lengths[1]), f"{' and '.join(lengths)} mean the same; keep one"
    if "watched_percent" in named and not named & set(DURATIONS):
        yield ("columns", "watched_percent"), f"percent of what? name one of {', '.join(DURATIONS)}"
    if ("action" in named) != ("acted_at" in named):
        yield ("columns",), "action and acted_at belong together: what somebody did, and when"
    orders = {order for pattern in mapping.dates if (order := date_form(pattern).order) is not None}
    if len({between for between, _ in orders}) < len(orders):
        yield ("dates",), "one form has the day first, another the month; keep the one that the table is written in"
    yield from _faults_of_values(mapping)


def _faults_of_values(mapping: MappingFile) -> Iterator[tuple[Path, str]]:
    for field, words in mapping.values.items():
        meant = words_of(mapping.kind, field)
        if meant is None:
            yield ("values", field), f"{field} is used as written; values are for fields with fixed words"
            continue
        for word, one in words.items():
            if one not in meant.values() and one != SKIP:
                known = ", ".join(dict.fromkeys(meant.values()))
                yield ("values", field, word), f"{field} is one of {known}, or {SKIP}"
    if mapping.sheet and (mapping.sheet.id is None) == (mapping.sheet.address is None):
        yield ("sheet",), "a sheet has an id or an address"
