"""Whether 05/10/2026 is 5 October or 10 May: the whole file decides, never a row. Pure."""

import re
from collections.abc import Iterable
from typing import Literal

DateOrder = Literal["day-first", "month-first"]

_NUMERIC = re.compile(r"\s*(\d{1,2})([/.-])(\d{1,2})\2(?:\d{4}|\d{2})\b", re.ASCII)


def order_of(texts: Iterable[str]) -> DateOrder | None:
    """What the dates among these texts tell; None where all fit both ways. Raises ValueError where some are only the
    one and some only the other: then it is no column of dates.
    """
    day_first = month_first = False
    for text in texts:
        match = _NUMERIC.match(text)
        if match is None:
            continue
        day_first |= int(match[1]) > 12
        month_first |= int(match[3]) > 12
    if day_first and month_first:
        raise ValueError("some of its dates can only be day first, others only month first")
    return "day-first" if day_first else "month-first" if month_first else None


def is_numeric(text: str) -> bool:
    """Whether the text begins with a date of numbers whose order has to be known."""
    match = _NUMERIC.match(text)
    return match is not None and match[1] != match[3]
