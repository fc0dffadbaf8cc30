"""A message of GoTo Webinar, or a response of its API -> contract events or rejections. Pure."""

from collections.abc import Mapping, Sequence

from connectors.goto.people import joined_events, registrant_events
from connectors.goto.webinars import webinar_statement
from connectors.mapped import Context, Mapped, Reason, Rejection
from connectors.toolkit import reading
from connectors.toolkit.body import read_json

_SAYS_NOTHING = frozenset({"survey.submitted"})


def map_payload(body: bytes, context: Context) -> Sequence[Mapped]:
    """The events or rejections of a delivery. Never raises, whatever the bytes."""
    said = read_json(body)
    if said is None:
        return [Rejection(Reason.UNREADABLE, "body: not a JSON object")]
    return map_message(said, context)


def map_message(said: Mapping[str, object], context: Context) -> Sequence[Mapped]:
    """The same for a parsed message."""
    kind = reading.text(said.get("eventName"))
    said_at = reading.instant(said.get("timestamp"))
    if kind == "registrant.added":
        webinar = reading.identifier(said.get("webinarKey"))
        return registrant_events(webinar, said, said_at or context.received_at, context)
    if kind == "registrant.joined":
        return joined_events(said, context)
    if kind in ("webinar.created", "webinar.changed"):
        created_at = reading.instant(said.get("webinarCreationDate")) if kind == "webinar.created" else None
        return [webinar_statement(said, said_at or created_at or context.received_at, context)]
    if kind in _SAYS_NOTHING:
        return []
    return [Rejection(Reason.UNKNOWN_KIND, "eventName: not a message that this connector knows")]


def wakes(said: Mapping[str, object]) -> str | None:
    """The webinar that a message is about: the poll should read it soon."""
    return reading.identifier(said.get("webinarKey")) or None
