"""Rows of a user's table -> contract events or rejections. Pure: times of receipt and reading are arguments."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from connectors.cells import CellError
from connectors.content_id import content_hash
from connectors.rows import Row, RowRejection
from connectors.table.cells import Fields, Reading
from connectors.table.fields import Kind
from connectors.table.layout import Layout, open_table
from connectors.table.people import attendance_events, registration_events
from connectors.table.webinars import totals_events, webinar_events
from streams.events import Event

_EVENTS: dict[Kind, Callable[[Fields], Iterator[Event]]] = {
    "registrations": registration_events,
    "attendance": attendance_events,
    "totals": totals_events,
    "webinars": webinar_events,
}


@dataclass(slots=True)
class Imported:
    """What was read of one table. Grows while `table_events` runs."""

    rows: int = 0
    """Below the header; empty ones aside."""
    skipped: int = 0
    """Of these, known from an earlier reading."""
    events: int = 0
    rejected: int = 0
    webinars: set[str] = field(default_factory=set)


def table_events(
    rows: Iterable[Row | RowRejection],
    reading: Reading,
    imported: Imported,
    is_new: Callable[[str], bool] = lambda _: True,
) -> Iterator[tuple[Event | RowRejection, Row | RowRejection]]:
    """Every event of the table in the order of its rows, each with its row; what was read is counted in `imported`.

    Running it again on the same rows gives the same events with the same ids. A row that cannot be read gives one
    RowRejection and nothing else. Rows for whose key (a hash of what they say) `is_new` is False are skipped. Raises
    connectors.table.layout.NotThisTableError before the first event.
    """
    layout, data = open_table(rows, reading.mapping)
    reader = _Reader(layout, reading, is_new)
    for row in data:
        if isinstance(row, Row) and not any(cell.strip() for cell in row.cells):
            continue
        imported.rows += 1
        results = [row] if isinstance(row, RowRejection) else reader.read(row)
        if results is None:
            imported.skipped += 1
            continue
        for result in results:
            if isinstance(result, RowRejection):
                imported.rejected += 1
            else:
                imported.events += 1
                imported.webinars.add(result.webinar_id)
            yield result, row


class _Reader:
    """What is known of the table while its rows go by."""

    def __init__(self, layout: Layout, reading: Reading, is_new: Callable[[str], bool]) -> None:
        self._layout = layout
        self._reading = reading
        self._is_new = is_new
        self._events = _EVENTS[reading.mapping.kind]
        self._is_one_a_webinar = reading.mapping.kind in ("totals", "webinars")
        self._first_line: dict[str, tuple[int, str]] = {}
        """Of each webinar, where rows are about webinars: where it stands, and the row's key."""

    def read(self, row: Row) -> "list[Event | RowRejection] | None":
        """None: a row that is known already."""
        fields = Fields(self._layout.columns, row.cells, self._layout.named, self._reading)
        key = content_hash(fields.said())
        try:
            if not self._reading.is_sheet:
                fields.refuse_surplus(self._layout.width)
            repeats = self._is_one_a_webinar and self._repeats(fields, row.line, key)
            if not self._is_new(key) or repeats:
                return None
            return list(self._events(fields))
        except CellError as error:
            if not self._is_new(key):
                return None
            column = self._reading.mapping.columns.get(error.field, error.field)
            return [RowRejection(row.line, column, str(error), row.cells, error.kind)]

    def _repeats(self, fields: Fields, line: int, key: str) -> bool:
        """Whether an earlier row says the same. Raises CellError where it says something else of this webinar."""
        first, its_key = self._first_line.setdefault(fields.webinar_id(), (line, key))
        if its_key != key:
            raise CellError("webinar_id", f"line {first} says something else of the same webinar; keep one of the two")
        return first != line
