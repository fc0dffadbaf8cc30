"""A person of a Livestorm session -> registration, identity, watch time, recording view. Pure."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from connectors.livestorm.sessions import SERVICE, webinar_id
from connectors.mapped import Context, Mapped, Reason, Rejection
from connectors.toolkit import reading
from connectors.toolkit.content_id import mapped_event
from connectors.toolkit.identity import link_of, person_of
from connectors.toolkit.utm import source_of, utm_of
from connectors.toolkit.zone_names import iana_name
from contract.instants import format_instant

_ANONYMOUS = "@unknown.livestorm.co"
"""The domain of the emails that Livestorm makes up for people who did not have to give theirs."""


def person_events(data: Mapping[str, object], kind: str, context: Context) -> Sequence[Mapped]:
    """Every message about a person repeats the registration, so the next one makes up for a lost people.registered."""
    read = _read(data, "", context)
    if isinstance(read, Rejection):
        return [read]
    mapped = _registered(read, context)
    if kind == "people.attended":
        mapped.append(_attended(read, context))
    elif kind == "people.watched_replay":
        mapped += _views(read, watched_at(read.attributes) or [read.changed_at], context)
    return mapped


def known_person_events(data: Mapping[str, object], session_id: str, ended: bool, context: Context) -> Sequence[Mapped]:
    """Everything in the REST API about a person of that session, as the same events that the webhooks give.

    A replay without a time is left to the webhook: the time of change moves on, and each value would be another view.
    """
    read = _read(data, session_id, context)
    if isinstance(read, Rejection):
        return [read]
    mapped = _registered(read, context)
    if ended and read.detail.get("attended") is True:
        mapped.append(_attended(read, context))
    return [*mapped, *_views(read, watched_at(read.attributes), context)]


class _Person(NamedTuple):
    attributes: Mapping[str, object]
    detail: Mapping[str, object]
    common: dict[str, object]
    email: str
    key: str
    registered_at: int
    changed_at: int


def _read(data: Mapping[str, object], session_id: str, context: Context) -> _Person | Rejection:
    attributes = reading.mapping(data.get("attributes"))
    detail = reading.mapping(attributes.get("registrant_detail"))
    session_id = session_id or reading.identifier(detail.get("session_id"))
    if not session_id:
        return Rejection(Reason.MISSING_FIELD, "registrant_detail.session_id: no id of a session")
    email, key = _email(attributes, detail), reading.identifier(data.get("id"))
    person = person_of(SERVICE, email, key, context.secret)
    if person is None:
        return Rejection(Reason.NO_PERSON, "data: neither an email nor an id of the person")
    changed_at = _changed_at(attributes, detail) or context.received_at
    registered_at = reading.instant(detail.get("created_at")) or reading.instant(attributes.get("created_at"))
    common: dict[str, object] = {
        "webinar_id": webinar_id(session_id),
        "platform": SERVICE,
        "role": _role(attributes, detail),
        **person,
    }
    return _Person(attributes, detail, common, email, key, registered_at or changed_at, changed_at)


def _registered(read: _Person, context: Context) -> list[Mapped]:
    """The registration, and the link from Livestorm's id to the person."""
    contents = [_registration(read)]
    link = link_of(SERVICE, read.email, read.key, context.secret)
    if link is not None:
        when = format_instant(read.registered_at)
        contents.append({**link, "webinar_id": read.common["webinar_id"], "occurred_at": when})
    return [mapped_event(content, context, SERVICE) for content in contents]


def watched_at(attributes: Mapping[str, object]) -> list[int]:
    """Each time that the replay was watched, ms since 1970 UTC. The message's own time of change may be a later one."""
    detail = attributes.get("replay_view_detail")
    times = (reading.instant(one.get("watched_at")) for one in reading.items([detail, *reading.items(detail)]))
    return sorted({one for one in times if one is not None})


def _views(read: _Person, times: Sequence[int], context: Context) -> list[Mapped]:
    viewed = {**read.common, "type": "attendance", "kind": "recording_viewed"}
    return [mapped_event({**viewed, "occurred_at": format_instant(at)}, context, SERVICE) for at in times]


def _registration(read: _Person) -> dict[str, object]:
    return {
        **read.common,
        "type": "registration",
        "status": "registered",
        "occurred_at": format_instant(read.registered_at),
        "country": reading.text(read.detail.get("ip_country_code"), 80) or None,
        "timezone": iana_name(reading.text(read.attributes.get("timezone"))),
        "source": source_of(utm_of(read.detail), reading.text(read.detail.get("referrer"))),
    }


def _attended(read: _Person, context: Context) -> Mapped:
    """The time that the person stayed, in whole seconds: Livestorm reports neither the join nor the leave."""
    seconds = reading.whole_number(read.detail.get("attendance_duration"))
    if seconds is None:
        return Rejection(Reason.MISSING_FIELD, "registrant_detail.attendance_duration: no number of seconds")
    content = {
        **read.common,
        "type": "attendance",
        "kind": "summary",
        "occurred_at": format_instant(read.changed_at),
        "reported_at": format_instant(read.changed_at),
        "total_seconds": seconds,
    }
    return mapped_event(content, context, SERVICE)


def _email(attributes: Mapping[str, object], detail: Mapping[str, object]) -> str:
    """The person's email; "" if Livestorm made it up."""
    email = reading.text(attributes.get("email"))
    if not email:
        fields = reading.items(detail.get("fields"))
        email = next((reading.text(one.get("value")) for one in fields if one.get("id") == "email"), "")
    return "" if email.lower().endswith(_ANONYMOUS) else email


def _role(attributes: Mapping[str, object], detail: Mapping[str, object]) -> str | None:
    if attributes.get("role") == "team_member":
        return "host"
    guest = detail.get("is_guest_speaker") is True or attributes.get("role") == "guest_speaker"
    return "panelist" if guest else None


def _changed_at(attributes: Mapping[str, object], detail: Mapping[str, object]) -> int | None:
    """The later of the two times of change that a message carries."""
    times = [reading.instant(holder.get("updated_at")) for holder in (detail, attributes)]
    return max((one for one in times if one is not None), default=None)
