"""When a conference is read again. Pure.

A pass costs two requests for the lists and at least two for each conference that is read, at about one per second: so
quiet conferences are read rarely. The lists hold the numbers of each conference; if they change, it is read at once.
"""

from dataclasses import dataclass

from contract.instants import DAY, HOUR

_BEFORE_BEGIN = HOUR
_UPCOMING_EVERY = HOUR
_PAST_EVERY = 6 * HOUR


@dataclass(frozen=True, slots=True)
class Times:
    """The times of a conference, in milliseconds since 1970 UTC. None: not known."""

    begin: int | None
    end: int | None
    read_at: int | None
    """When it was last read in full."""
    woken_at: int
    """When a webhook last requested it; 0: never."""


def is_due(times: Times, now: int, *, changed: bool, completed: bool) -> bool:
    """Whether to read it now. `changed`: its entry in the list differs from that of the last reading."""
    if times.read_at is None or changed or times.woken_at > times.read_at:
        return True
    if times.begin is None or times.end is None:
        return now - times.read_at >= _UPCOMING_EVERY
    if now < times.begin - _BEFORE_BEGIN:
        return now - times.read_at >= _UPCOMING_EVERY
    if not completed and now < times.end + DAY:
        return True
    return now - times.read_at >= _PAST_EVERY
