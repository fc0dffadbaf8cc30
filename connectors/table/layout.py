"""Which row of a table is its header, and which column is which field. Pure.

Columns are known by their name, never by place. Every column that the mapping file names has to be there: a renamed
one would silently lose what it says.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from connectors.rows import Row, RowRejection
from connectors.table.mapping_file import MappingFile

_SEARCHED_ROWS = 20
"""Titles and notes may stand above the header, but not more than that."""


class NotThisTableError(Exception):
    """The table is not the one that the mapping file describes. The text is one line with a way out."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The header of a table."""

    columns: dict[str, int]
    """Field -> place."""
    named: tuple[int, ...]
    """Places of the columns that together name a webinar."""
    width: int
    """How many columns the header has."""


def open_table(rows: Iterable[Row | RowRejection], mapping: MappingFile) -> tuple[Layout, Iterator[Row | RowRejection]]:
    """The header, and the rows below it. Raises NotThisTableError."""
    iterator = iter(rows)
    wanted = [*mapping.columns.values(), *mapping.webinar_id_from]
    fewest = wanted
    for _, row in zip(range(_SEARCHED_ROWS), iterator, strict=False):
        if isinstance(row, RowRejection):
            break
        titles = [_name(cell) for cell in row.cells]
        missing = [name for name in wanted if _name(name) not in titles]
        if not missing:
            return _layout(titles, mapping, row.line), iterator
        fewest = min(fewest, missing, key=len)
    raise NotThisTableError(
        f"none of the first {_SEARCHED_ROWS} rows has all columns that the mapping file names; missing: "
        f"{', '.join(dict.fromkeys(fewest))}. Correct the names under columns, the delimiter or the encoding."
    )


def _layout(titles: list[str], mapping: MappingFile, line: int) -> Layout:
    def place(name: str) -> int:
        if titles.count(_name(name)) > 1:
            raise NotThisTableError(f"line {line}: two columns have the name {name}. Rename one of them.")
        return titles.index(_name(name))

    columns = {field: place(name) for field, name in mapping.columns.items()}
    return Layout(columns, tuple(place(name) for name in mapping.webinar_id_from), len(titles))


def _name(title: str) -> str:
    return " ".join(title.casefold().split())
