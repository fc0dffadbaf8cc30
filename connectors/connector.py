"""What a connector declares about itself; connectors/registry.py lists all connectors."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from connectors.mapped import Context, Mapped
from connectors.poll import Poll
from connectors.service_settings import Asked
from connectors.webhook import Delivery, Refusal, Request, Trial

if TYPE_CHECKING:
    from contextlib import AbstractContextManager


@dataclass(frozen=True, slots=True)
class Connector:
    """A service, and how its data comes in.

    The callables read the service's settings when they are called, and raise connectors.settings.SettingsError if one
    is missing: one line that says which, and what to do.
    """

    name: str
    """The name in the command line, in addresses and in event ids: bigmarker, zoom, …"""
    title: str
    """The service's own name, for people."""
    capabilities: tuple[str, ...] | None
    """What the service can report about a webinar (docs/contract.md, `tells`); None: people only register there;
    empty: it depends on the file."""
    cannot: str
    """One sentence for people: what the service cannot report."""
    configured: Callable[[], None]
    """Returns if all required settings are there. Raises SettingsError."""
    map_payload: Callable[[bytes, Context], Sequence[Mapped]]
    """The events or rejections that any payload or export of this service gives. Never raises, whatever the bytes."""
    receive: Callable[[Request, Context], Delivery | Refusal] | None = None
    """The webhook route; None: the service sends no webhooks."""
    is_tried: bool = False
    """Whether some senders check the route with a GET first."""
    open_poll: "Callable[[], AbstractContextManager[Poll]] | None" = None
    """Opens the service's API; None: there is none to poll."""
    check: Callable[[], str] | None = None
    """Checks the credentials with the service; returns one line for people. Raises ServiceError."""
    asks: tuple[Asked, ...] = ()
    """What `funnel setup` asks for; empty: it does not offer this service."""
    trials: Callable[[int], Sequence[Trial]] | None = None
    """Signed requests of this moment (ms since 1970 UTC) that try the webhook's public address and give no event."""
