"""Says on standard error what a command waits for, when that takes long."""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

SOON = 5.0
"""Seconds after which somebody who waits wants to know for what."""


@contextmanager
def waiting_for(what: str, seconds: float = SOON) -> Iterator[None]:
    """One line if the block takes longer than that: it goes on, and whoever waits may look at funnel status."""
    line = f"funnel: still waiting for {what}; funnel status says how it does"
    timer = threading.Timer(seconds, lambda: print(line, file=sys.stderr, flush=True))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
