"""A message of Livestorm, JSON:API -> contract events or rejections. Pure."""

from collections.abc import Mapping, Sequence

from connectors.livestorm.people import person_events
from connectors.livestorm.sessions import session_events, titled_sessions
from connectors.mapped import Context, Mapped, Reason, Rejection
from connectors.toolkit import reading
from connectors.toolkit.body import read_json

_SESSION_EVENTS = frozenset({"session.created", "session.started", "session.ended"})
_EVENT_EVENTS = frozenset({"event.created", "event.published"})
_PEOPLE_EVENTS = frozenset({"people.registered", "people.attended", "people.not_attended", "people.watched_replay"})
_IGNORED = frozenset({"job.ended"})


def map_payload(body: bytes, context: Context) -> Sequence[Mapped]:
    """The events or rejections of a delivery. Never raises, whatever the bytes."""
    said = read_json(body)
    if said is None:
        return [Rejection(Reason.UNREADABLE, "body: not a JSON object")]
    data = reading.mapping(said.get("data"))
    kind = _kind(said, data)
    if kind in _PEOPLE_EVENTS:
        return person_events(data, kind, context)
    if kind in _SESSION_EVENTS:
        return session_events(data, said, context)
    if kind in _EVENT_EVENTS:
        return titled_sessions(data, said, context)
    if kind in _IGNORED:
        return []
    return [Rejection(Reason.UNKNOWN_KIND, "meta.webhook.event: not a message that this connector knows")]


def _kind(said: Mapping[str, object], data: Mapping[str, object]) -> str:
    """The name of the message; without one, the type of the data: some deliveries lack the name."""
    for holder in (data, said):
        webhook = reading.mapping(reading.mapping(holder.get("meta")).get("webhook"))
        name = reading.text(webhook.get("event"))
        if name:
            return name
    attributes = reading.mapping(data.get("attributes"))
    attended = reading.mapping(attributes.get("registrant_detail")).get("attended") is True
    of_type = {
        "people": "people.attended" if attended else "people.registered",
        "sessions": "session.created",
        "events": "event.published",
    }
    return of_type.get(reading.text(data.get("type")), "")
