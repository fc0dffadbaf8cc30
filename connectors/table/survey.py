"""What only the whole table shows: its decimal separator, the order of its dates, who has several rows. Pure.

A table is read twice, so that every row is read in the same way.
"""

from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import dataclass, field

from connectors.table.fields import INSTANTS, NUMBERS
from connectors.table.layout import Layout, NotThisTableError, open_table
from connectors.table.mapping_file import MappingFile
from connectors.table.percent import percent_of
from connectors.toolkit.cells import clean
from connectors.toolkit.content_id import content_hash
from connectors.toolkit.date_forms import date_form
from connectors.toolkit.date_order import OrderError, Orders
from connectors.toolkit.identity import normal_email
from connectors.toolkit.ids import plain_id, plain_number
from connectors.toolkit.rows import Row, RowRejection
from connectors.toolkit.separators import Decimal, decimal_of


@dataclass(frozen=True, slots=True)
class Survey:
    """The results of the first reading of a table."""

    decimals: Mapping[str, Decimal] = field(default_factory=dict)
    """Field -> the decimal separator of its numbers, if its column shows it."""
    in_parts: bool | None = False
    """Whether percentages without a sign are fractions, as in workbooks; None: there are only 0 and 1."""
    several: Set[str] = frozenset()
    """Keys (`person_key`) of people with several different rows."""


def survey(rows: Iterable[Row | RowRejection], mapping: MappingFile) -> Survey:
    """Reads the table once. Raises NotThisTableError, also if the order of day and month contradicts `dates`."""
    layout, data = open_table(rows, mapping)
    marks: dict[str, set[Decimal]] = {name: set() for name in NUMBERS if name in layout.columns}
    orders = {name: Orders() for name in INSTANTS if name in layout.columns}
    first: dict[str, str] = {}
    several: set[str] = set()
    shares: set[float] = set()
    for row in data:
        if isinstance(row, RowRejection):
            continue
        for name, found in marks.items():
            mark = decimal_of([_cell(layout, row, name)])
            if mark is not None:
                found.add(mark)
        for name, order in orders.items():
            order.add(_cell(layout, row, name), row.line)
        if "watched_percent" in layout.columns:
            share = percent_of(_cell(layout, row, "watched_percent"))
            shares |= {share.number} if share is not None and not share.has_sign else set()
        if mapping.kind == "attendance":
            key = person_key(layout, row.cells)
            if first.setdefault(key, content_hash(row.cells)) != content_hash(row.cells):
                several.add(key)
    for name, order in orders.items():
        _check_order(order, mapping, name)
    decimals = {name: found.pop() for name, found in marks.items() if len(found) == 1}
    return Survey(decimals, _in_parts(shares), several)


def _in_parts(shares: Set[float]) -> bool | None:
    if max(shares, default=0) != 1:
        return 0 < max(shares, default=0) < 1
    return True if shares - {0, 1} else None


def _address(text: str) -> str:
    return normal_email(text) or text.casefold()


_IDS: Mapping[str, Callable[[str], str]] = {"webinar_id": plain_number, "email": _address, "registrant_id": plain_id}


def person_key(layout: Layout, cells: list[str]) -> str:
    """A key of one person in one webinar, whatever the spelling of the ids."""
    said = [
        read(clean(cells[place]))
        for name, read in _IDS.items()
        for place in layout.columns.get(name, ())
        if place < len(cells)
    ]
    return content_hash([*said, *(cells[place] for place in layout.named if place < len(cells))])[:16]


def _cell(layout: Layout, row: Row, name: str) -> str:
    return " ".join(clean(row.cells[place]) for place in layout.columns[name] if place < len(row.cells))


def _check_order(orders: Orders, mapping: MappingFile, name: str) -> None:
    column = " + ".join(mapping.names(name))
    try:
        orders.order()
    except OrderError as error:
        raise NotThisTableError(f"{column}: {error}. Nothing was imported: correct the file.") from error
    said = dict(one for pattern in mapping.dates if (one := date_form(pattern).order) is not None)
    for between, found in orders.first.items():
        for only, line in found.items():
            if said.get(between, only) != only:
                first = only.removesuffix("-first")
                raise NotThisTableError(
                    f"line {line}: {column}: a date that can only be {first} first, and dates says otherwise. "
                    f"Nothing was imported: put %{first[0]} first under dates."
                )
