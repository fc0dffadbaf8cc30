"""Any payload of BigMarker -> contract events: for the dry run, and for the webhook's registrations. Pure.

The poll maps row by row, with the conference it has read (conference.py, people.py); a payload on its own has to name
its conference.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from connectors.bigmarker.cells import yes
from connectors.bigmarker.conference import Conference, conference_of, totals_event, webinar_event
from connectors.bigmarker.people import Way, attendee_events, registration_events, view_events
from connectors.mapped import Context, Mapped, Reason, Rejection


def map_payload(body: bytes, context: Context) -> list[Mapped]:
    """Events or rejections for an API response, one page of it, or a webhook. Never raises."""
    try:
        payload = orjson.loads(body)
    except orjson.JSONDecodeError:
        return [Rejection(Reason.UNREADABLE, "body: not JSON")]
    return list(_mapped(payload, context)) if isinstance(payload, dict) else [_unknown()]


def registration_of(payload: Mapping[str, Any], said_id: object, context: Context) -> list[Mapped]:
    """The registration in a webhook, for the conference with that id."""
    return list(_of_row(payload.get("registration"), "registration", said_id, context))


def _mapped(payload: dict[str, Any], context: Context) -> Iterator[Mapped]:
    lists = ("conferences", "registrations", "attendees", "recording_views")
    listed = next((name for name in lists if isinstance(payload.get(name), list)), None)
    if listed is not None:
        for row in payload[listed]:
            yield from _of_row(row, listed, None, context)
    elif "registration" in payload:
        yield from _of_row(payload["registration"], "registration", payload.get("conference_id"), context)
    elif "id" in payload and "start_time" in payload:
        yield from _of_row(payload, "conferences", None, context)
    else:
        yield _unknown()


def _of_row(row: Any, kind: str, said_id: object, context: Context) -> Iterator[Mapped]:
    if kind == "conferences":
        yield from _conference(row, context)
        return
    conference = _conference_of_row(row, said_id, context)
    if isinstance(conference, Rejection):
        yield conference
    elif kind in ("registrations", "registration"):
        way: Way = "webhook" if kind == "registration" else "fields" if "custom_fields" in row else "plain"
        yield from registration_events(row, conference, context, way)
    elif kind == "recording_views" or yes(row.get("watched_on_demand")):
        yield from view_events(row, conference, context)
    else:
        yield from attendee_events(row, conference, context)


def _conference(row: object, context: Context) -> Iterator[Mapped]:
    conference = conference_of(row, context.secret)
    if isinstance(conference, Rejection):
        yield conference
        return
    yield from conference.rejections
    yield webinar_event(conference, context.received_at, context)
    totals = totals_event(conference, context.received_at, context)
    if totals is not None:
        yield totals


def _conference_of_row(row: object, said_id: object, context: Context) -> Conference | Rejection:
    if not isinstance(row, dict):
        return Rejection(Reason.WRONG_FORM, "row: not an object")
    said = {"id": said_id or row.get("conference_id"), "start_time": row.get("start_time")}
    conference = conference_of(said, context.secret)
    if isinstance(conference, Rejection):
        return Rejection(Reason.MISSING_FIELD, "conference_id: missing, or not the id of a conference")
    return conference


def _unknown() -> Rejection:
    return Rejection(Reason.UNKNOWN_KIND, "body: none of conferences, registrations, attendees, recording_views")
