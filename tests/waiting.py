"""Waiting on a condition."""

import time
from collections.abc import Callable
from typing import TypeVar

PATIENCE = 90.0
"""Seconds until a test gives up: quiet machines need a few, this is for busy ones."""
_PAUSE_SECONDS = 0.05
_SHARE = 3
"""A condition that takes long to look at is left alone for so many times as long: what is waited for needs the CPU."""

Found = TypeVar("Found")


def until(condition: Callable[[], Found], what: str, seconds: float = PATIENCE) -> Found:
    """Waits for the condition and returns what it gives. Raises AssertionError when it does not come true in time."""
    deadline = time.monotonic() + seconds
    began = time.monotonic()
    while not (found := condition()):
        looked = time.monotonic()
        assert looked < deadline, f"not within {seconds:g} s: {what}"
        time.sleep(max(_PAUSE_SECONDS, _SHARE * (looked - began)))
        began = time.monotonic()
    return found
