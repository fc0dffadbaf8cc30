"""Whether 05/10/2026 is 5 October or 10 May: the whole file decides, never a single row. Pure."""

import re
from typing import Literal

DateOrder = Literal["day-first", "month-first"]

_NUMERIC = re.compile(r"\s*(\d{1,2})([/.-])(\d{1,2})\2(?:\d{4}|\d{2})\b", re.ASCII)


class OrderError(ValueError):
    """Some dates can only be day first and others only month first: the column has no consistent order."""


class Orders:
    """Collects from the dates of a file in which order they are written."""

    def __init__(self) -> None:
        self.first: dict[str, dict[DateOrder, int]] = {}
        """Separator of day and month -> the only possible order of a date -> the line of the first such date."""
        self.undecided = False
        """Whether some dates would be different dates in the other order."""

    def add(self, text: str, line: int) -> None:
        """Adds a cell, whether it is a date or not."""
        match = _NUMERIC.match(text)
        if match is None:
            return
        only: DateOrder | None = "day-first" if int(match[1]) > 12 else "month-first" if int(match[3]) > 12 else None
        if only is not None:
            self.first.setdefault(match[2], {}).setdefault(only, line)
        self.undecided |= only is None and match[1] != match[3]

    def order(self) -> DateOrder | None:
        """The order of all dates; None if all fit both orders. Raises OrderError."""
        said = {order for orders in self.first.values() for order in orders}
        if len(said) > 1:
            lines = sorted(line for orders in self.first.values() for line in orders.values())
            raise OrderError(f"lines {lines[0]} and {lines[-1]}: one date can only be day first, the other month first")
        return said.pop() if said else None
