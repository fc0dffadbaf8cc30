"""Chunks of raw records, and the record of which offsets may be committed. Pure.

A delivery is everything handed to the agents between two seeks. Within it, a partition's offset is committed when its
chunk and every chunk handed out before it are done. Faust's own bookkeeping is not used: it acks an event whose
processing failed, counts the offset before a gap as processed, and commits past events in flight (faust-streaming
issue 606, PR 707; faust/transport/consumer.py `_new_offset`, `_add_gap`).
"""

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from contract.record import Record


class TopicPartition(NamedTuple):
    """One partition; equal to Faust's TP and aiokafka's TopicPartition of the same topic and number."""

    topic: str
    partition: int


@dataclass(slots=True, eq=False)
class _Mark:
    """Outlives its chunk until the commit; the records do not."""

    next_offset: int
    done: bool = False


class Chunk:
    """Consecutive raw records of one partition, in offset order; never empty until it is told to `free` them."""

    __slots__ = ("_delivery", "_mark", "first", "last", "records", "tp", "written_at")

    def __init__(self, delivery: "Delivery", tp: TopicPartition, records: list[Record]) -> None:
        self.tp = tp
        self.records = records
        self.first = records[0].offset
        """Offset of the first record."""
        self.last = records[-1].offset
        """Offset of the last record."""
        self.written_at = records[0].timestamp
        """When the first record was written to Kafka, milliseconds since 1970 UTC."""
        self._delivery = delivery
        self._mark = _Mark(self.last + 1)

    @property
    def current(self) -> bool:
        """Whether this worker is still responsible for the chunk.

        False once its partitions were revoked or read again from the committed offset: the records will be delivered
        again, here or on another worker, so the chunk must be dropped.
        """
        return self._delivery.open

    @property
    def generation(self) -> int:
        """The consumer group's generation in which the records were fetched; it rises with every rebalance."""
        return self._delivery.generation

    def done(self) -> None:
        """Releases the records for commit. Call it when all their effects are stored; does nothing if not current."""
        self._mark.done = True

    def free(self) -> None:
        """Lets go of the records, which take most of its memory. Call it when all of them are read."""
        self.records = []

    def __len__(self) -> int:
        return len(self.records)

    def __iter__(self) -> Iterator[Record]:
        return iter(self.records)

    def __repr__(self) -> str:
        return f"<Chunk {self.tp.topic}-{self.tp.partition} {self.first}..{self.last}>"


@dataclass(slots=True, eq=False)
class _Progress:
    """One partition of a delivery. `done` and `committed` are offsets of the next record to come."""

    done: int
    committed: int
    marks: deque[_Mark] = field(default_factory=deque)


class Delivery:
    """What was handed out since the last seek, by partition. Not thread-safe: for the event loop of the agents."""

    def __init__(self, starts: Mapping[TopicPartition, int], generation: int = 0) -> None:
        """`starts` holds the offset that each assigned partition is read from, `generation` is the group's."""
        self.generation = generation
        self._partitions = {tp: _Progress(start, start) for tp, start in starts.items()}
        self._open = True

    @property
    def open(self) -> bool:
        """Whether chunks of this delivery may still be handed out, and their offsets committed."""
        return self._open

    def close(self) -> None:
        """Voids every chunk of this delivery."""
        self._open = False

    def hand_out(self, tp: TopicPartition, records: list[Record]) -> Chunk:
        """The records as a chunk, whose offsets are committed after those of all chunks handed out before."""
        chunk = Chunk(self, tp, records)
        self._partitions[tp].marks.append(chunk._mark)
        return chunk

    def committable(self) -> dict[TopicPartition, int]:
        """By partition, the offset to commit, if it is not committed yet. Unchanged until `committed` is called.

        Empty once the delivery is closed: its partitions may belong to another worker.
        """
        offsets: dict[TopicPartition, int] = {}
        if not self._open:
            return offsets
        for tp, progress in self._partitions.items():
            marks = progress.marks
            while marks and marks[0].done:
                progress.done = marks.popleft().next_offset
            if progress.done > progress.committed:
                offsets[tp] = progress.done
        return offsets

    def committed(self, offsets: Mapping[TopicPartition, int]) -> None:
        """Records that Kafka has stored these offsets."""
        for tp, offset in offsets.items():
            self._partitions[tp].committed = offset

    @property
    def done(self) -> dict[TopicPartition, int]:
        """By partition, the offset up to which Kafka knows that all is done."""
        return {tp: progress.committed for tp, progress in self._partitions.items()}

    @property
    def unfinished(self) -> bool:
        """Whether the agents hold chunks that are not done."""
        return any(not mark.done for progress in self._partitions.values() for mark in progress.marks)
