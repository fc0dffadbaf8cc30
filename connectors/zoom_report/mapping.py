"""Rows of Zoom's report -> contract events or rejections. Pure: the time of receipt and the secret are arguments."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from zoneinfo import ZoneInfo

from connectors import mapped
from connectors.toolkit.cells import CellError
from connectors.toolkit.csv_rows import UnreadableFileError
from connectors.toolkit.date_order import DateOrder, OrderError, Orders
from connectors.toolkit.io.file_rows import rows_of_bytes
from connectors.toolkit.rows import Row, RowRejection, as_mapped
from connectors.toolkit.sums import is_sum
from connectors.zoom_report import about, cells, kinds, layout
from connectors.zoom_report.about import Report
from connectors.zoom_report.layout import Section
from connectors.zoom_report.people import person_events
from connectors.zoom_report.table import Cells, Context
from contract.decode import LATEST_AHEAD, LATEST_START_AHEAD
from contract.events import Event, Registration

_PREAMBLE = {"report generated": 1}


class NotAZoomReportError(Exception):
    """The file cannot be read as a Zoom attendee report. The text is one line with a way out."""


def report_events(
    rows: Iterable[Row | RowRejection], context: Context, report: Report
) -> Iterator[Event | RowRejection]:
    """Every event of the report in the order of the file; `report` counts them.

    Running it again on the same rows gives the same events with the same ids. A row that cannot be read gives one
    RowRejection and nothing else. Raises NotAZoomReportError if the table about the webinar is missing or unreadable.
    """
    reader = _Reader(context, report)
    last_registration = ""
    for result in _results(rows, reader):
        if isinstance(result, Registration):
            # Every further session of a person repeats the registration, in consecutive rows.
            if result.event_id == last_registration:
                continue
            last_registration = result.event_id
        report.count(result)
        yield result
    if not report.webinar_id:
        raise _no_webinar()


def _results(rows: Iterable[Row | RowRejection], reader: "_Reader") -> Iterator[Event | RowRejection]:
    for row in rows:
        yield from [row] if isinstance(row, RowRejection) else reader.read(row)
    yield from reader.take_about()


def order_of(rows: Iterable[Row | RowRejection], said: DateOrder | None) -> DateOrder:
    """The order of day and month in a report's dates; `said`: the user's. Raises NotAZoomReportError if nothing decides
    it, the file contradicts `said`, or it is another of Zoom's reports.
    """
    orders = Orders()
    above = True
    for row in rows:
        if not row.cells:
            continue
        above = above and layout.section_titled(row.cells) is None
        if above and (refusal := kinds.refusal(row.cells)) is not None:
            raise NotAZoomReportError(refusal)
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
            "the file does not show whether 05/10/2026 is 5 October or May 10. Say it: --date-order day-first or "
            "--date-order month-first. Nothing of this file was imported."
        )
    return order or "month-first"


def map_report(
    payload: bytes, context: mapped.Context, zone: ZoneInfo, name_of: Callable[[str, int, str], str]
) -> Sequence[mapped.Mapped]:
    """Maps a whole report, in the way that connectors map payloads."""
    try:
        order = order_of(rows_of_bytes(payload), None)
        given = Context(zone, context.secret, context.received_at, name_of, order)
        return [as_mapped(one) for one in report_events(rows_of_bytes(payload), given, Report())]
    except (NotAZoomReportError, UnreadableFileError) as error:
        return [mapped.Rejection(mapped.Reason.UNREADABLE, str(error))]


def _no_webinar() -> NotAZoomReportError:
    return NotAZoomReportError(
        "not Zoom's attendee or registration report: no table with Topic and Webinar ID comes before the people. In "
        "Zoom choose Reports > Webinar > Attendee Report, generate the CSV report, and import that file unchanged."
    )


class _Reader:
    """The position in the file: the current section and its header."""

    def __init__(self, context: Context, report: Report) -> None:
        self._context = context
        self._report = report
        self._section: Section | None = None
        self._columns: dict[str, int] | None = None
        self._generated_at: int | None = None
        self._about: list[Event | RowRejection] = []
        self._registrations = False
        """Whether it is the registration report, which has the plan and no attendance."""

    def take_about(self) -> list[Event | RowRejection]:
        """The events of the table about the webinar, once it is known to be about only one."""
        taken, self._about = self._about, []
        return taken

    def read(self, row: Row) -> list[Event | RowRejection]:
        if not any(cell.strip() for cell in row.cells):
            return []
        titled = layout.section_titled(row.cells)
        if titled is not None:
            self._section, self._columns = titled, None
            return self.take_about()
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
        needed = "registration time" if self._registrations else "join time"
        if needed not in columns:
            return [RowRejection(row.line, "row", f"no header with {needed.title()} under {self._section}", row.cells)]
        self._columns = columns
        return []

    def _read_data(self, row: Row, section: Section, columns: dict[str, int]) -> list[Event | RowRejection]:
        row_cells = Cells(columns, row.cells, self._context)
        if section is Section.SUMMARY:
            try:
                self._about += self._summary(row, row_cells)
                return []
            except CellError as error:
                raise _unreadable(row, error) from error
        if not self._report.webinar_id:
            raise _no_webinar()
        keys = [columns[name] for name in ("email", "join time", "registration time") if name in columns]
        if is_sum(row.cells, keys, about_people=True) or layout.columns_of(row.cells) == columns:
            return []
        try:
            events = list(person_events(row_cells, section, self._report.webinar_id, self._report.starts_at))
        except CellError as error:
            return [RowRejection(row.line, error.field, str(error), row.cells)]
        self._report.rows += 1
        return [*events]

    def _summary(self, row: Row, row_cells: Cells) -> list[Event]:
        report = self._report
        self._registrations = row_cells.has_column("scheduled time")
        report.kind = "registration report" if self._registrations else "attendee report"
        column = "scheduled time" if self._registrations else "actual start time"
        starts_at = row_cells.instant(column, ahead=LATEST_START_AHEAD if self._registrations else LATEST_AHEAD)
        if starts_at is None:
            raise CellError(column, "missing")
        number = row_cells.read("webinar id", cells.webinar_number)
        name = self._context.name_of(number, starts_at, str(self._context.zone))
        if report.webinar_id not in ("", name):
            raise NotAZoomReportError(
                f"line {row.line}: another webinar than above. Generate one report for each, and import all of them. "
                "Nothing of this file was imported."
            )
        report.webinar_id, report.title, report.starts_at = name, row_cells.text("topic"), starts_at
        about.add_totals(row_cells, report)
        if self._registrations:
            return [about.planned(row_cells, report, self._generated_at)]
        webinar = about.ended(row_cells, report, self._generated_at)
        return [webinar, *about.totals(row_cells, webinar)]


def _unreadable(row: Row, error: CellError) -> NotAZoomReportError:
    return NotAZoomReportError(
        f"line {row.line}: {error.field}: {error}. Nothing of this file was imported; correct that line first."
    )
