"""The signature of a link: which share it opens, and until when. Pure."""

import base64
import hashlib
import hmac
from typing import Literal, NamedTuple

Fault = Literal["forged", "expired"]


class Opened(NamedTuple):
    """What a link that this installation has signed says."""

    share_id: str
    expires: int
    """ms since 1970 UTC."""


def link(secret: bytes, share_id: str, expires: int) -> str:
    """The last part of the address. `expires`: ms since 1970 UTC."""
    said = f"{share_id}.{expires}"
    return f"{said}.{_signature(secret, said)}"


def opened(secret: bytes, text: str, at: int) -> Opened | Fault:
    """What the link says at a moment (ms); expired, or forged: nobody here has signed it."""
    said, _, signature = text.rpartition(".")
    if not hmac.compare_digest(_signature(secret, said).encode(), signature.encode()):
        return "forged"
    share_id, _, expires = said.partition(".")
    return Opened(share_id, int(expires)) if at < int(expires) else "expired"


def _signature(secret: bytes, said: str) -> str:
    digest = hmac.digest(secret, b"webinar-funnel share|" + said.encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
