"""Livestorm's session, which is our webinar, and its event, which is our series -> statements. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from connectors.mapped import Context, Mapped, Reason, Rejection
from connectors.toolkit import reading
from connectors.toolkit.content_id import mapped_event
from contract.instants import MINUTE, SECOND, format_instant

SERVICE = "livestorm"
CAPABILITIES = ("starts", "persons", "seconds", "recording_views")
"""Not `live`, nor `leaves`: attendees are reported after the end, with the time that they stayed."""


def session_events(data: Mapping[str, object], said: Mapping[str, object], context: Context) -> Sequence[Mapped]:
    """The statement about a session, and once it has ended the service's own totals.

    Whether it is live or has ended follows from its times, so that the order of messages does not matter.
    """
    session_id = reading.identifier(data.get("id"))
    if not session_id:
        return [Rejection(Reason.MISSING_FIELD, "data.id: no id of a session")]
    attributes = reading.mapping(data.get("attributes"))
    if reading.identifier(attributes.get("breakout_room_parent_session_id")):
        # A breakout room of another session: the people in it are guests of that one.
        return []
    times = {name: reading.instant(attributes.get(name)) for name in ("started_at", "ended_at", "canceled_at")}
    starts_at = reading.instant(attributes.get("estimated_started_at"))
    occurred_at, status = _status(attributes, times, context)
    event_id = reading.identifier(attributes.get("event_id"))
    event = next((one for one in _included(said, "events") if one.get("id") == event_id), {})
    statement: dict[str, object] = {
        "type": "webinar",
        "webinar_id": webinar_id(session_id),
        "platform": SERVICE,
        "occurred_at": format_instant(occurred_at),
        "status": status,
        "title": reading.text(attributes.get("name")) or None,
        "starts_at": _text(starts_at),
        "started_at": _text(times["started_at"]),
        "ended_at": _text(times["ended_at"]),
        "timezone": reading.text(attributes.get("timezone"), 80) or None,
        "format": "recorded" if attributes.get("status") == "on_demand" else None,
        "tells": list(CAPABILITIES),
        "service": _service(event_id, reading.mapping(event.get("attributes"))),
    }
    of_event = {name: value for name, value in _of_event(event).items() if statement.get(name) is None}
    events = [mapped_event({**statement, **of_event}, context, SERVICE)]
    return [*events, *_totals(attributes, session_id, occurred_at, context)] if status == "ended" else events


def titled_sessions(data: Mapping[str, object], said: Mapping[str, object], context: Context) -> Sequence[Mapped]:
    """The statements of an event about those of its sessions that the message names; none if it names none."""
    attributes = reading.mapping(data.get("attributes"))
    occurred_at = (
        reading.instant(attributes.get("updated_at"))
        or reading.instant(attributes.get("created_at"))
        or context.received_at
    )
    event_id = reading.identifier(data.get("id"))
    statements = (
        {
            "type": "webinar",
            "webinar_id": webinar_id(session_id),
            "platform": SERVICE,
            "occurred_at": format_instant(occurred_at),
            "service": _service(event_id, attributes),
            **_of_event(data),
        }
        for session_id in _session_ids(data, said)
    )
    return [mapped_event(statement, context, SERVICE) for statement in statements]


def completed_statement(session_id: str, now: int, context: Context) -> Mapped:
    """The statement that everything the REST API has about this session was read."""
    when = format_instant(now)
    content: dict[str, object] = {
        "type": "webinar",
        "webinar_id": webinar_id(session_id),
        "platform": SERVICE,
        "occurred_at": when,
        "completed_at": when,
    }
    return mapped_event(content, context, SERVICE)


def webinar_id(session_id: str) -> str:
    return f"{SERVICE}:{session_id}"


def _status(
    attributes: Mapping[str, object], times: Mapping[str, int | None], context: Context
) -> tuple[int, str | None]:
    """Since when the session has its status, and the contract's word for it."""
    for name, status in (("canceled_at", "cancelled"), ("ended_at", "ended"), ("started_at", "live")):
        moment = times[name]
        if moment is not None:
            return moment, status
    changed_at = reading.instant(attributes.get("updated_at")) or reading.instant(attributes.get("created_at"))
    planned_at = reading.instant(attributes.get("estimated_started_at"))
    if attributes.get("status") == "past_not_started" and planned_at is not None:
        # Nobody started it. Stated as of its planned start, and so later than the plan itself.
        return max(planned_at, changed_at or 0), "cancelled"
    return changed_at or context.received_at, None if attributes.get("status") == "on_demand" else "scheduled"


def _of_event(event: Mapping[str, object]) -> dict[str, object]:
    """The fields of an event that apply to all its sessions."""
    attributes = reading.mapping(event.get("attributes"))
    minutes = reading.whole_number(attributes.get("estimated_duration"))
    said = {
        "title": reading.text(attributes.get("title")) or None,
        "language": reading.text(attributes.get("language"), 20) or None,
        "duration_seconds": minutes * (MINUTE // SECOND) if minutes and minutes < 100_000 else None,
    }
    return {name: value for name, value in said.items() if value is not None}


def _service(event_id: str, event: Mapping[str, object]) -> dict[str, object] | None:
    if not event_id:
        return None
    owner = reading.identifier(reading.mapping(event.get("owner")).get("id"))
    return {"series_id": f"{SERVICE}:{event_id}", **({"host": owner} if owner else {})}


def _totals(attributes: Mapping[str, object], session_id: str, occurred_at: int, context: Context) -> Iterable[Mapped]:
    content: dict[str, object] = {
        "registrations": reading.whole_number(attributes.get("registrants_count")),
        "visits_all": reading.whole_number(attributes.get("attendees_count")),
    }
    if all(value is None for value in content.values()):
        return
    when = format_instant(reading.instant(attributes.get("updated_at")) or occurred_at)
    yield mapped_event(
        {
            "type": "totals",
            "webinar_id": webinar_id(session_id),
            "platform": SERVICE,
            "occurred_at": when,
            "reported_by": SERVICE,
            "reported_at": when,
            **content,
        },
        context,
        SERVICE,
    )


def _session_ids(data: Mapping[str, object], said: Mapping[str, object]) -> Iterator[str]:
    """The ids in the relationships, and of the included sessions."""
    relationship = reading.mapping(reading.mapping(data.get("relationships")).get("sessions"))
    named = [one for one in reading.items(relationship.get("data")) if one.get("type") == "sessions"]
    ids = (reading.identifier(one.get("id")) for one in (*named, *_included(said, "sessions")))
    yield from dict.fromkeys(one for one in ids if one)


def _included(said: Mapping[str, object], kind: str) -> list[Mapping[str, object]]:
    return [one for one in reading.items(said.get("included")) if one.get("type") == kind]


def _text(moment: int | None) -> str | None:
    return None if moment is None else format_instant(moment)
