"""GoTo's registrant, a join, an attendee's intervals -> events. Pure.

Sessions: a join's message and the API's intervals share only GoTo's session and the registrant. So those two name the
person's first interval and every join from a message: of several joins of a session the earliest counts, which is that
interval's own. Further intervals are named by their start. So the API's leave closes the session that the message
opened, and no interval counts twice.
"""

from collections.abc import Iterator, Mapping, Sequence

from connectors.goto.webinars import SERVICE, webinar_id
from connectors.mapped import Context, Mapped, Reason, Rejection
from connectors.toolkit import reading
from connectors.toolkit.content_id import mapped_event
from connectors.toolkit.identity import Person, link_of, person_of
from connectors.toolkit.utm import source_of, utm_of
from connectors.toolkit.zone_names import iana_name
from contract.instants import format_instant

_STATUSES = {"WAITING": "registered", "APPROVED": "approved", "CANCELLED": "cancelled", "DENIED": "denied"}


def registrant_events(
    webinar: str, registrant: Mapping[str, object], said_at: int | None, context: Context
) -> Sequence[Mapped]:
    """`said_at`: the time of the message; None from the API, which reports only when the person registered."""
    read = _person(webinar, registrant, context)
    if isinstance(read, Rejection):
        return [read]
    status = _STATUSES.get(reading.text(registrant.get("status")).upper() or "APPROVED")
    if status is None:
        return [Rejection(Reason.UNKNOWN_KIND, "status: not one that this connector knows")]
    registered_at = reading.instant(registrant.get("registrationDate")) or said_at
    if registered_at is None:
        return [Rejection(Reason.MISSING_FIELD, "registrationDate: not a time")]
    happened_at = said_at if said_at is not None and status in ("cancelled", "denied") else registered_at
    content: dict[str, object] = {
        "type": "registration",
        "webinar_id": webinar_id(webinar),
        "platform": SERVICE,
        "occurred_at": format_instant(happened_at),
        "status": status,
        "country": reading.text(registrant.get("country"), 80) or None,
        "timezone": iana_name(reading.text(registrant.get("timeZone"))),
        "source": _source(registrant),
        **read,
    }
    return [mapped_event(content, context, SERVICE), *_link(webinar, registrant, registered_at, context)]


def joined_events(message: Mapping[str, object], context: Context) -> Sequence[Mapped]:
    """A registrant joined."""
    webinar = reading.identifier(message.get("webinarKey"))
    read = _person(webinar, message, context)
    if isinstance(read, Rejection):
        return [read]
    joined_at = reading.instant(message.get("joinTime"))
    session = reading.identifier(message.get("sessionKey"))
    if joined_at is None or not session:
        return [Rejection(Reason.MISSING_FIELD, "registrant.joined: no sessionKey, or no joinTime")]
    content = {
        **_attendance(webinar, read),
        "kind": "joined",
        "session_id": _first_session_id(session, message, read),
        "occurred_at": format_instant(joined_at),
    }
    return [mapped_event(content, context, SERVICE), *_link(webinar, message, joined_at, context)]


def attendee_events(
    webinar: str, session: str, attendee: Mapping[str, object], ended_at: int, context: Context
) -> Sequence[Mapped]:
    """Everything that the API reports about one person in a session that ended at `ended_at`.

    The total time counts only where an interval or its end is missing (docs/contract.md, "summary").
    """
    read = _person(webinar, attendee, context)
    if isinstance(read, Rejection):
        return [read]
    intervals = sorted(_intervals(attendee))
    first = _first_session_id(session, attendee, read)
    mapped: list[Mapped] = []
    for number, (joined_at, left_at) in enumerate(intervals):
        session_id = first if number == 0 else f"{first}:{joined_at}"
        stay = {**_attendance(webinar, read), "session_id": session_id}
        moments = [("joined", joined_at)] + ([("left", left_at)] if left_at >= joined_at else [])
        mapped += [
            mapped_event({**stay, "kind": kind, "occurred_at": format_instant(at)}, context, SERVICE)
            for kind, at in moments
        ]
    if not intervals or any(left_at < joined_at for joined_at, left_at in intervals):
        mapped.append(_summary(webinar, read, attendee, ended_at, context))
    since = intervals[0][0] if intervals else ended_at
    return [*mapped, *_link(webinar, attendee, since, context)]


def _summary(webinar: str, person: Person, attendee: Mapping[str, object], at: int, context: Context) -> Mapped:
    seconds = reading.whole_number(attendee.get("attendanceTimeInSeconds"))
    if seconds is None:
        return Rejection(Reason.MISSING_FIELD, "attendance: no intervals, and no attendanceTimeInSeconds")
    content = {
        **_attendance(webinar, person),
        "kind": "summary",
        "occurred_at": format_instant(at),
        "reported_at": format_instant(at),
        "total_seconds": seconds,
    }
    return mapped_event(content, context, SERVICE)


def _intervals(attendee: Mapping[str, object]) -> Iterator[tuple[int, int]]:
    """Start and end; an end before the start counts as none."""
    for one in reading.items(attendee.get("attendance")):
        joined_at = reading.instant(one.get("joinTime"))
        if joined_at is not None:
            yield joined_at, reading.instant(one.get("leaveTime")) or -1


def _person(webinar: str, said: Mapping[str, object], context: Context) -> Person | Rejection:
    if not webinar:
        return Rejection(Reason.MISSING_FIELD, "webinarKey: no id of a webinar")
    email, key = reading.text(said.get("email")), reading.identifier(said.get("registrantKey"))
    person = person_of(SERVICE, email, key, context.secret)
    return person or Rejection(Reason.NO_PERSON, "neither an email nor a registrantKey")


def _link(webinar: str, said: Mapping[str, object], at: int, context: Context) -> list[Mapped]:
    email, key = reading.text(said.get("email")), reading.identifier(said.get("registrantKey"))
    link = link_of(SERVICE, email, key, context.secret)
    if link is None:
        return []
    content = {**link, "webinar_id": webinar_id(webinar), "occurred_at": format_instant(at)}
    return [mapped_event(content, context, SERVICE)]


def _attendance(webinar: str, person: Person) -> dict[str, object]:
    return {"type": "attendance", "webinar_id": webinar_id(webinar), "platform": SERVICE, **person}


def _first_session_id(session: str, said: Mapping[str, object], person: Person) -> str:
    return f"{session}:{reading.identifier(said.get('registrantKey')) or person['person_id']}"


def _source(registrant: Mapping[str, object]) -> dict[str, str] | None:
    """What GoTo calls source is the word that the organiser put into the shared link; utm are hidden questions."""
    shared = reading.text(registrant.get("registrationSource")) or reading.text(registrant.get("source"))
    questions: dict[str, object] = {}
    for response in reading.items(registrant.get("responses")):
        answer = response.get("answerText", response.get("answer"))
        first = answer[0] if isinstance(answer, list) and answer else answer
        questions[reading.text(response.get("questionText")) or reading.text(response.get("question"))] = first
    return source_of(utm_of(questions), tracking_code=shared)
