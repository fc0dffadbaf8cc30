"""Who watched the recordings: for each run during a month after its end, more and more rarely; in a backfill once."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from pydantic import TypeAdapter, ValidationError

from connectors.mapped import Context
from connectors.poll import Cursors, Outbox
from connectors.toolkit.io.http import ServiceError
from connectors.toolkit.once import Once
from connectors.zoom import rows
from connectors.zoom.client import SCOPE_MISSING, Client, concerns_one
from contract.instants import DAY, HOUR, SECOND

_CURSOR = "recordings"
_FOLLOWED = 30 * DAY
_FREQUENT_UNTIL = 3 * DAY
_MONTH = timedelta(days=30)
"""Zoom accepts a range of a month at most."""


@dataclass(frozen=True, slots=True)
class _Run:
    webinar_id: str
    ended_at: int
    read_at: int = 0

    def is_due(self, now: int) -> bool:
        frequent = now - self.ended_at <= _FREQUENT_UNTIL
        return now - self.read_at >= (6 * HOUR if frequent else DAY)


_RUNS = TypeAdapter(dict[str, _Run])


class Recordings:
    """The recordings of all runs that a poll has read. The list of those to read is a cursor, for any later pass."""

    def __init__(self, client: Client, outbox: Outbox, cursors: Cursors, context: Context, again: bool) -> None:
        """`again`: a backfill reads only the runs that it passes."""
        self._client = client
        self._outbox = outbox
        self._cursors = cursors
        self._context = context
        self._again = again
        self._runs = _recall(cursors)
        self._come_by: set[str] = set()
        self.missing_scope: ServiceError | None = None
        """Whether the app lacks a scope for part of it."""
        self.refused: list[ServiceError] = []
        """What Zoom does not show about single recordings."""

    def expect(self, uuid: str, webinar_id: str, ended_at: int) -> None:
        """Adds a run that has been read. Call it after a flush."""
        self._come_by.add(uuid)
        if uuid not in self._runs or self._runs[uuid].webinar_id != webinar_id:
            self._keep(uuid, _Run(webinar_id, ended_at))

    def read(self) -> None:
        """Puts new views of all recordings that are due. One that Zoom refuses does not stop the others.

        Raises ServiceError and PublishError.
        """
        now = self._context.received_at
        for uuid, run in list(self._runs.items()):
            if uuid in self._come_by if self._again else run.is_due(now):
                try:
                    self._read(uuid, run, now)
                except ServiceError as error:
                    if not concerns_one(error):
                        raise
                    self.refused.append(error)
                    self._outbox.flush()
                    self._keep(uuid, replace(run, read_at=now))

    def _read(self, uuid: str, run: _Run, now: int) -> None:
        once = Once(self._outbox, self._cursors, f"views:{uuid}", self._again)
        try:
            for one, row in rows.view_events(self._views(uuid, run, now), uuid, run.webinar_id, self._context):
                once.put([one], row)
            for status in rows.STATUSES:
                for row in self._client.recording_registrants(uuid, status):
                    of_row = rows.recording_registrant_events(row, status, run.webinar_id, run.ended_at, self._context)
                    once.put(of_row, row)
        except ServiceError as error:
            if error.code != SCOPE_MISSING:
                raise
            self.missing_scope = error
        over = now > run.ended_at + _FOLLOWED
        self._outbox.flush()
        once.flushed(over=over)
        self._keep(uuid, None if over else replace(run, read_at=now))

    def _views(self, uuid: str, run: _Run, now: int) -> list[rows.Raw]:
        found: list[rows.Raw] = []
        for since, until in _months(run.ended_at, now):
            views = self._client.recording_views(uuid, since, until)
            if views is None:
                # It was not recorded, or the recording is not ready.
                break
            found += views
        return found

    def _keep(self, uuid: str, run: _Run | None) -> None:
        if run is None:
            self._runs.pop(uuid, None)
        else:
            self._runs[uuid] = run
        self._cursors.put(_CURSOR, _RUNS.dump_json(self._runs).decode())


def _recall(cursors: Cursors) -> dict[str, _Run]:
    try:
        return _RUNS.validate_json(cursors.get(_CURSOR) or "{}")
    except ValidationError:
        return {}


def _months(since: int, until: int) -> Iterator[tuple[date, date]]:
    """(first day, last day) from the day before `since` on: Zoom's time zone for days is undocumented."""
    first, last = _day(since) - timedelta(days=1), _day(until)
    while first <= last:
        end = min(first + _MONTH - timedelta(days=1), last)
        yield first, end
        first = end + timedelta(days=1)


def _day(instant: int) -> date:
    return datetime.fromtimestamp(instant // SECOND, UTC).date()
