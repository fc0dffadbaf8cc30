"""Whether 05/10/2026 is 5 October or 10 May: the whole file decides, never a row. Pure."""

import re
from typing import Literal

DateOrder = Literal["day-first", "month-first"]

_NUMERIC = re.compile(r"\s*(\d{1,2})([/.-])(\d{1,2})\2(?:\d{4}|\d{2})\b", re.ASCII)


class OrderError(ValueError):
    """Some dates can only be day first and others only month first: it is no column of dates."""


class Orders:
    """What the dates of a file tell of their order, one after the other."""

    def __init__(self) -> None:
        self.first: dict[str, dict[DateOrder, int]] = {}
        """What stands between day and month -> the order that a date can only have -> the line of the first such."""
        self.undecided = False
        """Whether there are dates that mean something else in the other order."""

    def add(self, text: str, line: int) -> None:
        """One more cell, of dates or not."""
        match = _NUMERIC.match(text)
        if match is None:
            return
        only: DateOrder | None = "day-first" if int(match[1]) > 12 else "month-first" if int(match[3]) > 12 else None
        if only is not None:
            self.first.setdefault(match[2], {}).setdefault(only, line)
        self.undecided |= only is None and match[1] != match[3]

    def order(self) -> DateOrder | None:
        """The order of all of them; None where all fit both ways. Raises OrderError."""
        said = {order for orders in self.first.values() for order in orders}
        if len(said) > 1:
            lines = sorted(line for orders in self.first.values() for line in orders.values())
            raise OrderError(f"lines {lines[0]} and {lines[-1]}: one date can only be day first, the other month first")
        return said.pop() if said else None
