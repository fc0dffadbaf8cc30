"""docs/performance.md: what the pure core costs an event, counted, not timed: a busy machine changes nothing.

Counted are Python's instructions, the calls into C, and the memory that is kept for a person, on a fixed sample. Where
one grows on purpose, its figure is committed anew with the change.
"""

import sys
import tracemalloc
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import starmap
from types import FrameType
from typing import Any

import pytest

from bench.load import events
from contract.instants import FAR_FUTURE
from contract.partition import partition_of
from streams.changes import Changed, person_rows
from streams.fold.lines import event_row, source_keys
from streams.fold.memory import WebinarMemory
from streams.reading import PLACES, Reading, read
from streams.settings import Settings
from tests.contract_events import moment, webinar
from tests.streams.records import PARTITIONS, FakeRecord, record_of

EVENTS, PERSONS, WEBINARS, BATCH = 600, 300, 2, 100
COMMITTED = {"instructions": 1014.4, "calls": 34.6, "bytes": 564.0}
"""Of one event; the bytes of one person."""
CONFIG = Settings(_env_file=None)
MOST = 1.1
"""How many times as much is allowed."""

pytestmark = pytest.mark.skipif(sys.version_info[:2] != (3, 11), reason="another Python has other instructions")


def sample() -> list[list[FakeRecord]]:
    """Batches of registrations and attendance of the bench, in webinars that begin within them."""
    begins = [webinar(webinar_id=f"bench:1-{number}", starts_at=moment(20)) for number in range(WEBINARS)]
    records = [record_of(begin) for begin in begins]
    for offset, (topic, key, value) in enumerate(events(EVENTS, PERSONS, WEBINARS, seed=1)):
        records.append(FakeRecord(topic, partition_of(key.decode(), PARTITIONS), offset, key=key, value=value))
    return [records[first : first + BATCH] for first in range(0, len(records), BATCH)]


def fold(reading: Reading, memory: dict[str, WebinarMemory]) -> None:
    for event, record in reading.events:
        assert record.value is not None
        memory[event.webinar_id].fold(event, record.value, PLACES[record.topic], record.offset)


def write(reading: Reading, memory: dict[str, WebinarMemory]) -> int:
    raw = b"".join(starmap(event_row, reading.events))
    changed = [Changed(name, one, *one.take_changes()) for name, one in memory.items()]
    rows = b"".join([row for one in changed for row in person_rows(one, 1, CONFIG)])
    return len(raw) + len(rows) + len(source_keys(event for event, _ in reading.events))


def worked(batches: list[list[FakeRecord]]) -> dict[str, WebinarMemory]:
    memory: dict[str, WebinarMemory] = defaultdict(WebinarMemory)
    for records in batches:
        reading = read(records, PARTITIONS)
        assert not reading.dead
        fold(reading, memory)
        write(reading, memory)
    return memory


@contextmanager
def counting(found: Counter[str]) -> Iterator[None]:
    def instruction(frame: FrameType, event: str, _: Any) -> Any:
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        found["instructions"] += event == "opcode"
        return instruction

    def call(_: FrameType, event: str, __: Any) -> None:
        found["calls"] += event == "c_call"

    sys.settrace(instruction)
    sys.setprofile(call)
    try:
        yield
    finally:
        sys.setprofile(None)
        sys.settrace(None)


def test_an_event_costs_no_more_than_what_is_committed() -> None:
    batches = sample()
    # What is cached from then on is no cost of an event.
    memory = worked(batches)
    assert {one.facts.begin == FAR_FUTURE for one in memory.values()} == {False}
    found: Counter[str] = Counter()
    with counting(found):
        worked(batches)
    tracemalloc.start()
    memory = worked(batches)
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    cost = {name: round(number / EVENTS, 1) for name, number in found.items()} | {"bytes": round(kept / PERSONS)}
    most = {name: number * MOST for name, number in COMMITTED.items()}
    assert {name: number for name, number in cost.items() if number > most[name]} == {}, cost
