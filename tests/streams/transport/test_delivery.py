"""The bookkeeping alone: only what is done, only contiguous in the order of handing out."""

from dataclasses import dataclass
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from contract.record import Record
from streams.transport.delivery import Chunk, Delivery, TopicPartition

TP = TopicPartition("topic", 0)
OTHER = TopicPartition("topic", 1)


@dataclass(frozen=True)
class _Record:
    offset: int
    topic: str = "topic"
    partition: int = 0
    timestamp: int = 0
    key: bytes | None = None
    value: bytes | None = None


def _records(first: int, last: int) -> list[Record]:
    return [_Record(offset) for offset in range(first, last + 1)]


def test_a_chunk_knows_its_place_and_its_records() -> None:
    chunk = Delivery({TP: 5}).hand_out(TP, _records(5, 7))
    assert (chunk.tp, chunk.first, chunk.last, len(chunk)) == (TP, 5, 7, 3)
    assert [record.offset for record in chunk] == [5, 6, 7]


def test_nothing_is_committable_until_done() -> None:
    delivery = Delivery({TP: 0})
    chunk = delivery.hand_out(TP, _records(0, 9))
    assert delivery.committable() == {}
    chunk.done()
    assert delivery.committable() == {TP: 10}


def test_a_chunk_in_flight_holds_back_those_after_it() -> None:
    delivery = Delivery({TP: 0, OTHER: 0})
    first, second, third = (delivery.hand_out(TP, _records(n, n)) for n in range(3))
    delivery.hand_out(OTHER, _records(0, 3)).done()
    first.done()
    third.done()
    assert delivery.committable() == {TP: 1, OTHER: 4}
    second.done()
    assert delivery.committable() == {TP: 3, OTHER: 4}


def test_offsets_stay_committable_until_kafka_has_stored_them() -> None:
    delivery = Delivery({TP: 0})
    delivery.hand_out(TP, _records(0, 0)).done()
    offsets = delivery.committable()
    delivery.hand_out(TP, _records(1, 1)).done()
    delivery.committed(offsets)
    assert delivery.committable() == {TP: 2}
    delivery.committed({TP: 2})
    assert delivery.committable() == {}


def test_where_offsets_are_missing_in_the_log_the_next_chunk_goes_on() -> None:
    delivery = Delivery({TP: 0})
    delivery.hand_out(TP, _records(0, 1)).done()
    delivery.hand_out(TP, _records(5, 6)).done()
    assert delivery.committable() == {TP: 7}


def test_chunks_of_a_closed_delivery_are_not_current_and_not_committed() -> None:
    delivery = Delivery({TP: 0})
    chunk = delivery.hand_out(TP, _records(0, 0))
    assert chunk.current
    delivery.close()
    chunk.done()
    assert not chunk.current
    assert delivery.committable() == {}


def test_unfinished_tells_whether_agents_hold_chunks() -> None:
    delivery = Delivery({TP: 4, OTHER: 0})
    assert not delivery.unfinished
    chunk = delivery.hand_out(TP, _records(4, 8))
    assert delivery.unfinished
    chunk.done()
    assert not delivery.unfinished


@given(
    sizes=st.lists(st.integers(1, 4), max_size=8),
    order=st.randoms(use_true_random=False),
    commits=st.lists(st.booleans(), max_size=8),
)
def test_a_commit_never_passes_a_chunk_that_is_not_done(sizes: list[int], order: Random, commits: list[bool]) -> None:
    delivery = Delivery({TP: 0})
    chunks: list[Chunk] = []
    for size in sizes:
        start = chunks[-1].last + 1 if chunks else 0
        chunks.append(delivery.hand_out(TP, _records(start, start + size - 1)))
    waiting = list(chunks)
    order.shuffle(waiting)
    committed = 0
    while waiting:
        waiting.pop().done()
        offsets = delivery.committable()
        undone = [chunk.first for chunk in waiting]
        end = chunks[-1].last + 1
        assert offsets.get(TP, committed) == min(undone, default=end)
        if commits and commits.pop():
            delivery.committed(offsets)
            committed = offsets.get(TP, committed)
