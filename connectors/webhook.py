"""What a service's webhook route gets and gives: its checks and its mapping are functions between these. Pure.

A service's package has `receive(request, context, settings) -> Delivery | Refusal` (connectors/zoom/webhook.py is one).
The server around it (connectors/webhooks) reads the body, publishes what was mapped and counts what was refused.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from connectors.mapped import Mapped


@dataclass(frozen=True, slots=True)
class Request:
    """One delivery of a service, as it came."""

    body: bytes
    """Byte by byte: signatures are over these."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Names in lower case."""
    query: Mapping[str, str] = field(default_factory=dict)
    token: str = ""
    """What stands in the address behind the service's name: the secret of services that sign nothing."""
    received_at: int = 0
    """Milliseconds since 1970 UTC."""
    method: str = "POST"
    """GET where a service tries the address (Connector.is_tried)."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """The request is not believed: nothing of it is published. `reason` is short, fixed and counted."""

    status: int
    """The HTTP status of the answer, such as 401."""
    reason: str
    """One of: signature, stale, missing_header, token, replayed, unreadable, too_large."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """The request is believed. Answered once what was mapped is safe."""

    mapped: Sequence[Mapped]
    """Empty where the message says nothing that counts."""
    body: bytes = b""
    """Of the answer, such as the response to a challenge."""
    media_type: str = "application/json"
    replay_key: str | None = None
    """Set where the signature covers a time: the same key again within the time it is fresh is a replay."""
    wake: str | None = None
    """A webinar's or conference's own id that the service's poll should look at soon."""
