"""The store of streams/store.py in memory, for tests of its writers. It has to behave like the real one:
tests/streams/test_store.py runs the same tests on both.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

import orjson

from streams.fold.memory import WebinarMemory
from streams.fold.restore import StoredPerson, StoredWebinar, restore
from streams.fold.row import fence_of
from streams.store import Insert

Row = dict[str, Any]
_KEYS = {"webinars": ("webinar_id",), "persons": ("webinar_id", "person_id")}


class MemoryStore:
    """Keeps every row that was inserted, by table and in order."""

    def __init__(
        self,
        rows: dict[str, list[Row]] | None = None,
        *,
        epoch: int = 0,
        step: Callable[[str], None] = lambda _: None,
    ) -> None:
        """`rows`: the rows already stored. `step` is called before each load ("load") and each insert (the table); its
        exceptions pass through.
        """
        self.rows = defaultdict[str, list[Row]](list) if rows is None else rows
        self._epoch = epoch
        self._step = step

    async def load(self, webinar_ids: Sequence[str]) -> dict[str, WebinarMemory]:
        """As WebinarStore has it."""
        self._step("load")
        webinars = (StoredWebinar(*_of(row, StoredWebinar)) for row in self.latest("webinars", webinar_ids))
        persons = (StoredPerson(*_of(row, StoredPerson)) for row in self.latest("persons", webinar_ids))
        return restore(webinar_ids, webinars, persons, self._epoch)

    async def insert(self, *inserts: Insert) -> None:
        """As WebinarStore has it."""
        for table, columns, block in inserts:
            if block:
                self._step(table)
                lines = map(orjson.loads, bytes(block).splitlines())
                self.rows[table] += [dict(zip(columns, line, strict=True)) for line in lines]

    async def greatest_fence(self) -> int:
        """As WebinarStore has it."""
        return fence_of(max((row["version"] for table in _KEYS for row in self.rows[table]), default=0))

    def latest(self, table: str, webinar_ids: Sequence[str]) -> list[Row]:
        """Of `webinars` or `persons`: the rows with the greatest version of their key."""
        rows = sorted(self.rows[table], key=lambda row: int(row["version"]))
        kept = {tuple(row[name] for name in _KEYS[table]): row for row in rows if row["webinar_id"] in webinar_ids}
        return list(kept.values())


def _of(row: Row, kind: type[StoredWebinar] | type[StoredPerson]) -> list[Any]:
    """A copy, because the caller may change it."""
    return [orjson.loads(orjson.dumps(row[name])) for name in kind._fields]
