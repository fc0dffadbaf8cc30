"""Moves the tests' events (tests/contract_events.py) to a moment that Kafka's clock allows."""

import time

from contract.instants import DAY, MINUTE, format_instant, parse_instant
from tests.contract_events import T0, Event

_TIMES = ("occurred_at", "starts_at", "started_at", "ended_at", "completed_at", "reported_at")
_T0 = round(T0.timestamp() * 1000)


def now() -> int:
    return time.time_ns() // 1_000_000


YESTERDAY = _T0 + (now() - _T0) // DAY * DAY - DAY
"""Minute 0 of webinars that are over: between one and two days ago."""


def at(minutes: float, begin: int = YESTERDAY) -> int:
    """That minute of a webinar, in ms since 1970."""
    return begin + round(minutes * MINUTE)


def text(minutes: float, begin: int = YESTERDAY) -> str:
    """The same as RFC 3339."""
    return format_instant(at(minutes, begin))


def moved(event: Event, begin: int = YESTERDAY) -> Event:
    """The event with minute 0 at `begin`, received now."""
    times = {name: format_instant(parse_instant(event[name]) - _T0 + begin) for name in _TIMES if event.get(name)}
    return event | times | {"received_at": format_instant(now())}
