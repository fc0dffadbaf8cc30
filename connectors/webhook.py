"""The input and output of a service's webhook route: its checks and its mapping are functions between them. Pure.

A service's package has `receive(request, context, settings) -> Delivery | Refusal` (connectors/zoom/webhook.py is one).
The server (connectors/webhooks) reads the body, publishes what was mapped and counts what was refused.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from connectors.mapped import Mapped


@dataclass(frozen=True, slots=True)
class Request:
    """One delivery of a service, as received."""

    body: bytes
    """The raw bytes: signatures are over these."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """The headers, with names in lower case."""
    query: Mapping[str, str] = field(default_factory=dict)
    token: str = ""
    """The part of the address after the service's name: the secret of services that sign nothing."""
    received_at: int = 0
    """Time of receipt, in milliseconds since 1970 UTC."""
    method: str = "POST"
    """GET if a service checks the address (Connector.is_tried)."""


@dataclass(frozen=True, slots=True)
class Trial:
    """A request as the service would send it, of which nothing is published: it shows whether the address works."""

    path: str
    """Below `/webhooks/`, with the token if it has one."""
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    method: str = "POST"
    expected: bytes | None = None
    """The body of the right answer; None: any answer with a 2xx is right."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """The request is refused: nothing of it is published. `reason` is one of a fixed set, and counted."""

    status: int
    """The HTTP status of the response, such as 401."""
    reason: str
    """One of: signature, stale, missing_header, token, replayed, unreadable, too_large."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """The request is accepted. It is answered once what was mapped is safe."""

    mapped: Sequence[Mapped]
    """What was mapped; empty if the message has nothing that counts."""
    body: bytes = b""
    """The body of the response, such as the answer to a challenge."""
    media_type: str = "application/json"
    replay_key: str | None = None
    """Set if the signature covers a time: the same key again while it is fresh is a replay."""
    wake: str | None = None
    """The service's own id of a webinar that its poll should read soon."""
