"""Rows of Zoom's report -> contract events or rejections. Pure: the time of receipt and the secret are arguments."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from connectors import mapped
from connectors.cells import CellError, whole_number
from connectors.content_id import event_of
from connectors.csv_rows import UnreadableFileError
from connectors.date_order import DateOrder, OrderError, Orders
from connectors.file_rows import rows_of_bytes
from connectors.rows import Row, RowRejection, as_mapped
from connectors.zoom_report import cells, layout
from connectors.zoom_report.layout import Section
from connectors.zoom_report.people import ID_PREFIX, person_events
from connectors.zoom_report.table import Cells, Context
from streams.events import Event, Registration, Totals, Webinar
from streams.instants import MINUTE, format_instant

_TOTALS = ("# registered", "# cancelled", "unique viewers", "total users", "max concurrent views")
_TOTALS_FIELDS = {"# registered": "registrations", "unique viewers": "visits_all"}
"""Those that the contract has a name for (docs/contract.md, "totals")."""
_PREAMBLE = {"report generated": 1}
_TELLS = ["starts", "leaves", "persons", "seconds"]
"""A report comes after the end, so it tells nothing live; it says nothing of recording views."""


class NotAZoomReportError(Exception):
    """The file as a whole cannot be read as a Zoom attendee report. The text is one line with a way out."""


@dataclass(slots=True)
class Report:
    """What was read of one report, beside what it says of itself. Grows while `report_events` runs."""

    webinar_id: str = ""
    title: str = ""
    started_at: int = 0
    totals: dict[str, int] = field(default_factory=dict)
    """The report's own totals by column name; only those that it has."""
    rows: int = 0
    events: int = 0
    rejected: int = 0
    sessions: int = 0
    # Persons are counted by the hash of their id: 64 bits each, whatever the number of rows.
    _registered: set[int] = field(default_factory=set)
    _came: set[int] = field(default_factory=set)

    @property
    def registered(self) -> int:
        """Persons with a registration, of whatever status; hosts and panelists aside."""
        return len(self._registered)

    @property
    def came(self) -> int:
        """Persons with a session; hosts and panelists aside."""
        return len(self._came)

    def count(self, event: Event | RowRejection) -> None:
        """Counts one result of a row."""
        if isinstance(event, RowRejection):
            self.rejected += 1
            return
        self.events += 1
        if isinstance(event, Webinar | Totals) or event.type == "identity":
            return
        if event.type == "attendance" and event.kind == "joined":
            self.sessions += 1
        if event.role is None:
            people = self._registered if isinstance(event, Registration) else self._came
            people.add(hash(event.person_id))


def report_events(
    rows: Iterable[Row | RowRejection], context: Context, report: Report
) -> Iterator[Event | RowRejection]:
    """Every event of the report in the order of the file; what was read is counted in `report`.

    Running it again on the same rows gives the same events with the same ids. A row that cannot be read gives one
    RowRejection and nothing else. Raises NotAZoomReportError when the table about the webinar is missing or unreadable.
    """
    reader = _Reader(context, report)
    last_registration = ""
    for row in rows:
        for result in [row] if isinstance(row, RowRejection) else reader.read(row):
            if isinstance(result, Registration):
                # Every further session of a person repeats the registration; those rows follow each other.
                if result.event_id == last_registration:
                    continue
                last_registration = result.event_id
            report.count(result)
            yield result
    if not report.webinar_id:
        raise _no_webinar()


def order_of(rows: Iterable[Row | RowRejection], said: DateOrder | None) -> DateOrder:
    """The order of day and month in a report's dates; `said`: what the user says. Raises NotAZoomReportError where
    nothing settles it, or the file says otherwise.
    """
    orders = Orders()
    for row in rows:
        for cell in row.cells:
            orders.add(cell, row.line)
    try:
        found = orders.order()
    except OrderError as error:
        raise NotAZoomReportError(f"{error}. Nothing of this file was imported; correct it first.") from error
    if said is not None and found is not None and said != found:
        raise NotAZoomReportError(f"its dates are {found}, not {said}. Nothing of this file was imported.")
    order = found or said
    if order is None and orders.undecided:
        raise NotAZoomReportError(
            "nothing tells whether 05/10/2026 is 5 October or May 10 in this file. Say it: --date-order day-first or "
            "--date-order month-first. Nothing of this file was imported."
        )
    return order or "month-first"


def map_report(payload: bytes, context: mapped.Context, zone: ZoneInfo) -> Sequence[mapped.Mapped]:
    """A report as a whole, as the connectors map payloads."""
    try:
        order = order_of(rows_of_bytes(payload), None)
        found = report_events(
            rows_of_bytes(payload), Context(zone, context.secret, context.received_at, order), Report()
        )
        return [as_mapped(one) for one in found]
    except (NotAZoomReportError, UnreadableFileError) as error:
        return [mapped.Rejection(mapped.Reason.UNREADABLE, str(error))]


def _no_webinar() -> NotAZoomReportError:
    return NotAZoomReportError(
        "not a Zoom attendee report: no table with Topic and Webinar ID comes before the people. In Zoom choose "
        "Reports > Webinar > Attendee Report, generate the CSV report, and import that file unchanged."
    )


class _Reader:
    """Where in the file we are: the open section and its header."""

    def __init__(self, context: Context, report: Report) -> None:
        self._context = context
        self._report = report
        self._section: Section | None = None
        self._columns: dict[str, int] | None = None
        self._generated_at: int | None = None

    def read(self, row: Row) -> list[Event | RowRejection]:
        if not any(cell.strip() for cell in row.cells):
            return []
        titled = layout.section_titled(row.cells)
        if titled is not None:
            self._section, self._columns = titled, None
            return []
        if layout.is_summary_header(row.cells):
            self._section, self._columns = Section.SUMMARY, layout.columns_of(row.cells)
            return []
        if self._section is None:
            self._read_preamble(row)
            return []
        if self._columns is None:
            return self._open_table(row)
        return self._read_data(row, self._section, self._columns)

    def _read_preamble(self, row: Row) -> None:
        if layout.is_generated_time(row.cells) and len(row.cells) > 1:
            try:
                self._generated_at = Cells(_PREAMBLE, row.cells, self._context).instant("report generated")
            except CellError as error:
                raise _unreadable(row, error) from error

    def _open_table(self, row: Row) -> list[Event | RowRejection]:
        columns = layout.columns_of(row.cells)
        if "join time" not in columns:
            return [RowRejection(row.line, "row", f"no header with Join Time under {self._section}", row.cells)]
        self._columns = columns
        return []

    def _read_data(self, row: Row, section: Section, columns: dict[str, int]) -> list[Event | RowRejection]:
        row_cells = Cells(columns, row.cells, self._context)
        if section is Section.SUMMARY:
            try:
                webinar = self._webinar(row_cells)
                return [webinar, *self._totals(row_cells, webinar)]
            except CellError as error:
                raise _unreadable(row, error) from error
        if not self._report.webinar_id:
            raise _no_webinar()
        self._report.rows += 1
        try:
            return list(person_events(row_cells, section, self._report.webinar_id, self._report.started_at))
        except CellError as error:
            return [RowRejection(row.line, error.field, str(error), row.cells)]

    def _webinar(self, row: Cells) -> Event:
        report = self._report
        report.webinar_id = f"zoom:{row.read('webinar id', cells.webinar_number)}"
        report.title = row.text("topic")
        started_at = row.instant("actual start time")
        if started_at is None:
            raise CellError("actual start time", "missing")
        report.started_at = started_at
        ended_at = started_at + row.read("actual duration (minutes)", whole_number) * MINUTE
        for name in _TOTALS:
            if row.text(name):
                report.totals[name] = report.totals.get(name, 0) + row.read(name, whole_number)
        generated_at = self._generated_at
        complete = generated_at is not None and generated_at >= ended_at
        content: dict[str, object] = {
            "type": "webinar",
            "webinar_id": report.webinar_id,
            "platform": "zoom",
            "occurred_at": format_instant(generated_at if generated_at is not None and complete else ended_at),
            "title": report.title or None,
            "status": "ended",
            "started_at": format_instant(started_at),
            "ended_at": format_instant(ended_at),
            "timezone": str(self._context.zone),
            "tells": _TELLS,
            "completed_at": format_instant(generated_at) if generated_at is not None and complete else None,
        }
        return event_of(content, self._context.received_at, ID_PREFIX)

    def _totals(self, row: Cells, webinar: Event) -> list[Event]:
        """What the report says of the webinar as a whole, under the contract's names."""
        said = {field: row.read(name, whole_number) for name, field in _TOTALS_FIELDS.items() if row.text(name)}
        if not said:
            return []
        when = format_instant(webinar.occurred_at)
        content: dict[str, object] = {
            "type": "totals",
            "webinar_id": webinar.webinar_id,
            "platform": "zoom",
            "occurred_at": when,
            "reported_by": ID_PREFIX,
            "reported_at": when,
            **said,
        }
        return [event_of(content, self._context.received_at, ID_PREFIX)]


def _unreadable(row: Row, error: CellError) -> NotAZoomReportError:
    return NotAZoomReportError(
        f"line {row.line}: {error.field}: {error}. Nothing of this file was imported; correct that line first."
    )
