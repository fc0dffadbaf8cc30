"""One row about a person -> registration and session events. Pure."""

from connectors.toolkit.cells import CellError
from connectors.toolkit.content_id import content_hash, event_of
from connectors.toolkit.email_address import clean_email
from connectors.toolkit.identity import person_of_email, registrant_person_id
from connectors.toolkit.utm import UTM, source_of, utm_of
from connectors.zoom_report import cells
from connectors.zoom_report.layout import Section
from connectors.zoom_report.table import Cells
from contract.events import Event, Role
from contract.instants import format_instant

ID_PREFIX = "zoom-report"

_ROLE_OF_SECTION: dict[Section, Role] = {Section.HOST: "host", Section.PANELIST: "panelist"}


def person_events(row: Cells, section: Section, webinar_id: str, started_at: int) -> list[Event]:
    """The events of one row of a section about people. Raises CellError."""
    row.refuse_surplus()
    came = row.read("attended", cells.attended) if row.has_column("attended") else row.has_column("join time")
    joined_at = row.instant("join time") if came else None
    left_at = row.instant("leave time", not_before=joined_at) if came else None
    if came and joined_at is None:
        raise CellError("join time", "missing, though the person attended")
    if joined_at is not None and left_at is not None and left_at < joined_at:
        raise CellError("leave time", "before the join time")
    person = _person(row, section, webinar_id)
    events: list[Event] = []
    registration = _registration(row, section, came)
    if registration is not None:
        registered_at = row.instant("registration time") or joined_at or started_at
        events.append(_event(row, {**person, **registration, "occurred_at": format_instant(registered_at)}))
    if joined_at is not None:
        events += _session(row, person, joined_at, left_at)
    return events


def _person(row: Cells, section: Section, webinar_id: str) -> dict[str, object]:
    secret = row.context.secret
    upgraded = row.text("approval status").lower() == cells.UPGRADED
    role = "panelist" if upgraded else _ROLE_OF_SECTION.get(section)
    person: dict[str, object] = {"webinar_id": webinar_id, "platform": "zoom", "role": role}
    if row.text("email"):
        email = row.read("email", clean_email)
        return {**person, **person_of_email(email, secret)}
    # Without an email, only the phone number, else the name, distinguishes people of one webinar.
    key = (row.text("phone") or row.text("user name")).lower()
    if not key:
        raise CellError("email", "missing, and neither phone nor name instead")
    return {**person, "person_id": registrant_person_id("zoom", f"report:{webinar_id}:{key}", secret)}


def _registration(row: Cells, section: Section, came: bool) -> dict[str, object] | None:
    """Status, country and source of the registration in this row, None if it has none."""
    if section in _ROLE_OF_SECTION:
        # A no-show has no session that could carry the role, and must not count as an absent registrant.
        return None if came else {"type": "registration", "status": "registered"}
    said = row.text("registration time") or row.text("approval status")
    if came and not said:
        # Registration is off, or a guest used another's link: a walk-in.
        return None
    return {
        "type": "registration",
        "status": row.read("approval status", cells.approval_status),
        "country": row.text("country/region name") or None,
        "source": _source(row),
    }


def _source(row: Cells) -> dict[str, str] | None:
    """Zoom's tracking source, and utm fields that the organiser's form has as hidden questions."""
    return source_of(utm_of({name: row.text(name) for name in UTM}), tracking_code=row.text("source name"))


def _session(row: Cells, person: dict[str, object], joined_at: int, left_at: int | None) -> list[Event]:
    """The stay in a row. Its id derives from person and time, so the same file gives the same sessions."""
    session_id = f"{ID_PREFIX}:{content_hash([person['person_id'], joined_at])}"
    stay = {**person, "type": "attendance", "session_id": session_id}
    events = [_event(row, {**stay, "kind": "joined", "occurred_at": format_instant(joined_at)})]
    if left_at is not None:
        events.append(_event(row, {**stay, "kind": "left", "occurred_at": format_instant(left_at)}))
    return events


def _event(row: Cells, content: dict[str, object]) -> Event:
    return event_of(content, row.context.received_at, ID_PREFIX)
