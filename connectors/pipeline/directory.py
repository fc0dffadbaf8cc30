"""The directory of webinars in the state: built from every statement about a webinar that passes, in any order."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from connectors.forms.directory import Directory, Occurrence
from connectors.pipeline.state import State
from contract.events import Webinar

_NOT_SAID = ""


@dataclass(slots=True)
class KnownWebinars:
    """The directory in memory, updated by what has changed in the state since the last refresh."""

    state: State
    directory: Directory = field(default_factory=Directory)
    seen: int = 0
    """The last change included in the directory."""

    def refresh(self) -> Directory:
        """The current directory, including what other processes have stored."""
        changed = self.state.rows(
            "SELECT change, webinar_id, series_id, starts_at, status FROM webinars WHERE change > ? ORDER BY change",
            self.seen,
        )
        for change, *one in changed:
            self.directory.put(Occurrence(*one))
            self.seen = change
        return self.directory


def learn(state: State, statements: Iterable[Webinar]) -> None:
    """Joins statements into the state. Per field the greatest (authority, occurred_at, event_id) wins."""
    with state.transaction():
        for statement in statements:
            _learn_one(state, statement)


def _learn_one(state: State, event: Webinar) -> None:
    known = state.rows(
        "SELECT series_id, series_said, starts_at, starts_said, status, status_said FROM webinars WHERE webinar_id = ?",
        event.webinar_id,
    )
    before = known[0] if known else (None, _NOT_SAID, None, _NOT_SAID, None, _NOT_SAID)
    after = tuple(
        part
        for (old, said), (new, says) in zip((before[0:2], before[2:4], before[4:6]), _said(event), strict=True)
        for part in ((new, says) if says > said else (old, said))
    )
    if known and after == before:
        return
    # A statement without effect, such as the same time again, is no change that waiting registrations have to check.
    visible = not known or after[::2] != before[::2]
    change = "(SELECT coalesce(max(change), 0) + 1 FROM webinars)" if visible else "change"
    state.change(
        f"INSERT INTO webinars VALUES (?, ?, ?, ?, ?, ?, ?, (SELECT coalesce(max(change), 0) + 1 FROM webinars)) "
        "ON CONFLICT (webinar_id) DO UPDATE SET series_id = excluded.series_id, series_said = excluded.series_said, "
        "starts_at = excluded.starts_at, starts_said = excluded.starts_said, status = excluded.status, "
        f"status_said = excluded.status_said, change = {change}",
        event.webinar_id,
        *after,
    )


def _said(event: Webinar) -> tuple[tuple[object, str], ...]:
    """(value, rank) of series, start and status; a field that is not stated has no rank."""
    weight = f"{1 + (event.authority or 0)}:{event.occurred_at:015d}:{event.event_id}"
    series = (event.service.series_id, weight) if event.service is not None else (None, _NOT_SAID)
    if event.starts_at is not None:
        starts: tuple[object, str] = (event.starts_at, weight)
    elif event.started_at is not None:
        starts = (event.started_at, f"0:{event.occurred_at:015d}:{event.event_id}")
    else:
        starts = (None, _NOT_SAID)
    return series, starts, (event.status, weight if event.status is not None else _NOT_SAID)
