"""A message of Zoom's webhook -> contract events or rejections. Pure."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

import orjson

from connectors.mapped import Context, Mapped, Reason
from connectors.zoom import occurrence, people
from connectors.zoom.occurrence import PLANNED, SINGLE, UNPLANNED, kind_of
from connectors.zoom.payload import FieldError, Fields, time_text
from connectors.zoom.statement import described, duration_seconds, statement
from contract.events import RegistrationStatus, Webinar


@dataclass(frozen=True, slots=True)
class Message:
    """A webhook's message: the part that all kinds have in common."""

    payload: Fields
    webinar: Fields
    number: str
    """Zoom's id of the webinar, as text even if Zoom sent a number."""
    at: int
    """When it happened, milliseconds since 1970 UTC; the same in a repeated delivery."""
    context: Context


@dataclass(frozen=True, slots=True)
class Outcome:
    """The results of a message, and the webinar that the poll should read soon."""

    mapped: list[Mapped] = field(default_factory=list)
    wake: str | None = None


def read_json(body: bytes) -> object:
    """The parsed JSON. Raises FieldError if it is not JSON."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise FieldError(Reason.UNREADABLE, "not JSON") from error


def map_message(message: object, context: Context) -> Outcome:
    """Maps a message. Never raises. Kinds of messages that affect no count give nothing."""
    try:
        if not isinstance(message, dict):
            raise FieldError(Reason.WRONG_FORM, "not a JSON object")
        envelope = Fields(message)
        kind = envelope.text("event")
        if not kind:
            raise FieldError(Reason.MISSING_FIELD, "event")
        read = _READERS.get(kind)
        if read is None:
            return Outcome()
        payload = envelope.object("payload")
        webinar = payload.object("object")
        return read(Message(payload, webinar, webinar.id("id"), envelope.milliseconds("event_ts"), context))
    except FieldError as error:
        return Outcome([error.rejection])


# -- the webinar


def _created(message: Message) -> Outcome:
    return _scheduled(message, "scheduled")


def _updated(message: Message) -> Outcome:
    """An update has only what changed; if that is not enough to name the webinar, it is left to the poll."""
    if message.webinar.number("type") is None:
        return Outcome(wake=message.number)
    # For a live webinar, a status would end it.
    return _scheduled(message, None)


def _scheduled(message: Message, status: str | None) -> Outcome:
    webinar = message.webinar
    kind = kind_of(webinar)
    about = described(webinar)
    mapped: list[Mapped] = []
    for planned in _planned(webinar, kind):
        starts_at = planned.instant("start_time")
        if kind != SINGLE and starts_at is None:
            # An occurrence without a time cannot be named yet.
            continue
        gone = planned.text("status") == "deleted"
        said: dict[str, object] = {
            **about,
            "starts_at": time_text(starts_at),
            "duration_seconds": duration_seconds(planned if planned.data.get("duration") else webinar),
            "status": "cancelled" if gone else status,
        }
        if gone and not _is_ahead(starts_at, message.at):
            continue
        mapped.append(statement(_webinar_id(message, kind, starts_at), message.at, message.context, said))
    return Outcome(mapped, message.number)


def _started(message: Message) -> Outcome:
    return _ran(message, {"status": "live", "started_at": time_text(message.at)})


def _ended(message: Message) -> Outcome:
    ended_at = message.webinar.instant("end_time") or message.at
    return _ran(message, {"status": "ended", "ended_at": time_text(ended_at)})


def _ran(message: Message, said: dict[str, object]) -> Outcome:
    """The start is the message's time, not its start_time, which may be the planned or the practice session's."""
    webinar = message.webinar
    if webinar.flag("practice_session"):
        return Outcome()
    kind = kind_of(webinar)
    said = {**described(webinar), **said}
    name = _webinar_id(message, kind, webinar.instant("start_time") or message.at)
    return Outcome([statement(name, message.at, message.context, said)], message.number)


def _deleted(message: Message) -> Outcome:
    """Cancels only what is still upcoming: people also delete past webinars."""
    return _gone(message, kind_of(message.webinar))


def _converted(message: Message) -> Outcome:
    """The webinar became a meeting, so it no longer exists. The message's type is the meeting's."""
    kind = _KIND_BEFORE.get(message.webinar.number("type") or 0)
    return Outcome(wake=message.number) if kind is None else _gone(message, kind)


def _recovered(message: Message) -> Outcome:
    """Reinstates only what is still upcoming; past ones took place, or did not."""
    ahead = [one for one in _scheduled(message, "scheduled").mapped if isinstance(one, Webinar)]
    return Outcome([one for one in ahead if _is_ahead(one.starts_at, message.at)], message.number)


def _gone(message: Message, kind: int) -> Outcome:
    mapped: list[Mapped] = []
    for planned in _planned(message.webinar, kind):
        starts_at = planned.instant("start_time")
        if starts_at is not None and _is_ahead(starts_at, message.at):
            name = _webinar_id(message, kind, starts_at)
            mapped.append(statement(name, message.at, message.context, {"status": "cancelled"}))
    return Outcome(mapped, message.number)


def _is_ahead(starts_at: int | None, at: int) -> bool:
    return starts_at is not None and starts_at > at


# -- the people


def _registered(message: Message) -> Outcome:
    status: RegistrationStatus = "registered"
    if message.webinar.object("registrant").text("status").lower() == "approved":
        status = "approved"
    return _registration(message, status)


def _approved(message: Message) -> Outcome:
    return _registration(message, "approved")


def _cancelled(message: Message) -> Outcome:
    return _registration(message, "cancelled")


def _denied(message: Message) -> Outcome:
    return _registration(message, "denied")


def _registration(message: Message, status: RegistrationStatus) -> Outcome:
    """One event per occurrence that the person registered for.

    A webinar without fixed times has no occurrence to name yet: the poll reports the registrants once one has begun.
    """
    webinar = message.webinar
    kind = kind_of(webinar)
    if kind == UNPLANNED:
        return Outcome(wake=message.number)
    who = people.registrant_of(webinar.object("registrant"))
    names = dict.fromkeys(_webinar_id(message, kind, one.instant("start_time")) for one in _planned(webinar, kind))
    mapped: list[Mapped] = []
    for name in names:
        mapped += people.registration(who, name, status, message.at, message.context)
    return Outcome(mapped)


def _participant_joined(message: Message) -> Outcome:
    at = message.webinar.object("participant").required_instant("join_time")
    return _participant(message, at, people.joined)


def _participant_left(message: Message) -> Outcome:
    at = message.webinar.object("participant").required_instant("leave_time")
    return _participant(message, at, people.left)


def _participant(
    message: Message, at: int, events: Callable[[people.Stay, str, int, Context], list[Mapped]]
) -> Outcome:
    webinar = message.webinar
    if webinar.flag("practice_session"):
        return Outcome()
    participant = webinar.object("participant")
    host_id = webinar.optional_id("host_id")
    own_ids = {participant.optional_id("id"), participant.optional_id("participant_user_id")}
    stay = people.Stay(
        uuid=webinar.id("uuid"),
        user_id=participant.id("user_id"),
        email=participant.text("email"),
        registrant_id=participant.optional_id("registrant_id"),
        role="host" if host_id and host_id in own_ids else None,
    )
    name = _webinar_id(message, kind_of(webinar), webinar.instant("start_time"))
    return Outcome(events(stay, name, at, message.context))


def _bound(message: Message) -> Outcome:
    """A phone belongs to somebody who is in the room.

    The two stays become one person if the message has the email, because the contract links only to an email. Without
    it the poll decides later.
    """
    webinar = message.webinar
    participant = webinar.object("participant")
    uuid, email = webinar.id("uuid"), participant.text("email")
    name = _webinar_id(message, kind_of(webinar), webinar.instant("start_time"))
    stays = [
        people.Stay(uuid, user_id, email, "")
        for user_id in (participant.id("user_id"), participant.optional_id("bind_user_id"))
        if user_id
    ]
    mapped = [one for stay in stays for one in people.same_stay(stay, name, message.at, message.context)]
    registrant_id = participant.optional_id("registrant_id")
    return Outcome(
        [*mapped, *people.same_registrant(registrant_id, email, name, message.at, message.context)], message.number
    )


def _recording_registration(status: RegistrationStatus, message: Message) -> Outcome:
    """A registration for the recording, later than the webinar. Recordings of meetings are ignored."""
    webinar = message.webinar
    if webinar.number("type") not in (SINGLE, UNPLANNED, PLANNED):
        return Outcome()
    who = people.registrant_of(webinar.object("registrant"))
    if status == "registered" and webinar.object("registrant").text("status").lower() == "approved":
        status = "approved"
    name = _webinar_id(message, kind_of(webinar), webinar.instant("start_time"))
    return Outcome(people.registration(who, name, status, message.at, message.context))


# -- both


def _webinar_id(message: Message, kind: int, start: int | None) -> str:
    return occurrence.webinar_id(message.number, kind, start, message.webinar.text("timezone"))


def _planned(webinar: Fields, kind: int) -> list[Fields]:
    """The occurrences that the message is about; for a single webinar, the webinar itself."""
    return (list(webinar.objects("occurrences")) if kind == PLANNED else []) or [webinar]


_KIND_BEFORE = {2: SINGLE, 8: PLANNED, SINGLE: SINGLE, PLANNED: PLANNED}
"""Type of a meeting -> type of the webinar that was converted into it."""
_READERS: dict[str, Callable[[Message], Outcome]] = {
    "webinar.created": _created,
    "webinar.updated": _updated,
    "webinar.started": _started,
    "webinar.ended": _ended,
    "webinar.deleted": _deleted,
    "webinar.permanently_deleted": _deleted,
    "webinar.recovered": _recovered,
    "webinar.converted_to_meeting": _converted,
    "webinar.registration_created": _registered,
    "webinar.registration_approved": _approved,
    "webinar.registration_cancelled": _cancelled,
    "webinar.registration_denied": _denied,
    "webinar.participant_joined": _participant_joined,
    "webinar.participant_left": _participant_left,
    "webinar.participant_bind": _bound,
    "recording.registration_created": partial(_recording_registration, "registered"),
    "recording.registration_approved": partial(_recording_registration, "approved"),
    "recording.registration_denied": partial(_recording_registration, "denied"),
}
EVENTS = tuple(_READERS)
"""The events that the app in Zoom's marketplace has to subscribe to."""
