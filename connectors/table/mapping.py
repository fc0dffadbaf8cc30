"""Rows of a user's table -> contract events or rejections. Pure: times of receipt and reading are arguments."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace

from connectors.table.cells import Fields, Reading, SkippedRow, webinar_of
from connectors.table.fields import Kind
from connectors.table.gather import Gathered, is_gathered, is_log
from connectors.table.layout import Layout, open_table
from connectors.table.people import attendance_events, registration_events
from connectors.table.survey import Survey, person_key, survey
from connectors.table.webinars import begin_of, totals_events, webinar_events
from connectors.toolkit.cells import CellError
from connectors.toolkit.content_id import content_hash
from connectors.toolkit.rows import Row, RowRejection
from contract.events import Event

_EVENTS: dict[Kind, Callable[[Fields], Iterator[Event]]] = {
    "registrations": registration_events,
    "attendance": attendance_events,
    "totals": totals_events,
    "webinars": webinar_events,
}
Result = tuple[Event | RowRejection, Row | RowRejection]
"""An event or rejection with its row."""


@dataclass(slots=True)
class Imported:
    """Counts of one table. They grow while `table_events` runs."""

    rows: int = 0
    """Rows below the header, without empty ones."""
    known: int = 0
    """Of these, rows known from an earlier reading."""
    aside: int = 0
    """Rows of sums and repeated headers, which are in no other count."""
    skipped: int = 0
    """Of these, rows that do not count according to the mapping file."""
    events: int = 0
    rejected: int = 0
    webinars: set[str] = field(default_factory=set)
    """The webinars of valid rows, including known rows."""
    without_begin: set[str] = field(default_factory=set)
    """Webinars for which the table has attendance but no start."""
    days_only: set[str] = field(default_factory=set)
    """Webinars for which it has the day of the start but no time of day."""
    other_rows: int = 0
    """Rows below another table's title, which are not read."""


def table_events(
    rows: Iterable[Row | RowRejection],
    reading: Reading,
    imported: Imported,
    is_new: Callable[[str], bool] = lambda _: True,
    surveyed: Survey | None = None,
) -> Iterator[Result]:
    """Every event of the table in the order of its rows, each with its row; `imported` counts them.

    `surveyed`: the result of `survey` for the same rows; None: they are few enough to be surveyed here, in memory.

    Running it again on the same rows gives the same events with the same ids. A row that cannot be read gives one
    RowRejection and nothing else. Valid rows for whose key (a hash of their content) `is_new` is False are skipped;
    rejections of such a key are marked as known. Raises connectors.table.layout.NotThisTableError before the first
    event.
    """
    if surveyed is None:
        rows = list(rows)
        surveyed = survey(rows, reading.mapping)

    def on_other() -> None:
        imported.other_rows += 1

    def on_aside() -> None:
        imported.aside += 1

    layout, data = open_table(rows, reading.mapping, on_other, on_aside)
    reader = _Reader(layout, reading, is_new, surveyed, imported)
    for row in data:
        if isinstance(row, Row) and not any(cell.strip() for cell in row.cells):
            continue
        imported.rows += 1
        results = [reader.rejected(row)] if isinstance(row, RowRejection) else reader.read(row)
        for result in results:
            yield _counted(result, imported), row
    for result, row in reader.gathered_events():
        yield _counted(result, imported), row


def _counted(result: Event | RowRejection, imported: Imported) -> Event | RowRejection:
    if isinstance(result, RowRejection):
        imported.rejected += 1
        imported.known += result.is_known
    else:
        imported.events += 1
        imported.webinars.add(result.webinar_id)
    return result


class _Reader:
    """Reads the rows one by one, with the state that this needs."""

    def __init__(
        self, layout: Layout, reading: Reading, is_new: Callable[[str], bool], surveyed: Survey, imported: Imported
    ) -> None:
        self._layout = layout
        self._reading = reading
        self._is_new = is_new
        self._survey = surveyed
        self._imported = imported
        self._events = _EVENTS[reading.mapping.kind]
        self._is_one_a_webinar = reading.mapping.kind in ("totals", "webinars")
        self._first_line: dict[str, tuple[int, str]] = {}
        """If rows are about webinars: the line and the key of each webinar's row."""
        self._begins: set[str] = set()
        """Ids of the starts that the table has stated."""
        self._gathered = Gathered()

    def read(self, row: Row) -> list[Event | RowRejection]:
        fields = Fields(self._layout, row.cells, self._reading, self._survey.decimals, self._survey.in_parts)
        key = content_hash(fields.said())
        try:
            if not self._reading.is_sheet:
                fields.refuse_surplus()
            repeats = self._is_one_a_webinar and self._repeats(fields, row.line, key)
            if self._gathers(row):
                # Known rows too: a person's attendance is the sum of all rows.
                self._gathered.add(person_key(self._layout, row.cells), fields, row, key)
                return list(self._begin(fields))
            # Known rows too: the sheet is complete once all of its rows can be read.
            events = [] if repeats else list(self._events(fields))
            begin = list(self._begin(fields))
            if not self._is_new(key) or repeats:
                self._imported.known += 1
                self._imported.webinars.add(fields.webinar_id())
                return []
            return [*begin, *events]
        except SkippedRow:
            self._imported.skipped += 1
            return []
        except CellError as error:
            column = " + ".join(self._reading.mapping.names(error.field)) or error.field
            rejection = RowRejection(row.line, column, str(error), row.cells, error.kind, webinar_of(fields))
            return [self.rejected(rejection)]

    def gathered_events(self) -> Iterator[tuple[Event | RowRejection, Row]]:
        """The events of people with several rows."""
        for result, row in self._gathered.events(self._is_new):
            yield self.rejected(result) if isinstance(result, RowRejection) else result, row

    def rejected(self, one: RowRejection) -> RowRejection:
        """The same with `is_known` set. Once such a row can be read, it is new."""
        return replace(one, is_known=not self._is_new(content_hash([one.field, one.reason, *one.cells])))

    def _gathers(self, row: Row) -> bool:
        mapping = self._reading.mapping
        if mapping.kind != "attendance" or not is_gathered(mapping):
            return False
        return is_log(mapping) or person_key(self._layout, row.cells) in self._survey.several

    def _begin(self, fields: Fields) -> Iterator[Event]:
        """The start of a webinar from an attendance table, once."""
        kind = self._reading.mapping.kind
        if kind in ("attendance", "totals") and fields.is_day_only("starts_at"):
            self._imported.days_only.add(fields.webinar_id())
        if kind != "attendance":
            return
        begin = begin_of(fields)
        if begin is None:
            self._imported.without_begin.add(fields.webinar_id())
        elif begin.event_id not in self._begins:
            self._begins.add(begin.event_id)
            yield begin

    def _repeats(self, fields: Fields, line: int, key: str) -> bool:
        """Whether an earlier row is the same. Raises CellError if it states something else about this webinar."""
        first, its_key = self._first_line.setdefault(fields.webinar_id(), (line, key))
        if its_key != key:
            raise CellError("webinar_id", f"line {first} has other values for the same webinar; keep one of the two")
        return first != line
