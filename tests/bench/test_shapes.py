"""What the peers hand to our batches has the shape of a chunk: whatever a batch asks of it."""

import asyncio
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import orjson

from bench.load import BEGIN, Load
from bench.peers.engine import Handed
from bench.peers.engine import Record as HandedRecord
from bench.stock import Taken
from streams.batch import Batches
from streams.memory_store import MemoryStore
from streams.settings import Settings
from streams.transport.delivery import Chunk

SENT = [*Load(200, 50, 2, seed=1).sent()]
PERSONS = {orjson.loads(value).get("person_id") for _, _, value in SENT} - {None}


class Nobody:
    """No dead letter is expected."""

    async def send_all(self, messages: Sequence[Any]) -> None:
        assert not messages


def test_the_messages_of_the_stock_agent_become_rows() -> None:
    messages = [
        SimpleNamespace(topic=topic, partition=0, offset=offset, timestamp=BEGIN / 1_000, key=key, value=value)
        for offset, (topic, key, value) in enumerate(SENT)
    ]
    assert _persons_of([Taken(messages)]) == PERSONS


def test_the_records_of_another_framework_become_rows() -> None:
    records = [HandedRecord(topic, 0, offset, BEGIN, key, value) for offset, (topic, key, value) in enumerate(SENT)]
    done: list[bool] = []
    assert _persons_of([Handed(records, lambda: done.append(True))]) == PERSONS
    assert done == [True]


def _persons_of(chunks: Sequence[Any]) -> set[str]:
    store = MemoryStore()
    given: Sequence[Chunk] = chunks
    config = Settings(_env_file=None, partitions=1)

    async def write() -> None:
        batches = Batches(config, store, Nobody())
        folded = await batches.fold(given)
        assert folded is not None
        await batches.write(folded)

    asyncio.run(write())
    return {row["person_id"] for row in store.rows["persons"]}
