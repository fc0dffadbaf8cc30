"""One row about a person -> registration, attendance and identity events. Pure. Raises CellError."""

from collections.abc import Iterator

from connectors.cells import CellError
from connectors.content_id import content_hash
from connectors.email_address import EmailError, clean_email
from connectors.identity import link_of, person_of
from connectors.mapped import Reason
from connectors.table.cells import ID_PREFIX, Fields
from connectors.table.fields import SOURCE
from connectors.utm import UTM, source_of, utm_of
from streams.events import Event
from streams.instants import SECOND, format_instant


def registration_events(row: Fields) -> Iterator[Event]:
    """A registration, its later change of status where that has a time of its own, and who the registrant is."""
    person = _person(row)
    registered_at = row.instant("registered_at")
    if registered_at is None:
        raise CellError("registered_at", "missing", Reason.MISSING_FIELD)
    status, status_at = row.word("status") or "registered", row.instant("status_at")
    if status_at is not None and status_at < registered_at:
        raise CellError("status_at", "before the registration")
    changed_later = status != "registered" and status_at is not None
    yield row.event(
        {
            **person,
            "type": "registration",
            "status": "registered" if changed_later else status,
            "occurred_at": format_instant(registered_at),
            "country": row.text("country") or None,
            "source": _source(row),
        }
    )
    if changed_later and status_at is not None:
        change = {"type": "registration", "status": status, "occurred_at": format_instant(status_at)}
        yield row.event({**person, **change})
    link = link_of(
        row.reading.mapping.platform, row.text("email"), row.text("registrant_id"), row.reading.context.secret
    )
    if link is not None:
        yield row.event({**link, "webinar_id": person["webinar_id"], "occurred_at": format_instant(registered_at)})


def attendance_events(row: Fields) -> Iterator[Event]:
    """What a person did: stays, or a total, and the recording. Nothing for who did not come."""
    person = {**_person(row), "type": "attendance"}
    joined_at = row.instant("joined_at")
    left_at = row.instant("left_at", not_before=joined_at)
    if joined_at is not None and left_at is not None and left_at < joined_at:
        raise CellError("left_at", "before the join")
    attended, total = row.word("attended"), _total_seconds(row, joined_at, left_at)
    came = attended != "no" and not (total == 0 and joined_at is None and left_at is None and attended is None)
    recording = _recording(row, person, left_at or joined_at)
    if came:
        yield from _presence(row, person, joined_at, left_at, total, must=attended == "yes" and not recording)
    yield from recording


def _presence(
    row: Fields, person: dict[str, object], joined_at: int | None, left_at: int | None, total: int | None, must: bool
) -> Iterator[Event]:
    firsts_and_lasts = row.reading.mapping.times == "first_and_last"
    if firsts_and_lasts and total is None and joined_at is not None and left_at is not None:
        # Nothing better is said: the person may have been away in between.
        total = (left_at - joined_at) // SECOND
    is_stay = joined_at is not None and not (firsts_and_lasts and total is not None)
    if joined_at is not None and is_stay:
        yield from _stay(row, person, joined_at, left_at)
    if total is not None and not (is_stay and left_at is not None):
        yield _summary(row, person, joined_at, left_at, total)
    elif joined_at is None and (left_at is not None or must):
        raise CellError("joined_at", "missing, though the person came, and no total either", Reason.MISSING_FIELD)


def _person(row: Fields) -> dict[str, object]:
    email, registrant_id = row.text("email"), row.text("registrant_id")
    platform = row.reading.mapping.platform
    if email:
        _refuse_unclean(email)
    person = person_of(platform, email, registrant_id, row.reading.context.secret)
    if person is None:
        raise CellError("email", "missing, and no registrant_id to go by", Reason.NO_PERSON)
    is_test = {"yes": True, "no": False, None: None}[row.word("is_test")]
    about = {"webinar_id": row.webinar_id(), "platform": platform, "role": row.word("role"), "is_test": is_test}
    return {**about, **person}


def _refuse_unclean(email: str) -> None:
    # Not counted under the registrant id instead: the same person may stand under the email elsewhere.
    try:
        clean_email(email)
    except EmailError as error:
        raise CellError("email", str(error), Reason.NO_PERSON) from error


def _source(row: Fields) -> dict[str, str] | None:
    said = {name: row.text(name) for name in SOURCE}
    more = {name: text for name, text in said.items() if name not in UTM and name != "referrer"}
    return source_of(utm_of(said), said["referrer"], **more)


def _total_seconds(row: Fields, joined_at: int | None, left_at: int | None) -> int | None:
    """Minutes are rounded, so where join and leave are known they bound them: a stay of 20 s is neither 0 nor 60."""
    minutes = row.minutes("total_minutes")
    if minutes is None:
        seconds = row.count("total_seconds")
        return row.duration("total_duration") if seconds is None else seconds
    if joined_at is None or left_at is None:
        return minutes
    span = (left_at - joined_at) // SECOND
    return min(max(minutes, 1), span)


def _stay(row: Fields, person: dict[str, object], joined_at: int, left_at: int | None) -> Iterator[Event]:
    """Its id follows from who and when, so the same row is the same stay."""
    session_id = f"{ID_PREFIX}:{content_hash([person['person_id'], joined_at])}"
    stay = {**person, "session_id": session_id}
    yield row.event({**stay, "kind": "joined", "occurred_at": format_instant(joined_at)})
    if left_at is not None:
        yield row.event({**stay, "kind": "left", "occurred_at": format_instant(left_at)})


def _summary(row: Fields, person: dict[str, object], joined_at: int | None, left_at: int | None, total: int) -> Event:
    reported_at = row.instant("reported_at") or row.reading.read_at
    occurred_at = left_at or joined_at or row.instant("starts_at") or reported_at
    return row.event(
        {
            **person,
            "kind": "summary",
            "occurred_at": format_instant(occurred_at),
            "reported_at": format_instant(reported_at),
            "total_seconds": total,
            "first_joined_at": None if joined_at is None else format_instant(joined_at),
            "last_left_at": None if left_at is None else format_instant(left_at),
        }
    )


def _recording(row: Fields, person: dict[str, object], otherwise_at: int | None) -> list[Event]:
    viewed, seconds = row.word("recording_viewed"), row.count("recording_seconds")
    viewed_at = row.instant("recording_viewed_at")
    if viewed == "no" or not (viewed or seconds or viewed_at):
        return []
    # Not when the table was read: every reading would be another view then.
    at = viewed_at or otherwise_at or row.instant("starts_at")
    if at is None:
        reason = "viewed, but when is not known: name a column recording_viewed_at or starts_at"
        raise CellError("recording_viewed", reason, Reason.MISSING_FIELD)
    return [row.event({**person, "kind": "recording_viewed", "occurred_at": format_instant(at), "seconds": seconds})]
