"""One name for each occurrence, wherever it comes from (docs/decisions/0008-zoom-occurrences.md).

It is decided once and stored in the state. Zoom's own messages name the occurrence; a report does not say whether its
webinar recurs.
"""

import re
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from enum import StrEnum
from typing import Literal, NamedTuple

from connectors.pipeline.state import State
from connectors.zoom.occurrence import PLATFORM, day_of, series_id
from contract.events import Event, Webinar
from contract.instants import HOUR

Kind = Literal["single", "recurring"]

_BY_DAY = re.compile(r"zoom:(\d+):(\d{4}-\d\d-\d\d)", re.ASCII)
_PLAIN = re.compile(r"zoom:(\d+)", re.ASCII)
_NAMED = re.compile(r"zoom:(\d+)(?::(\d{4}-\d\d-\d\d))?", re.ASCII)
_SAME_RUN = 6 * HOUR
"""Starts this close belong to one occurrence, even if they fall on different days in two time zones."""
_OTHER_RUN = 20 * HOUR
"""Starts this far apart belong to two occurrences, even if two time zones put them on one day."""


class Name(NamedTuple):
    """The name of an occurrence."""

    webinar_id: str
    starts_at: int | None
    """Planned or actual start, milliseconds since 1970 UTC; None if only people were reported."""


class _By(StrEnum):
    """Where a name comes from."""

    SINGLE = "single"
    """Zoom, about a single webinar."""
    RECURRING = "recurring"
    """Zoom, about an occurrence of a recurring webinar."""
    REPORT = "report"
    """A report or a table: neither knows whether the webinar recurs."""


class _Number:
    """The names of one of Zoom's webinar numbers."""

    def __init__(self) -> None:
        self.names: dict[_By, dict[str, Name]] = {by: {} for by in _By}
        """Names by day."""

    def all(self) -> list[tuple[str, Name]]:
        return [named for names in self.names.values() for named in names.items()]

    @property
    def strays(self) -> list[str]:
        """The webinar_ids that reports gave to other days."""
        named = {name.webinar_id for name in self.names[_By.REPORT].values()}
        return sorted(name for name in named if _BY_DAY.fullmatch(name))

    @property
    def recurs(self) -> bool:
        """Whether another day has its own name, as far as is known. A webinar that Zoom calls single has one name."""
        if self.names[_By.RECURRING]:
            return True
        return bool(self.names[_By.REPORT]) and not self.names[_By.SINGLE]


class Names:
    """The names given so far. Without a state they last as long as this object. For one thread at a time."""

    def __init__(self, state: State | None) -> None:
        self._state = state
        self._numbers: dict[str, _Number] = {}
        self._seen = 0
        self._counted_twice: list[tuple[str, str]] = []

    @classmethod
    def looked_up(cls, state: State) -> "Names":
        """The names in the state now; names given from here on are not stored. For previews."""
        names = cls(state)
        names._refresh()
        names._state = None
        return names

    def forget(self) -> None:
        """Reads the state again, after a transaction was rolled back."""
        self._numbers, self._seen, self._counted_twice = {}, 0, []

    def renamed(self, events: Sequence[Event]) -> list[Event]:
        """The events under the names of their occurrences. Raises sqlite3.Error if the state cannot be written."""
        new = [event for event in events if self._tells(event)]
        if new:
            with self._writing():
                self._refresh()
                self._learn(new)
        return [self._as_named(event) for event in events]

    def follow(self, statements: Sequence[Event]) -> None:
        """Learns the names that other machines gave, from what they published. Raises sqlite3.Error."""
        with self._writing():
            self._refresh()
            self.renamed([one for one in statements if one.event_id.startswith(f"{PLATFORM}:")])
            for one in statements:
                if not one.event_id.startswith(f"{PLATFORM}:"):
                    self._follow_report(one)

    def _follow_report(self, event: Event) -> None:
        match, start = _NAMED.fullmatch(event.webinar_id), _start(event)
        if match is None or start is None:
            return
        day = match[2] or day_of(start, _timezone(event))
        known = self._number(match[1])
        if day not in known.names[_By.REPORT] and event.webinar_id not in {name.webinar_id for _, name in known.all()}:
            self._keep(match[1], day, _By.REPORT, Name(event.webinar_id, start))

    def named(self, webinar_id: str) -> str:
        """The same for a single webinar_id, such as one in the rules of forms."""
        match = _BY_DAY.fullmatch(webinar_id)
        if match is None:
            return webinar_id
        if match[2] not in self._number(match[1]).names[_By.RECURRING]:
            with self._writing():
                self._refresh()
                self._decide(match[1], match[2], webinar_id, None)
        return self._number(match[1]).names[_By.RECURRING][match[2]].webinar_id

    def of_report(self, number: str, start: int, timezone: str, kind: Kind | None = None) -> str:
        """The name of a report's webinar. `start` in milliseconds since 1970 UTC; `timezone`: the report's.

        `kind`: given by a person; it decides if there is no name yet. Raises sqlite3.Error.
        """
        day = day_of(start, timezone)
        with self._writing():
            self._refresh()
            known = self._number(number)
            found = _nearest(known.all(), start) or _of_day(known.all(), day, start)
            if found is not None:
                return found.webinar_id
            recurs = kind == "recurring" if kind is not None else known.recurs
            name = f"{series_id(number)}:{day}" if recurs else series_id(number)
            self._keep(number, day, _By.REPORT, Name(name, start))
            return name

    def take_counted_twice(self) -> list[tuple[str, str]]:
        """(number, webinar_id) of what a report had named as its own webinar before Zoom said that it is a single one.

        Each is returned once.
        """
        taken, self._counted_twice = self._counted_twice, []
        return taken

    def is_decided_by_zoom(self, number: str) -> bool:
        """Whether Zoom itself has said if that webinar recurs, as of the last refresh."""
        names = self._number(number).names
        return bool(names[_By.RECURRING] or names[_By.SINGLE])

    # -- what Zoom says

    def _tells(self, event: Event) -> bool:
        """Whether the event has something to store."""
        if not event.webinar_id.startswith("zoom:"):
            return False
        start = _start(event)
        if (match := _BY_DAY.fullmatch(event.webinar_id)) is not None:
            known = self._number(match[1]).names[_By.RECURRING].get(match[2])
            return known is None or (known.starts_at is None and start is not None)
        if start is None or (match := _PLAIN.fullmatch(event.webinar_id)) is None:
            return False
        return day_of(start, _timezone(event)) not in self._number(match[1]).names[_plain_by(event)]

    def _learn(self, events: Sequence[Event]) -> None:
        moments: dict[str, int] = {}
        for event in events:
            if (moment := _moment(event)) is not None:
                moments[event.webinar_id] = min(moment, moments.get(event.webinar_id, moment))
        for event in events:
            start = _start(event)
            if match := _BY_DAY.fullmatch(event.webinar_id):
                self._decide(match[1], match[2], event.webinar_id, moments.get(event.webinar_id))
                self._time(match[1], match[2], start)
            elif start is not None and (match := _PLAIN.fullmatch(event.webinar_id)):
                day, by = day_of(start, _timezone(event)), _plain_by(event)
                if by == _By.SINGLE and not self.is_decided_by_zoom(match[1]):
                    self._counted_twice += [(match[1], name) for name in self._number(match[1]).strays]
                if day not in self._number(match[1]).names[by]:
                    self._keep(match[1], day, by, Name(event.webinar_id, start))

    def _decide(self, number: str, day: str, webinar_id: str, moment: int | None) -> None:
        """An occurrence of a recurring webinar keeps the name that it had before."""
        names = self._number(number).names
        if day in names[_By.RECURRING]:
            return
        reported = names[_By.REPORT].items()
        found = _nearest(reported, moment) or _of_day(reported, day, moment) or names[_By.SINGLE].get(day)
        self._keep(number, day, _By.RECURRING, Name(webinar_id if found is None else found.webinar_id, None))

    def _time(self, number: str, day: str, start: int | None) -> None:
        name = self._number(number).names[_By.RECURRING][day]
        if name.starts_at is None and start is not None:
            self._keep(number, day, _By.RECURRING, name._replace(starts_at=start))

    def _as_named(self, event: Event) -> Event:
        match = _BY_DAY.fullmatch(event.webinar_id) if event.webinar_id.startswith("zoom:") else None
        if match is None:
            return event
        name = self._number(match[1]).names[_By.RECURRING][match[2]].webinar_id
        return event if name == event.webinar_id else event.model_copy(update={"webinar_id": name})

    # -- memory

    def _number(self, number: str) -> _Number:
        return self._numbers.setdefault(number, _Number())

    def _writing(self) -> AbstractContextManager[None]:
        return nullcontext() if self._state is None else self._state.transaction()

    def _refresh(self) -> None:
        """Reads the names that other processes have given since."""
        if self._state is None:
            return
        for row in self._state.rows(
            "SELECT change, number, day, said_by, webinar_id, starts_at FROM zoom_names WHERE change > ? "
            "ORDER BY change",
            self._seen,
        ):
            self._seen, number, day, by, *name = row
            self._number(number).names[_By(by)][day] = Name(*name)

    def _keep(self, number: str, day: str, by: _By, name: Name) -> None:
        self._number(number).names[by][day] = name
        if self._state is not None:
            self._state.change(
                "INSERT OR REPLACE INTO zoom_names (number, day, said_by, webinar_id, starts_at) "
                "VALUES (?, ?, ?, ?, ?)",
                number,
                day,
                by,
                *name,
            )


def _nearest(names: Iterable[tuple[str, Name]], start: int | None) -> Name | None:
    if start is None:
        return None
    near = [(abs(one.starts_at - start), one) for _, one in names if one.starts_at is not None]
    found = min(near, default=None)
    return found[1] if found is not None and found[0] <= _SAME_RUN else None


def _of_day(names: Iterable[tuple[str, Name]], day: str, start: int | None) -> Name | None:
    for at, one in names:
        apart = 0 if start is None or one.starts_at is None else abs(one.starts_at - start)
        if at == day and apart < _OTHER_RUN:
            return one
    return None


def _start(event: Event) -> int | None:
    if not isinstance(event, Webinar):
        return None
    return event.starts_at if event.starts_at is not None else event.started_at


def _timezone(event: Event) -> str:
    return (event.timezone or "") if isinstance(event, Webinar) else ""


def _moment(event: Event) -> int | None:
    """An instant at which it was live, or its planned start; as close to the start as is known."""
    if event.type == "attendance":
        return event.occurred_at if event.kind in ("joined", "left", "seen") else None
    return _start(event)


def _plain_by(event: Event) -> _By:
    """Only Zoom's webhooks and REST API know that a webinar is single."""
    return _By.SINGLE if event.event_id.startswith(f"{PLATFORM}:") else _By.REPORT
