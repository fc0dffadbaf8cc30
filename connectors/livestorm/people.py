"""A person of a Livestorm session -> registration, identity, watch time, recording view. Pure."""

from collections.abc import Mapping, Sequence

from connectors import reading
from connectors.content_id import mapped_event
from connectors.identity import link_of, person_of
from connectors.livestorm.sessions import SERVICE, webinar_id
from connectors.mapped import Context, Mapped, Reason, Rejection
from connectors.utm import source_of, utm_of
from connectors.zone_names import iana_name
from streams.instants import format_instant

_ANONYMOUS = "@unknown.livestorm.co"
"""The domain of the emails that Livestorm makes up for those who did not have to say theirs."""


def person_events(data: Mapping[str, object], kind: str, context: Context) -> Sequence[Mapped]:
    """Every message about a person repeats the registration; so a lost people.registered is mended by the next one."""
    attributes = reading.mapping(data.get("attributes"))
    detail = reading.mapping(attributes.get("registrant_detail"))
    session_id = reading.identifier(detail.get("session_id"))
    if not session_id:
        return [Rejection(Reason.MISSING_FIELD, "registrant_detail.session_id: no id of a session")]
    email, person_key = _email(attributes, detail), reading.identifier(data.get("id"))
    person = person_of(SERVICE, email, person_key, context.secret)
    if person is None:
        return [Rejection(Reason.NO_PERSON, "data: neither an email nor an id of the person")]
    changed_at = _changed_at(attributes, detail) or context.received_at
    registered_at = reading.instant(detail.get("created_at")) or reading.instant(attributes.get("created_at"))
    common: dict[str, object] = {
        "webinar_id": webinar_id(session_id),
        "platform": SERVICE,
        "role": _role(attributes, detail),
        **person,
    }
    zone = iana_name(reading.text(attributes.get("timezone")))
    contents = [_registration(common, detail, registered_at or changed_at, zone)]
    link = link_of(SERVICE, email, person_key, context.secret)
    if link is not None:
        when = format_instant(registered_at or changed_at)
        contents.append({**link, "webinar_id": webinar_id(session_id), "occurred_at": when})
    mapped: list[Mapped] = [mapped_event(content, context, SERVICE) for content in contents]
    if kind == "people.attended":
        mapped.append(_attended(common, detail, changed_at, context))
    elif kind == "people.watched_replay":
        mapped += _views(common, watched_at(attributes) or [changed_at], context)
    return mapped


def watched_at(attributes: Mapping[str, object]) -> list[int]:
    """Each time that the replay was watched, ms UTC. The message's own time of change is that of any later change."""
    detail = attributes.get("replay_view_detail")
    times = (reading.instant(one.get("watched_at")) for one in reading.items([detail, *reading.items(detail)]))
    return sorted({one for one in times if one is not None})


def _views(common: Mapping[str, object], times: Sequence[int], context: Context) -> list[Mapped]:
    viewed = {**common, "type": "attendance", "kind": "recording_viewed"}
    return [mapped_event({**viewed, "occurred_at": format_instant(at)}, context, SERVICE) for at in times]


def _registration(
    common: Mapping[str, object], detail: Mapping[str, object], at: int, timezone: str | None
) -> dict[str, object]:
    return {
        **common,
        "type": "registration",
        "status": "registered",
        "occurred_at": format_instant(at),
        "country": reading.text(detail.get("ip_country_code"), 80) or None,
        "timezone": timezone,
        "source": source_of(utm_of(detail), reading.text(detail.get("referrer"))),
    }


def _attended(common: Mapping[str, object], detail: Mapping[str, object], at: int, context: Context) -> Mapped:
    """The time that the person stayed, in whole seconds: Livestorm says neither when they came nor when they left."""
    seconds = reading.whole_number(detail.get("attendance_duration"))
    if seconds is None:
        return Rejection(Reason.MISSING_FIELD, "registrant_detail.attendance_duration: no number of seconds")
    content = {
        **common,
        "type": "attendance",
        "kind": "summary",
        "occurred_at": format_instant(at),
        "reported_at": format_instant(at),
        "total_seconds": seconds,
    }
    return mapped_event(content, context, SERVICE)


def _email(attributes: Mapping[str, object], detail: Mapping[str, object]) -> str:
    """The person's email; "" where Livestorm made one up."""
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
