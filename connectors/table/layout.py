"""Which row of a table is its header, and which column is which field. Pure.

Columns are found by name, never by position. Every column that the mapping file names has to be there: otherwise the
content of a renamed one would be lost silently.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from connectors.table.mapping_file import MappingFile
from connectors.toolkit.reading import holds_email
from connectors.toolkit.rows import Row, RowRejection
from connectors.toolkit.sums import is_sum
from connectors.toolkit.texts import visible

_FARTHEST_ROW = 10_000
"""The most rows with titles and other tables above the header."""


class NotThisTableError(Exception):
    """The table does not fit the mapping file. The text is one line with a way out."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The header of a table."""

    columns: dict[str, tuple[int, ...]]
    """Field -> its position or positions."""
    named: tuple[int, ...]
    """Positions of the columns that together name a webinar."""
    width: int
    """How many columns the header has."""


def open_table(
    rows: Iterable[Row | RowRejection],
    mapping: MappingFile,
    on_other: Callable[[], None] = lambda: None,
    on_aside: Callable[[], None] = lambda: None,
) -> tuple[Layout, Iterator[Row | RowRejection]]:
    """The header, and the rows below it up to the title of another table. `on_other` is called for each row of that
    other table, `on_aside` for each row of sums and each repeated header, which are left out.

    Raises NotThisTableError.
    """
    iterator = iter(rows)
    if mapping.section is not None:
        _find_section(iterator, mapping.section)
    wanted = [*(name for field in mapping.columns for name in mapping.names(field)), *mapping.webinar_id_from]
    fewest = wanted
    for _, row in zip(range(_FARTHEST_ROW), iterator, strict=False):
        if isinstance(row, RowRejection):
            continue
        titles = [_name(cell) for cell in row.cells]
        missing = [name for name in wanted if _name(name) not in titles]
        if not missing:
            layout = _layout(titles, mapping, row.line)
            data = _of_this_table(iterator, len(titles), on_other)
            return layout, _without_asides(data, titles, layout, mapping, on_aside)
        if mapping.section is not None and any(titles):
            fewest = missing
            break
        fewest = min(fewest, missing, key=len)
    raise NotThisTableError(_no_header(mapping, fewest))


def _no_header(mapping: MappingFile, missing: list[str]) -> str:
    said = "no row has all columns that the mapping file names"
    if mapping.section is not None:
        said = f"the row below {mapping.section} lacks columns that the mapping file names"
    names = ", ".join(dict.fromkeys(missing))
    return f"{said}; missing: {names}. Correct the names under columns, the delimiter or the encoding."


def _find_section(rows: Iterator[Row | RowRejection], section: str) -> None:
    titles: list[str] = []
    above: str | None = None
    for row in rows:
        title = _title_of(row)
        if title is not None and _name(title) == _name(section):
            return
        # Above a header is a title; in a list of one column each cell would pass for one, and name people.
        if title is None and above is not None and not _is_empty(row) and not holds_email(above):
            titles.append(above)
        above = title
    known = f"; there are: {', '.join(titles[:10])}" if titles else ""
    raise NotThisTableError(f"no section {section} in this file{known}. Correct section in the mapping file.")


def _of_this_table(
    rows: Iterator[Row | RowRejection], width: int, on_other: Callable[[], None]
) -> Iterator[Row | RowRejection]:
    """Up to a row with one cell after an empty row: that is another table's title, or a note."""
    after_empty = False
    for row in rows:
        if width > 1 and after_empty and _title_of(row) is not None:
            on_other()
            break
        after_empty = _is_empty(row)
        yield row
    for row in rows:
        if not _is_empty(row):
            on_other()


def _without_asides(
    rows: Iterator[Row | RowRejection],
    titles: list[str],
    layout: Layout,
    mapping: MappingFile,
    on_aside: Callable[[], None],
) -> Iterator[Row | RowRejection]:
    mapped = {place for places in layout.columns.values() for place in places} | set(layout.named)
    about_people = mapping.kind in ("registrations", "attendance")
    by = ("email", "registrant_id") if about_people else ("webinar_id",)
    keys = [place for field in by for place in layout.columns.get(field, ())]
    keys += [] if about_people else layout.named
    for row in rows:
        if isinstance(row, Row) and (
            is_sum(row.cells, keys, about_people=about_people)
            or all(place < len(row.cells) and _name(row.cells[place]) == titles[place] for place in mapped)
        ):
            on_aside()
        else:
            yield row


def _is_empty(row: Row | RowRejection) -> bool:
    return isinstance(row, Row) and not any(cell.strip() for cell in row.cells)


def _title_of(row: Row | RowRejection) -> str | None:
    """The only cell of the row that is not empty, if it is the first; None for any other row."""
    if isinstance(row, RowRejection) or not row.cells or not row.cells[0].strip():
        return None
    return None if any(cell.strip() for cell in row.cells[1:]) else row.cells[0].strip()


def _layout(titles: list[str], mapping: MappingFile, line: int) -> Layout:
    def place(name: str) -> int:
        if titles.count(_name(name)) > 1:
            raise NotThisTableError(f"line {line}: two columns have the name {name}. Rename one of them.")
        return titles.index(_name(name))

    columns = {field: tuple(map(place, mapping.names(field))) for field in mapping.columns}
    return Layout(columns, tuple(place(name) for name in mapping.webinar_id_from), len(titles))


def _name(title: str) -> str:
    """The name without what is not visible."""
    return " ".join(visible(title).casefold().split())
