"""What a connector declares of itself; connectors/registry.py lists all of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from connectors.mapped import Context, Mapped
from connectors.poll import Poll
from connectors.webhook import Delivery, Refusal, Request

if TYPE_CHECKING:
    from contextlib import AbstractContextManager


@dataclass(frozen=True, slots=True)
class Connector:
    """A service, and the ways in that we have to it. The callables read the service's settings when they are called,

    and raise connectors.settings.SettingsError where one is missing: one line that says which, and what to do.
    """

    name: str
    """As in the command line, in addresses and in event ids: bigmarker, zoom, …"""
    title: str
    """As people write it."""
    capabilities: tuple[str, ...] | None
    """What the service can tell of a webinar (docs/contract.md, `tells`); None: people only register there; empty: it
    depends on the file."""
    cannot: str
    """In one sentence for people: what it cannot tell."""
    configured: Callable[[], None]
    """Returns if all settings are there that the ways in need. Raises SettingsError."""
    map_payload: Callable[[bytes, Context], Sequence[Mapped]]
    """What a payload or export of any kind of this service would become. Never raises for any bytes."""
    receive: Callable[[Request, Context], Delivery | Refusal] | None = None
    """The webhook route; None: the service sends none."""
    is_tried: bool = False
    """Whether some ask the route with GET before they send to it."""
    open_poll: "Callable[[], AbstractContextManager[Poll]] | None" = None
    """Opens the service's API; None: there is none to be polled."""
    check: Callable[[], str] | None = None
    """Asks the service who we are, and says it in one line. Raises ServiceError."""
