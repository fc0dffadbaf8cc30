"""A row by its table's header, and the parsing that all tables share. Pure.

An unreadable cell raises an error with a reason that repeats no content.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import TypeVar

from connectors.mapped import Reason
from contract.instants import SECOND

T = TypeVar("T")

_PLACEHOLDERS = frozenset({"na", "n/a", "n.a.", "k.a.", "н/д"})
_ERRORS = frozenset(
    (
        *(
            "#ref!",
            "#value!",
            "#name?",
            "#null!",
            "#num!",
            "#div/0!",
            "#n/a",
            "#error!",
            "#spill!",
            "#calc!",
            "#field!",
        ),
        *("#bezug!", "#wert!", "#zahl!", "#nv", "#überlauf!", "#valeur!", "#nom?", "#nul!", "#nombre!"),
        *("#¡ref!", "#¡valor!", "#¿nombre?", "#¡nulo!", "#¡num!", "#¡div/0!", "#n/d", "#n/disp"),
        *("#valor!", "#nome?", "#nulo!", "#núm!", "#rif!", "#valore!", "#nullo!"),
        *("#verw!", "#waarde!", "#naam?", "#leeg!", "#getal!", "#deel/0!", "#n/b"),
        *("#adr!", "#arg!", "#nazwa?", "#zero!", "#liczba!", "#dziel/0!"),
        *("#ссылка!", "#знач!", "#имя?", "#пусто!", "#число!", "#дел/0!", "#н/д"),
    )
)
"""Spreadsheets' error values, in several languages. Matched as whole words: `#Sale!` is a campaign."""
_OF_PROGRAMS = frozenset({"null", "(null)", "<na>", "\\n", "undefined", "(blank)"})
_SPELLED = frozenset({"nan", "NaN", "None", "none"})
"""Programs' values for nothing. Matched case by case: Nan is also a name."""
_SHOWS_NOTHING = re.compile(r"[-\u2010-\u2015\u2212\s\u200b-\u200f\u2060\ufeff]+")
"""Dashes, spaces and invisible characters."""
_FORMULA = re.compile(r'="(.*)"', re.DOTALL)
"""The formula by which exports keep spreadsheets from reading a cell as a number or a date."""
_WHOLE = re.compile(r"(?:\d{1,12}|\d{1,3}(?:,\d{3}){1,3}|\d{1,3}(?:\.\d{3}){1,3})(?:[.,]0{1,2})?", re.ASCII)


class CellError(ValueError):
    """A cell that cannot be read. `field` is its column; the text is the reason and repeats no content."""

    def __init__(self, field: str, reason: str, kind: Reason = Reason.WRONG_FORM) -> None:
        super().__init__(reason)
        self.field = field
        self.kind = kind


@dataclass(frozen=True, slots=True)
class Cells:
    """A row by its table's header. Raises CellError for an unreadable cell."""

    columns: dict[str, int]
    row: list[str]

    def has_column(self, column: str) -> bool:
        """Whether the table has that column at all."""
        return column in self.columns

    def text(self, column: str) -> str:
        """The cleaned cell; empty if there is no such column or the row is short."""
        place = self.columns.get(column)
        return clean(self.row[place]) if place is not None and place < len(self.row) else ""

    def read(self, column: str, parse: Callable[[str], T]) -> T:
        """The cell, parsed by a function that raises ValueError."""
        try:
            return parse(self.text(column))
        except ValueError as error:
            raise CellError(column, str(error)) from error

    def refuse_surplus(self) -> None:
        """More cells than columns: an unquoted comma has shifted the rest of the row into wrong columns."""
        refuse_surplus(self.row, max(self.columns.values(), default=-1) + 1)


def refuse_surplus(row: list[str], width: int) -> None:
    """Raises CellError if a cell beyond `width` is not empty."""
    if any(cell.strip() for cell in row[width:]):
        raise CellError("row", "more cells than the header has columns; is a comma not quoted?")


def clean(cell: str) -> str:
    """The cell trimmed and without a formula `="…"` around it; placeholders for "nothing" become empty."""
    text = cell.strip()
    formula = _FORMULA.fullmatch(text)
    if formula is not None:
        text = formula[1].replace('""', '"').strip()
    if _SHOWS_NOTHING.fullmatch(text):
        return ""
    word = "".join(text.lower().split())
    return "" if word in _PLACEHOLDERS or word in _ERRORS else text


def is_nothing(text: str) -> bool:
    """Whether a program wrote this for a missing value: as an id it would be that of many people."""
    return text in _SPELLED or text.lower() in _OF_PROGRAMS


def instant_of(local: datetime, zone: tzinfo, not_before: int | None = None) -> int:
    """Milliseconds since 1970 UTC of a local time.

    When the clocks go back, an hour occurs twice: the first one is taken, unless it is before `not_before` and the
    second is not. When they go forward, an hour is missing: its times are read as if the clocks had not gone forward
    yet, so 02:30 is 03:30.
    """
    first = _instant(local.replace(tzinfo=zone, fold=0))
    if not_before is not None and first < not_before:
        second = _instant(local.replace(tzinfo=zone, fold=1))
        if second >= not_before:
            return second
    return first


def _instant(moment: datetime) -> int:
    return int(moment.timestamp()) * SECOND


def whole_number(text: str) -> int:
    """A count; thousands may be separated by commas, dots, spaces or apostrophes. Zero decimals are ignored: programs
    write `388.0`.
    """
    digits = re.sub(r"(?<=\d)[ '’](?=\d{3})", "", unicodedata.normalize("NFKC", text))
    if not _WHOLE.fullmatch(digits):
        raise ValueError("not a whole number")
    return int(re.sub(r"[.,]", "", re.sub(r"[.,]0{1,2}$", "", digits)))
