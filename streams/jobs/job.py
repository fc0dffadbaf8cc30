"""Jobs about all webinars, run by timers: a failing job ends neither the worker nor another job.

A failed job is retried at growing intervals. The failure is logged, reported by the worker's heartbeat
(`funnel status`), and stored in the table job_turns (the page Data health).
"""

import logging
import time
from collections.abc import Awaitable, Callable
from typing import NamedTuple

from process.heartbeat import Heartbeat
from process.meters import counter, gauge
from streams.fatal import root_cause
from streams.fold.lines import block, line
from streams.store import Insert, Store, StoreGone

log = logging.getLogger(__name__)

_SECONDS = gauge("funnel_job_seconds")
_SUCCEEDED = gauge("funnel_job_success_timestamp_seconds")
_FAILED = counter("funnel_job_failures_total")
_ERRORS = counter("funnel_errors_total")

LONGEST_PAUSE_SECONDS = 600.0
_WRITTEN_EVERY_MS = 300_000
"""How often a row records that a job still works."""


class TurnRow(NamedTuple):
    """One row of the table `job_turns`, column by column (clickhouse/migrations)."""

    job: str
    ended_at: int
    seconds: float
    failures: int
    error: str


def pause(failures: int, every: float) -> float:
    """Seconds until a job is retried after this many failures in a row: doubled each time, within bounds."""
    return min(every * 2.0 ** min(failures - 1, 20), max(every, LONGEST_PAUSE_SECONDS))


class Job:
    """One job. Its turns run one after the other, never two at once."""

    def __init__(
        self,
        name: str,
        work: Callable[[], Awaitable[object]],
        *,
        every: float,
        store: Store,
        heart: Heartbeat,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`name`: for people. `every`: seconds between two turns. `clock`: seconds since 1970 UTC."""
        self.name = name
        self.every = every
        self._work = work
        self._store = store
        self._heart = heart
        self._clock = clock
        self._failures = 0
        self._due_at = 0.0
        self._written_at = 0
        self._unwritten: list[TurnRow] = []

    async def turn(self) -> None:
        """Runs the job, unless it has to wait after a failure. Raises nothing."""
        begun = self._clock()
        # A clock that was set back must not delay it longer than a failure does.
        if begun < self._due_at <= begun + max(self.every, LONGEST_PAUSE_SECONDS):
            return
        error = ""
        try:
            await self._work()
        except Exception as failure:
            error = root_cause(failure)
        ended = self._clock()
        self._told(error, ended)
        _SECONDS.labels(self.name).set(ended - begun)
        row = TurnRow(self.name, round(1000 * ended), round(ended - begun, 3), self._failures, error)
        if error or self._written_at + _WRITTEN_EVERY_MS <= row.ended_at:
            await self._write(row)

    def rest(self) -> None:
        """Hands the job over to another worker: nothing of it fails here any more."""
        self._failures, self._due_at, self._written_at = 0, 0.0, 0
        self._unwritten.clear()
        self._heart.works(self.name)

    def _told(self, error: str, ended: float) -> None:
        if error:
            _FAILED.labels(self.name).inc()
            _ERRORS.labels("job").inc()
            self._failures += 1
            again = pause(self._failures, self.every)
            self._due_at = ended + again
            self._heart.fails(self.name, error)
            log.error("%s failed (%d in a row): %s; trying again in %.0f s", self.name, self._failures, error, again)
            return
        _SUCCEEDED.labels(self.name).set(ended)
        if self._failures:
            log.warning("%s works again after %d failures", self.name, self._failures)
            self._failures, self._due_at, self._written_at = 0, 0.0, 0
            self._heart.works(self.name)

    async def _write(self, row: TurnRow) -> None:
        """Writes the row; if that fails, as it does without ClickHouse, it is written with the next one."""
        self._unwritten = [*self._unwritten[-1:], row]
        try:
            await self._store.insert(Insert("job_turns", TurnRow._fields, block(map(line, self._unwritten))))
        except StoreGone:
            return
        self._unwritten.clear()
        self._written_at = 0 if row.error else row.ended_at
