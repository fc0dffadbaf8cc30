"""A worker says every minute that it is there and what fails, in the table worker_runs (the page Data health)."""

import asyncio
import os
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from typing import NamedTuple

from clickhouse.client import connect
from clickhouse.settings import ClickHouseSettings
from process.errors import FORMER_END
from process.heartbeat import Heartbeat
from process.logs import NAMED
from streams.fatal import reason
from streams.fold.lines import block, line
from streams.store import TROUBLE, Insert, Store, StoreGone

SECONDS = 60.0
_LOOK_SECONDS = 5.0
_GOODBYE_SECONDS = 3


class RunRow(NamedTuple):
    """One row of the table `worker_runs`, column by column (clickhouse/migrations)."""

    worker: str
    host: str
    began_at: int
    seen_at: int
    told_to_end: int
    fails: int
    failed_at: int
    error: str
    former_error: str


class Presence:
    """What one run of a worker says of itself."""

    def __init__(self, heart: Heartbeat, clock: Callable[[], float] = time.time) -> None:
        """`clock`: seconds since 1970 UTC."""
        self._heart = heart
        self._clock = clock
        # Of several that were started by hand on one machine each has a number of its own; in a container it stays.
        name = os.environ.get(NAMED) or f"worker (pid {os.getpid()})"
        former = os.environ.get(FORMER_END, "")
        self._said = RunRow(name, socket.gethostname(), self._now(), 0, 0, 0, 0, "", former)
        self._written = self._said

    def row(self) -> RunRow:
        """What is to be said now."""
        failing = "; ".join(f"{name}: {why}" for name, why in self._heart.failing.items())
        now = self._now()
        said = self._said._replace(seen_at=now, fails=int(bool(failing)))
        self._said = said._replace(failed_at=now, error=failing) if failing else said
        return self._said

    async def run(self, store: Store) -> None:
        """Says it again and again. Ends when it is cancelled."""
        while True:
            await self.turn(store)
            await asyncio.sleep(_LOOK_SECONDS)

    async def turn(self, store: Store) -> None:
        """Says it at first, every minute, and when something begins or ceases to fail."""
        if self._is_due(row := self.row()):
            # If ClickHouse does not take it, that is told elsewhere, and it is said at the next turn.
            with suppress(StoreGone):
                await store.insert(_insert(row))
                self._written = row

    def end(self, config: ClickHouseSettings, *, told: bool) -> None:
        """The last word, if ClickHouse takes it at once. `told`: whether the worker ends because it was told to."""
        row = self.row()._replace(told_to_end=int(told))
        if why := reason():
            row = row._replace(fails=1, failed_at=row.seen_at, error=why)
        insert = _insert(row)
        with suppress(*TROUBLE):
            client = connect(config, user="writer", answer_seconds=_GOODBYE_SECONDS)
            client.raw_insert(insert.table, list(insert.columns), bytes(insert.block), fmt=insert.format)
            client.close()

    def _is_due(self, row: RunRow) -> bool:
        changed = (row.fails, row.error) != (self._written.fails, self._written.error)
        return changed or row.seen_at - self._written.seen_at >= 1000 * SECONDS

    def _now(self) -> int:
        return round(1000 * self._clock())


def _insert(row: RunRow) -> Insert:
    return Insert("worker_runs", RunRow._fields, block(map(line, [row])))
