"""BigMarker's webhooks: unsigned and hardly documented, so only a wake-up; the data comes from the poll. Pure.

A message rarely names its conference, so the organiser puts the id into the address of each webinar's webhook:
`…/bigmarker/<token>?conference=<id>`.
"""

from collections.abc import Sequence
from typing import Any

import orjson

from connectors.bigmarker.conference import conference_id
from connectors.bigmarker.mapping import registration_of
from connectors.mapped import Context, Mapped
from connectors.toolkit.signing import same
from connectors.webhook import Delivery, Refusal, Request

_IN_QUERY = ("conference", "conference_id", "webinar", "webinar_id")


def receive(request: Request, context: Context, token: str) -> Delivery | Refusal:
    """Accepts a request with the token. A new registration is published at once if the conference is known."""
    if not same(request.token, token):
        return Refusal(401, "token")
    try:
        payload = orjson.loads(request.body)
    except orjson.JSONDecodeError:
        return Refusal(400, "unreadable")
    if not isinstance(payload, dict):
        return Refusal(400, "unreadable")
    said_id = _conference_id(request, payload)
    mapped: Sequence[Mapped] = ()
    if said_id is not None and isinstance(payload.get("registration"), dict):
        mapped = registration_of(payload, said_id, context)
    return Delivery(mapped=mapped, wake=said_id)


def _conference_id(request: Request, payload: dict[str, Any]) -> str | None:
    """From the address; else from the places where a message may have it."""
    said = [request.query.get(name) for name in _IN_QUERY]
    for part in (payload, *(payload.get(name) for name in ("registration", "attendee", "webinar"))):
        if isinstance(part, dict):
            said += [part.get("conference_id"), part.get("webinar_id")]
    for name in ("conference", "webinar"):
        part = payload.get(name)
        said.append(part.get("id") if isinstance(part, dict) else None)
    return next((found for found in map(conference_id, said) if found), None)
