"""One row about a person -> registration, attendance and identity events. Pure. Raises CellError."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

from connectors.mapped import Reason
from connectors.table.cells import ID_PREFIX, Fields
from connectors.table.fields import LENGTHS, SOURCE
from connectors.toolkit.cells import CellError
from connectors.toolkit.content_id import content_hash
from connectors.toolkit.email_address import clean_email
from connectors.toolkit.identity import link_of, person_of
from connectors.toolkit.ids import plain_id
from connectors.toolkit.utm import UTM, source_of, utm_of
from connectors.toolkit.zone_names import iana_name
from contract.events import Event
from contract.instants import SECOND, format_instant


def registration_events(row: Fields) -> Iterator[Event]:
    """A registration, its later change of status if that has its own time, and the registrant's identity."""
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
            "timezone": iana_name(row.text("timezone")),
            "source": _source(row),
        }
    )
    if changed_later and status_at is not None:
        change = {"type": "registration", "status": status, "occurred_at": format_instant(status_at)}
        yield row.event({**person, **change})
    link = link_of(
        row.reading.mapping.platform, row.text("email"), plain_id(row.text("registrant_id")), row.reading.context.secret
    )
    if link is not None:
        yield row.event({**link, "webinar_id": person["webinar_id"], "occurred_at": format_instant(registered_at)})


@dataclass(frozen=True, slots=True)
class Presence:
    """One person's attendance from the rows. Instants in milliseconds since 1970 UTC."""

    joined_at: int | None
    left_at: int | None
    total: int | None
    """Seconds, if given."""
    reported_at: int | None
    came: bool


class Act(NamedTuple):
    """One row of a log: a join or a leave."""

    at: int
    is_join: bool


def attendance_events(row: Fields) -> Iterator[Event]:
    """A person's stays or total, and the recording view. Nothing for somebody who did not attend."""
    person, one = person_of_row(row), presence_of(row)
    if one.came:
        yield from _presence_events(row, person, one)
    yield from recording_events(row, person, one)


def presence_of(row: Fields) -> Presence:
    """The attendance in a row. Raises CellError if it contradicts itself or is incomplete, and SkippedRow."""
    joined_at = row.instant("joined_at")
    left_at = row.instant("left_at", not_before=joined_at)
    if joined_at is not None and left_at is not None and left_at < joined_at:
        raise CellError("left_at", "before the join")
    attended, total = row.word("attended"), _total_seconds(row, joined_at, left_at)
    came = attended != "no" and not (total == 0 and joined_at is None and left_at is None and attended is None)
    if came and joined_at is None and total is None:
        total = _least_total(row, left_at, attended)
        came = total is not None
    return Presence(joined_at, left_at, total, row.instant("reported_at"), came)


def _least_total(row: Fields, left_at: int | None, attended: str | None) -> int | None:
    """The least total that counts, for somebody who attended and of whom no more is known. None: not attended."""
    if left_at is not None or (attended == "yes" and not _says_nothing_more(row)):
        raise CellError("joined_at", "missing, though the person came, and no total either", Reason.MISSING_FIELD)
    if attended != "yes" or row.text("recording_viewed") or row.text("recording_viewed_at"):
        return None
    return 1


def _says_nothing_more(row: Fields) -> bool:
    """Whether the table has no column at all for how long people attended."""
    named = row.reading.mapping.columns.keys() | row.reading.mapping.constants.keys()
    return not named & {"joined_at", "left_at", *LENGTHS}


def acts_of(row: Fields) -> Act:
    """Raises CellError and SkippedRow."""
    at, action = row.instant("acted_at"), row.word("action")
    if at is None or action is None:
        raise CellError("acted_at" if at is None else "action", "missing", Reason.MISSING_FIELD)
    return Act(at, action == "join")


def _presence_events(row: Fields, person: dict[str, object], one: Presence) -> Iterator[Event]:
    firsts_and_lasts = row.reading.mapping.times == "first_and_last"
    total = one.total
    if firsts_and_lasts and total is None and one.joined_at is not None and one.left_at is not None:
        # The best that is known: the person may have been away in between.
        total = (one.left_at - one.joined_at) // SECOND
    is_stay = one.joined_at is not None and not (firsts_and_lasts and total is not None)
    if one.joined_at is not None and is_stay:
        yield from stay_events(row, person, one.joined_at, one.left_at)
    if total is not None and not (is_stay and one.left_at is not None):
        yield summary(row, person, replace(one, total=total))


def person_of_row(row: Fields) -> dict[str, object]:
    """The fields of attendance for the person and the webinar. Raises CellError and SkippedRow."""
    return {**_person(row), "type": "attendance"}


def _person(row: Fields) -> dict[str, object]:
    mapping, email, registrant_id = row.reading.mapping, row.text("email"), plain_id(row.text("registrant_id"))
    cleaned = row.read("email", clean_email) if email else ""
    person = person_of(mapping.platform, cleaned, registrant_id, row.reading.context.secret)
    if person is None:
        raise CellError("email", "missing, and no registrant_id instead", Reason.NO_PERSON)
    role = row.word("role") or ("host" if cleaned and cleaned in mapping.hosts else None)
    is_test = {"yes": True, "no": False, None: None}[row.word("is_test")]
    return {"webinar_id": row.webinar_id(), "platform": mapping.platform, "role": role, "is_test": is_test, **person}


def _source(row: Fields) -> dict[str, str] | None:
    said = {name: row.text(name) for name in SOURCE}
    more = {name: text for name, text in said.items() if name not in UTM and name != "referrer"}
    return source_of(utm_of(said), said["referrer"], **more)


def _total_seconds(row: Fields, joined_at: int | None, left_at: int | None) -> int | None:
    """The total. Minutes are rounded, so join and leave bound them if known: a stay of 20 s is neither 0 nor 60."""
    minutes = row.minutes("total_minutes")
    if minutes is None:
        return _exact_total(row)
    if joined_at is None or left_at is None:
        return minutes
    span = (left_at - joined_at) // SECOND
    return min(max(minutes, 1), span)


def _exact_total(row: Fields) -> int | None:
    share = row.share("watched_percent")
    if share is not None:
        planned = row.planned_seconds()
        if planned is None:
            raise CellError("duration_minutes", "missing, and percent of it were watched", Reason.MISSING_FIELD)
        return round(share * planned)
    seconds = row.count("total_seconds")
    return row.duration("total_duration") if seconds is None else seconds


def stay_events(row: Fields, person: dict[str, object], joined_at: int, left_at: int | None) -> Iterator[Event]:
    """A stay. Its id derives from person and time, so the same row is the same stay."""
    session_id = f"{ID_PREFIX}:{content_hash([person['person_id'], joined_at])}"
    stay = {**person, "session_id": session_id}
    yield row.event({**stay, "kind": "joined", "occurred_at": format_instant(joined_at)})
    if left_at is not None:
        yield row.event({**stay, "kind": "left", "occurred_at": format_instant(left_at)})


def summary(row: Fields, person: dict[str, object], one: Presence) -> Event:
    """The person's total."""
    reported_at = one.reported_at or row.reading.read_at
    occurred_at = one.left_at or one.joined_at or row.instant("starts_at") or reported_at
    return row.event(
        {
            **person,
            "kind": "summary",
            "occurred_at": format_instant(occurred_at),
            "reported_at": format_instant(reported_at),
            "total_seconds": one.total,
            "first_joined_at": None if one.joined_at is None else format_instant(one.joined_at),
            "last_left_at": None if one.left_at is None else format_instant(one.left_at),
        }
    )


def recording_events(row: Fields, person: dict[str, object], one: Presence) -> list[Event]:
    """The view of the recording, if the row has one. Raises CellError."""
    viewed, seconds = row.word("recording_viewed"), row.count("recording_seconds")
    viewed_at = row.instant("recording_viewed_at")
    if viewed == "no" or not (viewed or seconds or viewed_at):
        return []
    # Not the time of reading: every reading would then be another view.
    at = viewed_at or one.left_at or one.joined_at or row.instant("starts_at")
    if at is None:
        reason = "viewed, but when is not known: name a column recording_viewed_at or starts_at"
        raise CellError("recording_viewed", reason, Reason.MISSING_FIELD)
    return [row.event({**person, "kind": "recording_viewed", "occurred_at": format_instant(at), "seconds": seconds})]
