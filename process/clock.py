"""The wall clock, read only by the shells; pure code takes the time as an argument."""

import time


def now() -> int:
    """Milliseconds since 1970 UTC."""
    return time.time_ns() // 1_000_000
