"""Something is said if a block takes longer than whoever waits for it expects."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

SOON = 5.0
"""Seconds after which somebody who waits wants to know for what."""


@contextmanager
def said_if_late(say: Callable[[str], object], line: str, seconds: float = SOON) -> Iterator[None]:
    """`say` gets the line, once, in a thread of its own, if the block takes longer than that; the block goes on."""
    timer = threading.Timer(seconds, say, [line])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
