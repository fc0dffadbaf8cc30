"""The table about the webinar, and the summary of a report. Pure."""

from dataclasses import dataclass, field

from connectors.toolkit.cells import whole_number
from connectors.toolkit.content_id import event_of
from connectors.toolkit.rows import RowRejection
from connectors.zoom_report.people import ID_PREFIX
from connectors.zoom_report.table import Cells
from contract.events import Event, Forgotten, Identity, Registration, Totals, Webinar
from contract.instants import MINUTE, SECOND, format_instant

_TOTALS = ("# registered", "# cancelled", "unique viewers", "total users", "max concurrent views")
_TOTALS_FIELDS = {"# registered": "registrations", "unique viewers": "visits_all"}
"""The totals that the contract has names for (docs/contract.md, "totals")."""
_CAPABILITIES = ["starts", "leaves", "persons", "seconds"]
"""A report comes after the end, so it has nothing live; it has no recording views either."""


@dataclass(slots=True)
class Report:
    """The counts from one report, beside the report's own. They grow while `report_events` runs."""

    kind: str = "attendee report"
    """Or registration report."""
    webinar_id: str = ""
    title: str = ""
    starts_at: int = 0
    """Its start, milliseconds since 1970 UTC: the actual one; in a registration report the planned one."""
    totals: dict[str, int] = field(default_factory=dict)
    """The report's own totals by column name, as far as it has them."""
    rows: int = 0
    """Rows about people, without rejected ones."""
    events: int = 0
    rejected: int = 0
    sessions: int = 0
    # Persons are counted by a hash of their id: 64 bits each, whatever the number of rows.
    _registered: set[int] = field(default_factory=set)
    _came: set[int] = field(default_factory=set)

    @property
    def registered(self) -> int:
        """Persons with a registration of any status, without hosts and panelists."""
        return len(self._registered)

    @property
    def came(self) -> int:
        """Persons with a session, without hosts and panelists."""
        return len(self._came)

    def count(self, event: Event | RowRejection) -> None:
        """Counts a row's result."""
        if isinstance(event, RowRejection):
            self.rejected += 1
            return
        self.events += 1
        if isinstance(event, Webinar | Totals | Identity | Forgotten):
            return
        if event.type == "attendance" and event.kind == "joined":
            self.sessions += 1
        if event.role is None:
            people = self._registered if isinstance(event, Registration) else self._came
            people.add(hash(event.person_id))


def add_totals(row: Cells, report: Report) -> None:
    """Adds the report's own totals, for people to compare. Raises CellError."""
    for name in _TOTALS:
        if row.text(name):
            report.totals[name] = report.totals.get(name, 0) + row.read(name, whole_number)


def planned(row: Cells, report: Report, generated_at: int | None) -> Event:
    """The statement of a registration report. Raises CellError."""
    said_at = generated_at or min(report.starts_at, row.context.received_at)
    minutes = row.read("duration (minutes)", whole_number) if row.text("duration (minutes)") else None
    content: dict[str, object] = {
        "type": "webinar",
        "webinar_id": report.webinar_id,
        "platform": "zoom",
        "occurred_at": format_instant(said_at),
        "title": report.title or None,
        "starts_at": format_instant(report.starts_at),
        "duration_seconds": None if minutes is None else minutes * MINUTE // SECOND,
        # For a live or ended webinar, this status would undo that.
        "status": "scheduled" if said_at < report.starts_at else None,
        "timezone": str(row.context.zone),
        "tells": _CAPABILITIES,
    }
    return event_of(content, row.context.received_at, ID_PREFIX)


def ended(row: Cells, report: Report, generated_at: int | None) -> Event:
    """The statement of an attendee report: the webinar has ended. Raises CellError."""
    started_at = report.starts_at
    ended_at = started_at + row.read("actual duration (minutes)", whole_number) * MINUTE
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
        "timezone": str(row.context.zone),
        "tells": _CAPABILITIES,
        "completed_at": format_instant(generated_at) if generated_at is not None and complete else None,
    }
    return event_of(content, row.context.received_at, ID_PREFIX)


def totals(row: Cells, webinar: Event) -> list[Event]:
    """The report's totals of the webinar, under the contract's names."""
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
    return [event_of(content, row.context.received_at, ID_PREFIX)]
