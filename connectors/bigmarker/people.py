"""Rows about people -> registrations, totals of watch time, views of the recording. Pure.

Events depend only on the row and the conference, not on the clock: reading a row again gives the same events.
"""

from collections.abc import Mapping
from typing import Any, Literal, TypeAlias

from connectors.bigmarker import cells
from connectors.bigmarker.cells import FieldError
from connectors.bigmarker.conference import PLATFORM, Conference
from connectors.bigmarker.sources import source_of
from connectors.bigmarker.zones import zone_named
from connectors.mapped import Context, Reason, Rejection
from connectors.toolkit.content_id import mapped_event
from connectors.toolkit.identity import link_of, person_of
from connectors.toolkit.zone_names import iana_name
from contract.events import Event, Role
from contract.instants import SECOND, format_instant

Way: TypeAlias = Literal["fields", "plain", "webhook"]
"""Which of BigMarker's lists a registration comes from. It is part of the event's id, in this order: of two events of
one moment the one with the smaller id is the first touch (docs/contract.md, section 3), so the fullest list wins."""

_ROLES: dict[str, Role] = {
    "presenter": "panelist",
    "panelist": "panelist",
    "speaker": "panelist",
    "host": "host",
    "moderator": "host",
    "organizer": "host",
    "admin": "host",
}


def registration_events(row: object, conference: Conference, context: Context, way: Way) -> list[Event | Rejection]:
    """The registration, and the link of its registrant id to the person if it has an email."""
    if not isinstance(row, dict):
        return [Rejection(Reason.WRONG_FORM, "registration: not an object")]
    try:
        person = _person(row, conference, context)
        registered_at = _first_instant(row, conference, "registered_at", "registration_date", "time_stamp")
        if registered_at is None:
            raise FieldError("registered_at", "missing", Reason.MISSING_FIELD)
    except FieldError as error:
        return [error.rejection]
    when = format_instant(registered_at)
    content = {
        **person,
        "type": "registration",
        "status": "registered",
        "occurred_at": when,
        "country": cells.first(row, "country") or None,
        "timezone": _timezone(row),
        "source": source_of(row),
    }
    events = [mapped_event(content, context, f"{PLATFORM}:{way}")]
    link = link_of(PLATFORM, _email(row), _registrant_id(row), context.secret)
    if link is not None:
        events.append(
            mapped_event({**link, "webinar_id": conference.webinar_id, "occurred_at": when}, context, PLATFORM)
        )
    return events


def attendee_events(row: object, conference: Conference, context: Context) -> list[Event | Rejection]:
    """The person's total so far; nothing if the row says that the person did not attend."""
    if not isinstance(row, dict):
        return [Rejection(Reason.WRONG_FORM, "attendee: not an object")]
    if cells.yes(row.get("attended?")) is False:
        return []
    try:
        person = _person(row, conference, context)
        entered_at, left_at, total = _stay(row, conference)
    except FieldError as error:
        return [error.rejection]
    # The row has no time of its own, so it is derived from the content. A total cannot be reached before that many
    # seconds have passed, a leave cannot be known before it happens, and a row of an ended webinar is final. So a
    # total that has grown is later than the previous one, and an unchanged one is the same event.
    reported_at = max(entered_at + total * SECOND, left_at or 0, conference.ended_at or 0)
    content = {
        **person,
        "type": "attendance",
        "kind": "summary",
        "occurred_at": format_instant(entered_at),
        "first_joined_at": format_instant(entered_at),
        "last_left_at": None if left_at is None else format_instant(left_at),
        "total_seconds": total,
        "reported_at": format_instant(reported_at),
    }
    # Of two with the same time the one with the greater id counts: with the total in the id, that is the greater total.
    return [mapped_event(content, context, f"{PLATFORM}:total-{total:08d}")]


def view_events(row: object, conference: Conference, context: Context) -> list[Event | Rejection]:
    """One view of the recording; nothing if the row says that it was not watched.

    The time watched is left out: it grows, and each value would count as another view.
    """
    if not isinstance(row, dict):
        return [Rejection(Reason.WRONG_FORM, "recording view: not an object")]
    if cells.yes(row.get("watched_on_demand")) is False:
        return []
    try:
        person = _person(row, conference, context)
        names = ("view_start_time", "viewed_at", "watched_at", "entered_at", "enter_time", "created_at")
        viewed_at = _first_instant(row, conference, *names)
        if viewed_at is None:
            # No recording exists before the end.
            viewed_at = conference.end
        if viewed_at is None:
            raise FieldError("view_start_time", "missing", Reason.MISSING_FIELD)
    except FieldError as error:
        return [error.rejection]
    content = {**person, "type": "attendance", "kind": "recording_viewed", "occurred_at": format_instant(viewed_at)}
    return [mapped_event(content, context, f"{PLATFORM}:view")]


def _stay(row: Mapping[str, Any], conference: Conference) -> tuple[int, int | None, int]:
    """First join, last leave (None: still there, or not reported) and the total in whole seconds."""
    total = _first_seconds(row, "total_duration", "live_duration", "duration")
    left_at = _first_instant(row, conference, "leaved_at", "left_at", "exit_time")
    entered_at = _first_instant(row, conference, "entered_at", "enter_time")
    if entered_at is None and left_at is not None and total is not None:
        entered_at = left_at - total * SECOND
    if entered_at is None:
        entered_at = conference.starts_at
    if entered_at is None:
        raise FieldError("entered_at", "missing", Reason.MISSING_FIELD)
    if left_at is not None and left_at < entered_at:
        left_at = None
    if total is None:
        # The span from first join to last leave is the upper bound, and the best value available.
        total = 0 if left_at is None else (left_at - entered_at) // SECOND
    return entered_at, left_at, total


def who(row: Mapping[str, Any], secret: str) -> str | None:
    """The person_id of a row; None if the row identifies nobody."""
    person = person_of(PLATFORM, _email(row), _registrant_id(row), secret)
    return None if person is None else person["person_id"]


def _person(row: Mapping[str, Any], conference: Conference, context: Context) -> dict[str, object]:
    person = person_of(PLATFORM, _email(row), _registrant_id(row), context.secret)
    if person is None:
        raise FieldError("email", "neither an email nor a bmid", Reason.NO_PERSON)
    role = conference.roles.get(person["person_id"]) or _ROLES.get(cells.first(row, "role").lower())
    return {**person, "webinar_id": conference.webinar_id, "platform": PLATFORM, "role": role}


def _timezone(row: Mapping[str, Any]) -> str | None:
    zone = zone_named(cells.first(row, "time_zone"))
    return None if zone is None else iana_name(zone.key)


def _email(row: Mapping[str, Any]) -> str:
    return cells.first(row, "email")


def _registrant_id(row: Mapping[str, Any]) -> str:
    return cells.first(row, "bmid", "BMID")


def _first_instant(row: Mapping[str, Any], conference: Conference, *names: str) -> int | None:
    moments = (cells.instant(row.get(name), name, conference.zone) for name in names)
    return next((moment for moment in moments if moment is not None), None)


def _first_seconds(row: Mapping[str, Any], *names: str) -> int | None:
    totals = (cells.seconds(row.get(name), name) for name in names)
    return next((total for total in totals if total is not None), None)
