"""The webinars as far as forms need them: series, start, whether cancelled. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One webinar."""

    webinar_id: str
    series_id: str | None
    starts_at: int | None
    """The planned start in milliseconds since 1970 UTC; the actual one only if no plan was ever stated."""
    status: str | None
    """As in contract/events.py; None: not stated."""


class Directory:
    """The webinars by their series."""

    def __init__(self, occurrences: Iterable[Occurrence] = ()) -> None:
        self._known: dict[str, Occurrence] = {}
        self._series: defaultdict[str, dict[str, Occurrence]] = defaultdict(dict)
        for one in occurrences:
            self.put(one)

    def put(self, one: Occurrence) -> None:
        """Adds a webinar, or replaces its entry."""
        before = self._known.get(one.webinar_id)
        if before is not None and before.series_id is not None:
            del self._series[before.series_id][one.webinar_id]
        self._known[one.webinar_id] = one
        if one.series_id is not None:
            self._series[one.series_id][one.webinar_id] = one

    def of_series(self, series_id: str) -> Sequence[tuple[int, str]]:
        """(starts_at, webinar_id) of the webinars of that series that are not cancelled, by time."""
        return sorted(
            (one.starts_at, one.webinar_id)
            for one in self._series.get(series_id, {}).values()
            if one.starts_at is not None and one.status != "cancelled"
        )
