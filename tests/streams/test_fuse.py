"""The fuse blows on a topic that cannot be read any more, and on no other."""

from collections import Counter

import pytest

from streams.fuse import Fuse, FuseBlown
from tests.contract_events import attendance, registration
from tests.streams.batches import Worker
from tests.streams.records import FakeRecord, record_of

TOPIC = "webinar.attendance.v1"


def blown(fuse: Fuse, *batches: tuple[int, int]) -> list[bool]:
    """Whether it has blown, batch by batch of so many events and dead letters."""
    return [fuse.count(Counter({TOPIC: events}), Counter({TOPIC: dead})) == TOPIC for events, dead in batches]


@pytest.mark.parametrize(
    ("batches", "expected"),
    [
        ([(0, 4), (0, 5), (0, 1)], [False, False, True]),
        ([(0, 9), (9, 0), (0, 9)], [False, False, False]),
        ([(1, 6), (1, 6), (1, 1)], [False, True, True]),
        ([(50, 49), (50, 50), (0, 10)], [False, False, True]),
        ([(1_000, 0), (0, 10)], [False, True]),
    ],
    ids=["in a row", "events between", "more than half", "no more than half", "nothing is saved up"],
)
def test_it_blows_when_dead_letters_outnumber_events(batches: list[tuple[int, int]], expected: list[bool]) -> None:
    assert blown(Fuse(10), *batches) == expected


def test_each_topic_has_its_own_and_zero_never_blows() -> None:
    fuse = Fuse(10)
    assert fuse.count(Counter({"other": 1_000}), Counter({TOPIC: 10})) == TOPIC
    assert blown(Fuse(0), (0, 1_000_000)) == [False]


async def test_a_batch_that_blows_it_is_not_written_and_says_why() -> None:
    worker = Worker(dead_letter_fuse=3)
    await worker.run(registration(1), FakeRecord(value=b"{"), FakeRecord(value=b"{"))
    with pytest.raises(FuseBlown, match=r"3 more .* webinar\.attendance\.v1 .*not_json.*funnel dead-letters resume"):
        await worker.run(record_of(registration(2)), FakeRecord(value=b'{"ann@example.com"'))
    assert not worker.done
    assert len(worker.store.rows["dead_letters"]) == 2
    assert len(worker.store.rows["events"]) == 1


async def test_one_in_a_hundred_never_blows_it() -> None:
    worker = Worker(dead_letter_fuse=2)
    for number in range(50):
        events = [attendance(person, "joined", number) for person in range(9)]
        await worker.run(*events, FakeRecord(value=b"{"))
    assert len(worker.store.rows["dead_letters"]) == 50
