"""One cell of Zoom's report -> a value. Pure. A failure raises ValueError with a reason that repeats no content."""

import re
from datetime import datetime
from functools import lru_cache

from connectors.toolkit.date_forms import date_form
from connectors.toolkit.date_order import DateOrder
from connectors.toolkit.ids import plain_number
from contract.events import RegistrationStatus

_CLOCKS = ("%I:%M:%S %p", "%I:%M %p", "%I:%M:%S%p", "%I:%M%p", "%H:%M:%S", "%H:%M")
_DATES = ("%Y-%m-%d", "%b %d, %Y", "%b %d %Y", "%d %b %Y", "%d. %b %Y")
_NUMERIC: dict[DateOrder, tuple[str, ...]] = {
    "month-first": ("%m/%d/%Y", "%m-%d-%Y", "%m.%d.%Y"),
    "day-first": ("%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y"),
}
_STATUSES: dict[str, RegistrationStatus] = {
    "": "registered",
    "pending": "registered",
    "approved": "approved",
    "denied": "denied",
    "upgraded to panelist": "approved",
}
UPGRADED = "upgraded to panelist"
"""Statuses of people on the stage who are listed among the attendees."""


@lru_cache(maxsize=4096)
def local_time(text: str, order: DateOrder = "month-first") -> datetime:
    """Zoom's date and time, which carry no zone: `05/12/2026 09:00:00 AM`, `May 12, 2026 09:00:00`, `2026-05-12 09:00`.

    `order`: for numbers with slashes, dots or hyphens; only the whole file shows it. Raises ValueError.
    """
    for date in (*_NUMERIC[order], *_DATES):
        for between in (" ", ", "):
            for clock in _CLOCKS:
                moment = date_form(f"{date}{between}{clock}").read(text)
                if moment is not None:
                    return moment.wall
    raise ValueError("not a date and time such as 05/12/2026 09:00:00 AM")


def webinar_number(text: str) -> str:
    """`123 456 7890` -> `1234567890`."""
    number = plain_number(text)
    if not re.fullmatch(r"\d{6,20}", number, re.ASCII):
        raise ValueError("not a webinar id such as 123 456 7890")
    return number


def approval_status(text: str) -> RegistrationStatus:
    """Zoom's Approval Status in the contract's words. Empty means registered."""
    word = text.lower()
    if word.startswith("cancel"):
        return "cancelled"
    if word not in _STATUSES:
        raise ValueError("not one of approved, pending, cancelled by self, denied, upgraded to panelist")
    return _STATUSES[word]


def attended(text: str) -> bool:
    """Zoom's Attended column."""
    word = text.lower()
    if word not in {"yes", "no"}:
        raise ValueError("not one of Yes, No")
    return word == "yes"
