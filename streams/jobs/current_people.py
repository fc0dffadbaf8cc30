"""Keeps the numbers of now by new and returning people (docs/decisions/0039-current-numbers.md).

Whether somebody is new in one webinar depends on what they registered for besides. So it is kept who registered for
what (person_registrations); what changes there makes the later webinars of these persons due, and of no others.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from contract.measures import THRESHOLDS
from streams.jobs.current import PEOPLE
from streams.jobs.current_people_sql import AFFECTED, CHANGED, DUE, KEEP, MARK, REGISTER, REGISTER_ALL, REGISTERED
from streams.jobs.current_sql import SAY
from streams.store import Store

EVERY_SECONDS = 2.0
_MOST_WEBINARS = 250
"""Webinars of one statement: bounds its memory."""
_REST = 3.0
"""A turn is followed by a pause of so many times its own length."""


class CurrentPeople:
    """The job. It follows the rows of current_webinars."""

    def __init__(self, store: Store, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock`: seconds, for the pauses."""
        self._store = store
        self._clock = clock
        self._resting_until = 0.0

    async def turn(self) -> int:
        """Makes every row that is due, unless it has to rest. Returns how many. Raises StoreGone."""
        begun = self._clock()
        if begun < self._resting_until:
            return 0
        made = await self.work()
        ended = self._clock()
        self._resting_until = ended + _REST * (ended - begun)
        return made

    async def work(self) -> int:
        """`turn`, without a rest."""
        (now,) = await self._store.query(CHANGED, {})
        if now["thresholds"] != THRESHOLDS or not now["complete"]:
            return 0
        due = await self._store.query(DUE, {})
        if now["empty"]:
            # Nothing that anybody's registration could change.
            for some in _pieces(due):
                await self._store.command(REGISTER_ALL, {"webinar_ids": [row["webinar_id"] for row in some]})
        else:
            for some in _pieces(due):
                await self._register(now["at"], some)
        # Those of before, and the ones that these registrations concern.
        due = await self._store.query(DUE, {})
        for some in _pieces(due):
            await self._keep(now["at"], some)
        await self._store.command(SAY, {"id": PEOPLE, "at": now["at"]})
        return len(due)

    async def _register(self, at: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Records who registered for these webinars, where they are others than before."""
        registered = await self._registered(at, rows)
        other = [
            row
            for row in rows
            if (row["registered"], row["begin_was"]) != (registered.get(row["webinar_id"], 0), row["begin_ms"])
        ]
        if not other:
            return
        moved = [row["webinar_id"] for row in other if row["begin_was"] != row["begin_ms"]]
        about = {
            "webinar_ids": [row["webinar_id"] for row in other],
            "moved": moved,
            "since": min(min(row["begin_ms"], row["begin_was"] or row["begin_ms"]) for row in other),
        }
        affected = [row["webinar_id"] for row in await self._store.query(AFFECTED, about)]
        if affected:
            # First: whoever is killed here has left them due.
            await self._store.command(MARK, {"webinar_ids": affected})
        await self._store.command(REGISTER, about)

    async def _keep(self, at: str, rows: Sequence[Mapping[str, Any]]) -> None:
        registered = await self._registered(at, rows)
        await self._store.command(
            KEEP,
            {
                "at": at,
                "webinar_ids": [row["webinar_id"] for row in rows],
                "kept_at": [row["kept_at"] for row in rows],
                "begin_ms": [row["begin_ms"] for row in rows],
                "registered": [registered.get(row["webinar_id"], 0) for row in rows],
            },
        )

    async def _registered(self, at: str, rows: Sequence[Mapping[str, Any]]) -> dict[str, int]:
        found = await self._store.query(REGISTERED, {"at": at, "webinar_ids": [row["webinar_id"] for row in rows]})
        return {row["webinar_id"]: row["registered"] for row in found}


def _pieces(rows: Sequence[Mapping[str, Any]]) -> list[Sequence[Mapping[str, Any]]]:
    return [rows[start : start + _MOST_WEBINARS] for start in range(0, len(rows), _MOST_WEBINARS)]
