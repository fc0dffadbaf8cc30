"""A request to Zoom's webhook route -> what was mapped, or a refusal. Pure."""

import orjson

from connectors.mapped import Context
from connectors.webhook import Delivery, Refusal, Request, Trial
from connectors.zoom.mapping import Outcome, map_message, read_json
from connectors.zoom.payload import FieldError, Fields
from connectors.zoom.signature import (
    SIGNATURE_HEADER,
    TIMESTAMP_HEADER,
    challenge_response,
    refusal_of,
    replay_key,
    sign,
)
from contract.instants import SECOND

_CHALLENGE = "endpoint.url_validation"


def receive(request: Request, context: Context, secret_token: str, freshness_seconds: int = 300) -> Delivery | Refusal:
    """Checks the signature before it reads anything. Never raises.

    The challenge's signature is checked too: if any text were answered with its hash, anybody could obtain a signature.
    """
    refusal = refusal_of(request, secret_token, freshness_seconds)
    if refusal is not None:
        return refusal
    try:
        message = read_json(request.body)
        if isinstance(message, dict) and message.get("event") == _CHALLENGE:
            return _answer(Fields(message), secret_token)
        outcome = map_message(message, context)
    except FieldError as error:
        # Zoom signed it, so it is quarantined for a person to check.
        outcome = Outcome([error.rejection])
    return Delivery(outcome.mapped, replay_key=replay_key(request), wake=outcome.wake)


def trial(secret_token: str, at: int) -> Trial:
    """Zoom's challenge, as it sends it when it validates the address."""
    plain_token = f"funnel-check-{at}"
    body = orjson.dumps({"event": _CHALLENGE, "payload": {"plainToken": plain_token}, "event_ts": at})
    seconds = str(at // SECOND)
    headers = {
        "content-type": "application/json",
        TIMESTAMP_HEADER: seconds,
        SIGNATURE_HEADER: sign(body, seconds, secret_token),
    }
    return Trial("zoom", body, headers, expected=orjson.dumps(challenge_response(plain_token, secret_token)))


def _answer(message: Fields, secret_token: str) -> Delivery:
    plain_token = message.object("payload").id("plainToken")
    return Delivery([], body=orjson.dumps(challenge_response(plain_token, secret_token)))
