"""Keeps each webinar as it stands now, for pages that show the present (docs/decisions/0039-current-numbers.md)."""

import time
from collections.abc import Callable, Sequence
from typing import Any

from contract.measures import THRESHOLDS
from streams.jobs.current_sql import BASELINES, CHANGED, DUE, KEEP, SAY
from streams.jobs.rest import rest_after
from streams.store import Store

EVERY_SECONDS = 0.25
_MOST_WEBINARS = 250
"""Webinars of one statement: bounds its memory."""
LONGEST_REST = 15.0
_SAID_EVERY_MS = 1000
NUMBERS, PEOPLE = 1, 2
"""Whose turn it was, in current_turns."""


class Current:
    """The job. It asks what changed, and looks at these webinars only.

    All that it needs to know stands in its table: whoever takes it over goes on with it, and what is missing or was not
    finished is made. A row says what it was made of, as read before it was made: what became queryable meanwhile makes
    it due again.
    """

    def __init__(self, store: Store, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock`: seconds, for the pauses."""
        self._store = store
        self._clock = clock
        self.forget()

    def forget(self) -> None:
        """Asks for everything anew at the next turn: another worker may have worked meanwhile."""
        self._changed = ""
        self._due_at = self._said_at = 0
        self._minutes: dict[str, int] = {}
        self._resting_until = 0.0

    async def turn(self) -> int:
        """Makes every row that is due, unless it has to rest. Returns how many. Raises StoreGone."""
        begun = self._clock()
        if begun < self._resting_until:
            return 0
        made = await self.work()
        ended = self._clock()
        self._resting_until = ended + rest_after(ended - begun, LONGEST_REST)
        return made

    async def work(self) -> int:
        """`turn`, without a rest."""
        (now,) = await self._store.query(CHANGED, {})
        if now["thresholds"] != THRESHOLDS:
            # A worker from before other buckets were chosen makes nothing: its successor does.
            return 0
        made = 0
        if now["changed"] != self._changed or now["at_ms"] >= self._due_at:
            made = await self._make(now)
        await self._say(now, made)
        return made

    async def _make(self, now: dict[str, Any]) -> int:
        due = await self._store.query(DUE, {"at": now["at"], "shared": now["shared"]})
        rows = [row for row in due if row["due"]]
        rows.sort(key=lambda row: (not row["live"], -row["begin_at"], row["webinar_id"]))
        for start in range(0, len(rows), _MOST_WEBINARS):
            await self._keep(now, rows[start : start + _MOST_WEBINARS])
        await self._typical(now, [row for row in due if row["live"]])
        self._changed = now["changed"]
        waiting = await self._store.query("SELECT min(due_at) AS due_at FROM current_webinars FINAL", {})
        self._due_at = waiting[0]["due_at"]
        return len(rows)

    async def _keep(self, now: dict[str, Any], rows: Sequence[dict[str, Any]]) -> None:
        await self._store.command(
            KEEP,
            {
                "at": now["at"],
                "webinar_ids": [row["webinar_id"] for row in rows],
                "made_of": [row["made_of"] for row in rows],
                "due_at": [row["due_at"] for row in rows],
            },
        )

    async def _typical(self, now: dict[str, Any], live: Sequence[dict[str, Any]]) -> None:
        """What is typical at its minute, of each live webinar that has come to another one."""
        minutes = {row["webinar_id"]: (now["at_ms"] - row["begin_at"]) // 60_000 for row in live}
        moved = [key for key, minute in minutes.items() if self._minutes.get(key) != minute]
        if moved:
            await self._store.command(BASELINES, {"at": now["at"], "webinar_ids": moved})
        self._minutes = minutes

    async def _say(self, now: dict[str, Any], made: int) -> None:
        """That all that changed before is there: until when pages may rely on it."""
        if made or now["at_ms"] - self._said_at >= _SAID_EVERY_MS:
            await self._store.command(SAY, {"id": NUMBERS, "at": now["at"]})
            self._said_at = now["at_ms"]
