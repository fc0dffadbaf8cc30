"""Reports a block that takes longer than the waiting person expects."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

SOON = 5.0
"""Seconds after which somebody who waits wants to know what for."""


@contextmanager
def said_if_late(say: Callable[[str], object], line: str, seconds: float = SOON) -> Iterator[None]:
    """If the block takes longer than that, passes the line to `say`, once, in its own thread; the block continues."""
    timer = threading.Timer(seconds, say, [line])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
