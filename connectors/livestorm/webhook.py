"""A delivery of Livestorm: accepted with a valid signature that is not too old. Pure.

`X-Livestorm-Signature: <unix seconds>,<hex>`; hex is a plain SHA-256 of seconds, secret and raw body. Public code
disagrees on the order of the two parts, so both orders are read.
"""

from connectors.livestorm.mapping import map_payload
from connectors.mapped import Context
from connectors.toolkit.signing import sha256_hex, signed
from connectors.webhook import Delivery, Refusal, Request, Trial
from contract.instants import SECOND

HEADER = "x-livestorm-signature"


def receive(request: Request, context: Context, secret: str, fresh_seconds: int) -> Delivery | Refusal:
    """Every authentic delivery gets a 2xx, even an empty one: five refusals switch the webhook off."""
    header = request.headers.get(HEADER, "")
    if not header:
        return Refusal(401, "missing_header")
    first, _, second = (part.strip() for part in header.partition(","))
    said_at, given = (first, second) if _is_time(first) else (second, first)
    if not _is_time(said_at) or not signed(given.lower(), secret, lambda: signature(said_at, secret, request.body)):
        return Refusal(401, "signature")
    if abs(context.received_at - int(said_at) * SECOND) > fresh_seconds * SECOND:
        return Refusal(401, "stale")
    # No replay key: refusing a repeated delivery would bring Livestorm closer to switching the webhook off, and taking
    # it again changes nothing.
    return Delivery(map_payload(request.body, context))


def signature(said_at: str, secret: str, body: bytes) -> str:
    """The hex part of the header."""
    return sha256_hex(said_at.encode(), secret.encode(), body)


def trial(secret: str, at: int) -> Trial:
    """A message that says nothing about a webinar."""
    body, seconds = b'{"data": {"meta": {"webhook": {"event": "job.ended"}}}}', str(at // SECOND)
    headers = {"content-type": "application/json", HEADER: f"{seconds},{signature(seconds, secret, body)}"}
    return Trial("livestorm", body, headers)


def _is_time(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 12
