"""The store of streams/store.py in memory, for tests of its writers. It has to behave like the real one:
tests/streams/test_store.py runs the same tests on both.
"""

import io
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
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

    async def sizes(self, webinar_ids: Sequence[str]) -> dict[str, int]:
        """As WebinarStore has it."""
        return dict(Counter(row["webinar_id"] for row in self.latest("persons", webinar_ids)))

    async def insert(self, *inserts: Insert) -> None:
        """As WebinarStore has it."""
        for one in inserts:
            if one.block:
                self._step(one.table)
                self.rows[one.table] += rows_of(one)

    async def forgotten(self) -> set[str]:
        """As WebinarStore has it."""
        return {row["forgotten_id"] for row in self.rows["forgotten"]}

    async def greatest_fence(self) -> int:
        """As WebinarStore has it."""
        return fence_of(max((row["version"] for table in _KEYS for row in self.rows[table]), default=0))

    def latest(self, table: str, webinar_ids: Sequence[str]) -> list[Row]:
        """Of `webinars` or `persons`: the rows with the greatest version of their key."""
        rows = sorted(self.rows[table], key=lambda row: int(row["version"]))
        kept = {tuple(row[name] for name in _KEYS[table]): row for row in rows if row["webinar_id"] in webinar_ids}
        return list(kept.values())


def rows_of(insert: Insert) -> list[Row]:
    """The rows, with the columns by their names."""
    if isinstance(insert.columns, Mapping):
        rows = list(_binary(insert.columns, io.BytesIO(insert.block)))
        return [row | {"state": orjson.loads(row["state"])} if "state" in row else row for row in rows]
    lines = map(orjson.loads, bytes(insert.block).splitlines())
    return [dict(zip(insert.columns, line, strict=True)) for line in lines]


def _binary(types: Mapping[str, str], block: io.BytesIO) -> Iterator[Row]:
    while block.read(1):
        block.seek(-1, io.SEEK_CUR)
        yield {name: _value(kind, block) for name, kind in types.items()}


def _value(kind: str, block: io.BytesIO) -> Any:
    if kind.startswith("Array("):
        return [_value(kind[len("Array(") : -1], block) for _ in range(_length(block))]
    if kind == "String":
        return block.read(_length(block)).decode()
    if kind == "Bool":
        return block.read(1) == b"\1"
    size = int(kind.lstrip("UInt")) // 8
    return int.from_bytes(block.read(size), "little", signed=kind.startswith("I"))


def _length(block: io.BytesIO) -> int:
    size = shift = 0
    while True:
        (byte,) = block.read(1)
        size |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return size


def _of(row: Row, kind: type[StoredWebinar] | type[StoredPerson]) -> list[Any]:
    """A copy, because the caller may change it."""
    return [orjson.loads(orjson.dumps(row[name])) for name in kind._fields]
