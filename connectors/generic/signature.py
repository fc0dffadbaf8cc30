"""Checks the signature of a form service's delivery. Pure."""

import re
from collections.abc import Iterator

from connectors.generic.describe import Signature
from connectors.toolkit import reading
from connectors.toolkit.signing import hmac_text, same
from connectors.webhook import Refusal, Request
from contract.instants import MINUTE

_FRESH = 5 * MINUTE
_TIME = re.compile(r"\d{9,15}", re.ASCII)
_PLACES = re.compile(r"(\{(?:body|timestamp|method|address)\})")


def refusal_of(request: Request, protection: Signature, secret: str) -> Refusal | None:
    """Why the delivery is refused; None if its signature is valid. Over the raw bytes, in constant time.

    A signing time more than five minutes before or after now is stale.
    """
    header = request.headers.get(protection.header.lower(), "").strip()
    given = list(_parts(header, protection.part)) if protection.part is not None else [header]
    timestamp = _timestamp(request, protection)
    if not any(given) or timestamp == "":
        return Refusal(401, "missing_header")
    message = _message(request, protection, timestamp or "")
    expected = protection.prefix + hmac_text(secret, message, protection.algorithm, protection.encoding)
    if not secret or not any(same(one, expected) for one in given):
        return Refusal(401, "signature")
    return None if timestamp is None or _is_fresh(timestamp, request.received_at) else Refusal(401, "stale")


def replay_key(request: Request, protection: Signature, name: str) -> str | None:
    """A key that identifies the signed request of a service; None if the signature covers no time."""
    timestamp = _timestamp(request, protection)
    return None if timestamp is None else f"{name}:{timestamp}:{request.headers.get(protection.header.lower(), '')}"


def _timestamp(request: Request, protection: Signature) -> str | None:
    """None if the description has no time; empty if the request lacks it."""
    if protection.timestamp_header is not None:
        return request.headers.get(protection.timestamp_header.lower(), "").strip()
    if protection.timestamp_part is None:
        return None
    header = request.headers.get(protection.header.lower(), "")
    return next(_parts(header, protection.timestamp_part), "")


def _parts(header: str, name: str) -> Iterator[str]:
    """The values after `name=` in a header such as `t=1,v1=a,v1=b`."""
    for part in header.split(","):
        key, _, value = part.strip().partition("=")
        if key == name:
            yield value


def _message(request: Request, protection: Signature, timestamp: str) -> bytes:
    said = {
        "{body}": request.body,
        "{timestamp}": timestamp.encode("utf-8", "replace"),
        "{method}": request.method.encode(),
        "{address}": (protection.address or "").encode(),
    }
    return b"".join(said.get(piece, piece.encode()) for piece in _PLACES.split(protection.signed))


def _is_fresh(timestamp: str, now: int) -> bool:
    if not _TIME.fullmatch(timestamp):
        return False
    signed_at = reading.instant(timestamp)
    return signed_at is not None and abs(now - signed_at) <= _FRESH
