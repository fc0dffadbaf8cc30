"""The table about the webinar, and what was read of a report as a whole. Pure."""

from dataclasses import dataclass, field

from connectors.toolkit.cells import whole_number
from connectors.toolkit.content_id import event_of
from connectors.toolkit.rows import RowRejection
from connectors.zoom_report.people import ID_PREFIX
from connectors.zoom_report.table import Cells
from contract.events import Event, Registration, Totals, Webinar
from contract.instants import MINUTE, SECOND, format_instant

_TOTALS = ("# registered", "# cancelled", "unique viewers", "total users", "max concurrent views")
_TOTALS_FIELDS = {"# registered": "registrations", "unique viewers": "visits_all"}
"""Those that the contract has a name for (docs/contract.md, "totals")."""
_CAPABILITIES = ["starts", "leaves", "persons", "seconds"]
"""A report comes after the end, so it tells nothing live; it says nothing of recording views."""


@dataclass(slots=True)
class Report:
    """What was read of one report, beside what it says of itself. Grows while `report_events` runs."""

    kind: str = "attendee report"
    """Or registration report."""
    webinar_id: str = ""
    title: str = ""
    starts_at: int = 0
    """Its start, milliseconds since 1970 UTC: the actual one, or of a registration report the planned one."""
    totals: dict[str, int] = field(default_factory=dict)
    """The report's own totals by column name; only those that it has."""
    rows: int = 0
    """About people; the rejected ones aside."""
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


def add_totals(row: Cells, report: Report) -> None:
    """The report's own totals, for people to compare. Raises CellError."""
    for name in _TOTALS:
        if row.text(name):
            report.totals[name] = report.totals.get(name, 0) + row.read(name, whole_number)


def planned(row: Cells, report: Report, generated_at: int | None) -> Event:
    """What a registration report says of the webinar. Raises CellError."""
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
        # Said of a webinar that is on or over, it would undo that.
        "status": "scheduled" if said_at < report.starts_at else None,
        "timezone": str(row.context.zone),
        "tells": _CAPABILITIES,
    }
    return event_of(content, row.context.received_at, ID_PREFIX)


def ended(row: Cells, report: Report, generated_at: int | None) -> Event:
    """What an attendee report says of it: it is over. Raises CellError."""
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
    return [event_of(content, row.context.received_at, ID_PREFIX)]
