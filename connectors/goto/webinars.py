"""GoTo's webinar, or a session of one -> statements and totals. Pure."""

from collections.abc import Mapping

from connectors.mapped import Context, Mapped, Reason, Rejection
from connectors.toolkit import reading
from connectors.toolkit.content_id import mapped_event
from contract.instants import SECOND, format_instant

SERVICE = "goto"
CAPABILITIES = ("live", "leaves", "persons", "seconds")
"""Not `starts`: no message says that a webinar has begun; the API reports it after the end."""
_FORMATS = {"SIMULIVE": "recorded", "CLASSIC": "live", "BROADCAST": "live"}


def webinar_id(key: str) -> str:
    return f"{SERVICE}:{key}"


def webinar_statement(webinar: Mapping[str, object], said_at: int, context: Context) -> Mapped:
    """The statement about a planned webinar, from a message or the API; its status only if it is new or deleted."""
    key = reading.identifier(webinar.get("webinarKey"))
    if not key:
        return Rejection(Reason.MISSING_FIELD, "webinarKey: no id of a webinar")
    starts_at, seconds = _planned(webinar)
    return mapped_event(
        {
            "type": "webinar",
            "webinar_id": webinar_id(key),
            "platform": SERVICE,
            "occurred_at": format_instant(said_at),
            "title": reading.text(webinar.get("webinarTitle")) or reading.text(webinar.get("subject")) or None,
            "status": _status(webinar, starts_at, said_at),
            "starts_at": None if starts_at is None else format_instant(starts_at),
            "duration_seconds": seconds,
            "timezone": reading.text(webinar.get("timeZone"), 80) or None,
            "language": reading.text(webinar.get("locale"), 20).partition("_")[0].lower() or None,
            "format": _FORMATS.get(reading.text(webinar.get("experienceType")).upper()),
            "tells": list(CAPABILITIES),
            "service": _service(webinar),
        },
        context,
        SERVICE,
    )


def session_statement(session: Mapping[str, object], context: Context) -> Mapped:
    """The statement about an ended session, from the API."""
    key = reading.identifier(session.get("webinarKey"))
    started_at, ended_at = reading.instant(session.get("startTime")), reading.instant(session.get("endTime"))
    if not key or started_at is None or ended_at is None:
        return Rejection(Reason.MISSING_FIELD, "session: webinarKey, startTime or endTime is missing")
    return mapped_event(
        {
            "type": "webinar",
            "webinar_id": webinar_id(key),
            "platform": SERVICE,
            "occurred_at": format_instant(ended_at),
            "status": "ended",
            "started_at": format_instant(started_at),
            "ended_at": format_instant(ended_at),
            "timezone": reading.text(session.get("timeZone"), 80) or None,
            "format": _FORMATS.get(reading.text(session.get("experienceType")).upper()),
            "tells": list(CAPABILITIES),
        },
        context,
        SERVICE,
    )


def session_totals(session: Mapping[str, object], context: Context) -> list[Mapped]:
    """GoTo's own counts, for a webinar with this session only: persons of several sessions cannot be added up."""
    key, ended_at = reading.identifier(session.get("webinarKey")), reading.instant(session.get("endTime"))
    counts = {
        "registrations": reading.whole_number(session.get("registrantCount")),
        "visits_all": reading.whole_number(session.get("registrantsAttended")),
    }
    if not key or ended_at is None or all(count is None for count in counts.values()):
        return []
    when = format_instant(ended_at)
    content: dict[str, object] = {
        "type": "totals",
        "webinar_id": webinar_id(key),
        "platform": SERVICE,
        "occurred_at": when,
        "reported_by": SERVICE,
        "reported_at": when,
        **counts,
    }
    return [mapped_event(content, context, SERVICE)]


def completed_statement(key: str, now: int, context: Context) -> Mapped:
    """The statement that everything the API has about this webinar was read."""
    when = format_instant(now)
    content: dict[str, object] = {
        "type": "webinar",
        "webinar_id": webinar_id(key),
        "platform": SERVICE,
        "occurred_at": when,
        "completed_at": when,
    }
    return mapped_event(content, context, SERVICE)


def _planned(webinar: Mapping[str, object]) -> tuple[int | None, int | None]:
    """The first planned start; the length too if it is planned once (a sequence runs on several days)."""
    times = list(reading.items(webinar.get("times"))) or [webinar]
    spans = [(reading.instant(one.get("startTime")), reading.instant(one.get("endTime"))) for one in times]
    starts = sorted(start for start, _ in spans if start is not None)
    if not starts:
        return None, None
    start, end = spans[0]
    if len(spans) > 1 or start is None or end is None or end < start:
        return starts[0], None
    return start, (end - start) // SECOND


def _status(webinar: Mapping[str, object], starts_at: int | None, said_at: int) -> str | None:
    """Deleting a past webinar is only tidying up: it took place all the same."""
    said = reading.text(webinar.get("status")).upper()
    if said == "NEW":
        return "scheduled"
    return "cancelled" if said == "DELETED" and (starts_at is None or starts_at > said_at) else None


def _service(webinar: Mapping[str, object]) -> dict[str, object] | None:
    series, host = reading.identifier(webinar.get("recurrenceKey")), reading.identifier(webinar.get("organizerKey"))
    said: dict[str, object] = {}
    if series:
        said["series_id"] = f"{SERVICE}:{series}"
    if host:
        said["host"] = host
    return said or None
