"""Keeps the numbers of now by new and returning people (docs/decisions/0039-current-numbers.md).

Whether somebody is new in one webinar depends on what they registered for besides. So it is kept who registered for
what (person_registrations); what changes there makes the later webinars of these persons due, and of no others.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from contract.measures import THRESHOLDS
from streams.fold.lines import block, line
from streams.jobs.current import PEOPLE
from streams.jobs.current_people_sql import (
    AFFECTED,
    CHANGED,
    DUE,
    KEEP,
    MARK,
    MARK_ALL,
    OTHER,
    REGISTER,
    REGISTER_ALL,
    REGISTERED,
)
from streams.jobs.current_sql import SAY
from streams.jobs.rest import rest_after
from streams.store import Insert, Store

EVERY_SECONDS = 2.0
_MOST_WEBINARS = 250
"""Webinars of one statement: bounds its memory."""
_MOST_PERSONS, _AT_ONCE = 20_000, 1000
"""So many changed persons are looked up, so many of them in one statement; where more changed every webinar is due."""
LONGEST_REST = 90.0

_REGISTRATION = ("person_id", "webinar_id", "counts", "first_at")


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
        self._resting_until = ended + rest_after(ended - begun, LONGEST_REST)
        return made

    async def work(self) -> int:
        """`turn`, without a rest."""
        (now,) = await self._store.query(CHANGED, {})
        if now["thresholds"] != THRESHOLDS or not now["complete"]:
            return 0
        first = {"first": now["first"]}
        due = await self._store.query(DUE, first)
        known: dict[str, tuple[int, int]] = {}
        for some in _pieces(due):
            known |= await self._register(now, some)
        # Those of before, and the ones that these registrations concern.
        due = await self._store.query(DUE, first)
        for some in _pieces(due):
            await self._keep(now["at"], some, known)
        await self._store.command(SAY, {"id": PEOPLE, "at": now["at"]})
        return len(due)

    async def _register(self, now: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> dict[str, tuple[int, int]]:
        """Records who registered for these webinars, where they are others than before.

        Returns, for each, what the rows of current_people say it was: who registered, and its begin. Read first: what
        comes meanwhile is found at the next turn.
        """
        registered = await self._registered(now["at"], rows)
        known = {row["webinar_id"]: (registered.get(row["webinar_id"], 0), row["begin_ms"]) for row in rows}
        other = [row for row in rows if (row["registered"], row["begin_was"]) != known[row["webinar_id"]]]
        if now["first"]:
            # All are made below: nobody's registration makes another one due.
            await self._store.command(REGISTER_ALL, {"webinar_ids": list(known)})
        elif other:
            await self._record(other)
        return known

    async def _record(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """First what becomes due, then why: whoever is killed in between has left it due."""
        webinar_ids = [row["webinar_id"] for row in rows]
        persons = await self._store.query(OTHER, {"webinar_ids": webinar_ids, "most": _MOST_PERSONS + 1})
        if len(persons) > _MOST_PERSONS:
            await self._store.command(MARK_ALL)
            await self._store.command(REGISTER, {"webinar_ids": webinar_ids})
            return
        moved = [row["webinar_id"] for row in rows if row["begin_was"] != row["begin_ms"]]
        since = min(min(row["begin_ms"], row["begin_was"] or row["begin_ms"]) for row in rows)
        about = {"webinar_ids": webinar_ids, "moved": moved, "since": since}
        for start in range(0, max(len(persons), 1), _AT_ONCE):
            some = persons[start : start + _AT_ONCE]
            asked = about | {"person_ids": [person["person_id"] for person in some]}
            affected = [row["webinar_id"] for row in await self._store.query(AFFECTED, asked)]
            if affected:
                await self._store.command(MARK, {"webinar_ids": affected})
            lines = block(line(tuple(person[name] for name in _REGISTRATION)) for person in some)
            await self._store.insert(Insert("person_registrations", _REGISTRATION, lines))

    async def _keep(self, at: str, rows: Sequence[Mapping[str, Any]], known: Mapping[str, tuple[int, int]]) -> None:
        said = [known.get(row["webinar_id"], (row["registered"], row["begin_was"])) for row in rows]
        await self._store.command(
            KEEP,
            {
                "at": at,
                "webinar_ids": [row["webinar_id"] for row in rows],
                "kept_at": [row["kept_at"] for row in rows],
                "begin_ms": [begin for _, begin in said],
                "registered": [registered for registered, _ in said],
            },
        )

    async def _registered(self, at: str, rows: Sequence[Mapping[str, Any]]) -> dict[str, int]:
        found = await self._store.query(REGISTERED, {"at": at, "webinar_ids": [row["webinar_id"] for row in rows]})
        return {row["webinar_id"]: row["registered"] for row in found}


def _pieces(rows: Sequence[Mapping[str, Any]]) -> list[Sequence[Mapping[str, Any]]]:
    return [rows[start : start + _MOST_WEBINARS] for start in range(0, len(rows), _MOST_WEBINARS)]
