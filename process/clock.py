"""The wall clock, read by the shells only: whatever is pure is told the moment."""

import time


def now() -> int:
    """Milliseconds since 1970 UTC."""
    return time.time_ns() // 1_000_000
