"""Checks that a request is from Zoom, and answers its challenge. Pure.

Zoom signs `v0:<timestamp>:<body>` with the app's secret token: HMAC-SHA256, in hex.
"""

from connectors.toolkit.signing import hmac_text, signed
from connectors.webhook import Refusal, Request
from contract.instants import SECOND

SIGNATURE_HEADER = "x-zm-signature"
TIMESTAMP_HEADER = "x-zm-request-timestamp"
_LONGEST_TIMESTAMP = 15


def sign(body: bytes, timestamp: str, secret_token: str) -> str:
    """Zoom's signature of the body at that time: `v0=<hex>`."""
    message = b"v0:" + timestamp.encode() + b":" + body
    return "v0=" + hmac_text(secret_token, message)


def refusal_of(request: Request, secret_token: str, freshness_seconds: int) -> Refusal | None:
    """Why the request is refused; None if its signature is valid. Over the raw bytes, in constant time.

    A time more than `freshness_seconds` before or after now is stale.
    """
    signature, timestamp = request.headers.get(SIGNATURE_HEADER, ""), request.headers.get(TIMESTAMP_HEADER, "")
    if not signature or not timestamp:
        return Refusal(401, "missing_header")
    if not signed(signature, secret_token, lambda: sign(request.body, timestamp, secret_token)):
        return Refusal(401, "signature")
    if not (timestamp.isascii() and timestamp.isdigit()) or len(timestamp) > _LONGEST_TIMESTAMP:
        return Refusal(401, "stale")
    if abs(request.received_at - int(timestamp) * SECOND) > freshness_seconds * SECOND:
        return Refusal(401, "stale")
    return None


def replay_key(request: Request) -> str:
    """A key that identifies the signed request."""
    return f"{request.headers[TIMESTAMP_HEADER]}:{request.headers[SIGNATURE_HEADER]}"


def challenge_response(plain_token: str, secret_token: str) -> dict[str, str]:
    """The response that Zoom expects when it validates the address, at set-up and every 72 hours."""
    return {"plainToken": plain_token, "encryptedToken": hmac_text(secret_token, plain_token.encode())}
