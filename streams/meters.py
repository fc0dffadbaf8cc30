"""What a worker counts of its batches (process/metrics.py): once a batch or a chunk, never once an event."""

import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TypeVar

from prometheus_client import Histogram

from contract.decode import DeadLetter
from contract.record import Record
from contract.topics import PROBES
from process.meters import counter, gauge, histogram
from streams.transport.delivery import Chunk, TopicPartition

Given = TypeVar("Given")
Made = TypeVar("Made")

FOLD = histogram("funnel_batch_fold_seconds")
WRITE = histogram("funnel_batch_write_seconds")
FOLDED = counter("funnel_events_folded_total")
INSERTED = counter("funnel_events_inserted_total")
WAITING = gauge("funnel_waiting_records")
CACHED_PERSONS = gauge("funnel_cached_persons")
ERRORS = counter("funnel_errors_total")
INSERT_SECONDS = histogram("funnel_insert_seconds")
INSERT_BYTES = counter("funnel_inserted_bytes_total")
REBALANCES = counter("funnel_rebalances_total")

_RECEIVED = counter("funnel_records_received_total")
_DECODED = counter("funnel_records_decoded_total")
_REJECTED = counter("funnel_records_rejected_total")
_MISPLACED = counter("funnel_records_misplaced_total")
_BATCH = histogram("funnel_batch_records")
_VISIBLE = histogram("funnel_event_visible_seconds")
_LAG = gauge("funnel_lag_records")
_ASSIGNED = gauge("funnel_assigned_partitions")


def timed(meter: Histogram, work: Callable[[Given], Awaitable[Made]]) -> Callable[[Given], Awaitable[Made]]:
    """The same work, whose seconds are observed."""

    async def measured(given: Given) -> Made:
        with meter.time():
            return await work(given)

    return measured


def received(chunks: Sequence[Chunk]) -> None:
    """A batch was taken up."""
    records: Counter[str] = Counter()
    for chunk in chunks:
        records[chunk.tp.topic] += len(chunk)
    for topic, number in records.items():
        _RECEIVED.labels(topic).inc(number)
    _BATCH.observe(records.total())


def decoded(readable: Mapping[str, int], dead: Sequence[tuple[Record, DeadLetter]], misplaced: int) -> None:
    """It was read. `readable`: events by topic."""
    for topic, number in readable.items():
        _DECODED.labels(topic).inc(number)
    for record, letter in dead:
        _REJECTED.labels(record.topic, letter.reason).inc()
    _MISPLACED.inc(misplaced)


def visible(chunks: Sequence[Chunk]) -> None:
    """All that these chunks brought is queryable."""
    now = time.time()
    for chunk in chunks:
        if chunk.tp.topic == PROBES.name:
            continue
        _VISIBLE.observe(max(0.0, now - chunk.written_at / 1000))


def lags(ends: Mapping[TopicPartition, int], done: Mapping[TopicPartition, int]) -> None:
    """The end of each partition, and what of it is committed."""
    _LAG.clear()
    for tp, end in ends.items():
        if tp in done:
            _LAG.labels(tp.topic, str(tp.partition)).set(max(0, end - done[tp]))


def assigned(partitions: int) -> None:
    """This worker has got so many partitions."""
    REBALANCES.inc()
    _ASSIGNED.set(partitions)
