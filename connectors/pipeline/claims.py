"""Which of a service's pollers polls: the rule by which they share out the topic of wake-ups. Pure.

The pollers of a service are one consumer group. Kafka notices which of them live; one of them, chosen here, gets all
partitions and with them the service (docs/decisions/0045-several-pollers.md).
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

import orjson


@dataclass(frozen=True, slots=True)
class Claim:
    """What a poller says of itself when it joins the group. Times in ms since 1970 UTC."""

    who: str
    """Its machine and process, for people."""
    since: int
    """When it was started."""
    is_errand: bool = False
    """Whether it ends after one run (--once, or a backfill): it goes first, and the others wait for its end."""
    owned: int = 0
    """The group's generation in which it last polled; 0: it has not."""
    owner_since: int = 0
    """Since when it polls; 0: it does not."""


def encode_claim(one: Claim) -> bytes:
    """As it stands in the group's metadata."""
    return orjson.dumps(asdict(one))


def decode_claim(said: bytes | None) -> Claim:
    """The inverse; of something else, a claim that comes last."""
    try:
        return Claim(**orjson.loads(said or b""))
    except (ValueError, TypeError):
        return Claim("an unknown poller", 1 << 62)


def owner_of(claims: Mapping[str, Claim]) -> str:
    """The member that polls: who already does, so that nothing changes hands without need; else who waits longest.

    `claims`: by member id. Of two that believe to poll, the one that was chosen last does.
    """
    return min(claims, key=lambda one: (not claims[one].is_errand, -claims[one].owned, claims[one].since, one))
