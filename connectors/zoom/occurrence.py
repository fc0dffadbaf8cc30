"""The webinar_id of a Zoom webinar (docs/decisions/0008-zoom-occurrences.md). Pure.

A single webinar is `zoom:<number>`, an occurrence of a recurring one `zoom:<number>:<its day>`.
"""

from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from connectors.mapped import Reason
from connectors.zoom.payload import FieldError, Fields
from contract.instants import SECOND

PLATFORM = "zoom"
SINGLE = 5
UNPLANNED = 6
"""Recurring without fixed times: an occurrence gets its name once it has begun."""
PLANNED = 9
_DAY_TURNS = timedelta(hours=4)
"""The day changes at four: hardly any webinar begins then, so an early start hardly ever changes the day."""


def kind_of(webinar: Fields) -> int:
    """Zoom's type of the webinar. Raises FieldError: without the type the webinar cannot be named."""
    kind = webinar.number("type")
    if kind is None:
        raise FieldError(Reason.MISSING_FIELD, f"{webinar.path}.type".strip("."))
    if kind not in (SINGLE, UNPLANNED, PLANNED):
        raise FieldError(Reason.UNKNOWN_KIND, f"{webinar.path}.type: not 5, 6 or 9".strip("."))
    return kind


def webinar_id(number: str, kind: int, start: int | None, timezone: str) -> str:
    """The webinar_id. `start`: planned or actual, milliseconds since 1970 UTC; a single webinar needs none.

    Raises FieldError for an occurrence whose start is not known.
    """
    if kind == SINGLE:
        return series_id(number)
    if start is None:
        raise FieldError(Reason.MISSING_FIELD, "start_time: missing, but needed to find the occurrence")
    return f"{series_id(number)}:{day_of(start, timezone)}"


def series_id(number: str) -> str:
    """The id shared by all occurrences."""
    return f"{PLATFORM}:{number}"


def day_of(start: int, timezone: str) -> str:
    """The day on which it starts, in the webinar's time zone (unknown: UTC); a day lasts until four in the morning."""
    local = datetime.fromtimestamp(start // SECOND, _zone(timezone))
    return (local.replace(tzinfo=None) - _DAY_TURNS).date().isoformat()


@lru_cache(maxsize=1024)
def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return UTC
