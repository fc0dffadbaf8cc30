"""When a conference is read again. Pure.

A pass costs two requests for the lists and at least two for every conference that is read, at about one a second: so
what nothing happens to is read seldom. Every list says the numbers of each conference, and who came is read at once.
"""

from dataclasses import dataclass

from contract.instants import DAY, HOUR

_BEFORE_BEGIN = HOUR
_UPCOMING_EVERY = HOUR
_PAST_EVERY = 6 * HOUR


@dataclass(frozen=True, slots=True)
class Times:
    """Of a conference, in milliseconds since 1970 UTC. None: not known."""

    begin: int | None
    end: int | None
    read_at: int | None
    """When it was last read whole."""
    woken_at: int
    """When a webhook last asked for it; 0: never."""


def is_due(times: Times, now: int, *, changed: bool, completed: bool) -> bool:
    """Whether to read it now. `changed`: the list says other than at the last reading."""
    if times.read_at is None or changed or times.woken_at > times.read_at:
        return True
    if times.begin is None or times.end is None:
        return now - times.read_at >= _UPCOMING_EVERY
    if now < times.begin - _BEFORE_BEGIN:
        return now - times.read_at >= _UPCOMING_EVERY
    if not completed and now < times.end + DAY:
        return True
    return now - times.read_at >= _PAST_EVERY
