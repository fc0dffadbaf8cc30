"""What a lease makes of what Kafka says. With doubles: the group as it is stands in test_lease.py."""

import threading
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from kafka import TopicPartition
from kafka.errors import CommitFailedError

from connectors.pipeline import lease as leases
from connectors.pipeline.lease import Lease
from connectors.pipeline.waking import wake_record
from contract.topics import POLL_WAKES
from process.kafka import KafkaSettings
from tests.waiting import until

PLACE = TopicPartition(POLL_WAKES.name, 0)
WAKE = SimpleNamespace(
    topic=PLACE.topic, partition=0, offset=4, key=b"zoom", value=wake_record("zoom", "w1", 1_000).value
)


class Group:
    """Kafka, and its consumers. The only member gets what there is, at its second turn."""

    def __init__(self) -> None:
        self.partitions: set[int] | None = {0}
        self.records: list[Any] = []
        self.errors: list[Exception] = []
        self.refused: list[Exception] = []
        self.committed: list[int] = []
        self.unanswered = 0
        """So many times Kafka does not say in time where the group stands."""

    def consumer(self, *, partition_assignment_strategy: list[Any], **_: Any) -> "Consumer":
        return Consumer(self, partition_assignment_strategy[0])


class Consumer:
    def __init__(self, group: Group, assignor: Any) -> None:
        self.group, self.assignor, self.at = group, assignor, 4
        self.turns = 0

    def subscribe(self, topics: list[str]) -> None:
        self.topics = topics

    def poll(self, _: int) -> dict[TopicPartition, list[Any]]:
        threading.Event().wait(0.01)
        if self.group.errors:
            raise self.group.errors.pop()
        self.turns += 1
        if self.turns < 2:
            return {}
        if self.turns == 2:
            member: Any = SimpleNamespace(member_id="a", metadata=self.assignor.metadata(self.topics))
            cluster = SimpleNamespace(partitions_for_topic=lambda _: self.group.partitions)
            self.assignor.on_assignment(self.assignor.assign(cluster, [member])["a"], 1)
        records, self.group.records = self.group.records, []
        self.at += len(records)
        return {PLACE: records} if records else {}

    def assignment(self) -> set[TopicPartition]:
        return {PLACE}

    def position(self, *_: Any) -> int | None:
        if self.group.unanswered:
            self.group.unanswered -= 1
            return None
        return self.at

    def commit(self, at: dict[TopicPartition, Any], _: int) -> None:
        if self.group.refused:
            raise self.group.refused.pop()
        self.group.committed.append(at[PLACE].offset)

    def close(self) -> None:
        pass


@pytest.fixture
def group(monkeypatch: pytest.MonkeyPatch) -> Group:
    there = Group()
    monkeypatch.setattr(leases, "KafkaConsumer", there.consumer)
    monkeypatch.setattr(leases, "_AGAIN_SECONDS", 0.01)
    monkeypatch.setattr(leases, "cause", lambda *_: "")
    return there


@pytest.fixture
def starts(group: Group) -> Iterator[Callable[[], Lease]]:
    made: list[Lease] = []

    def start() -> Lease:
        made.append(Lease(KafkaSettings(), "zoom", 10.0).__enter__())
        return made[-1]

    yield start
    for one in made:
        one.__exit__(None, None, None)


def test_a_bug_ends_no_poller_in_silence(group: Group, starts: Callable[[], Lease]) -> None:
    group.errors = [RuntimeError("a bug")]
    assert starts().wait(5.0)


def test_that_the_topic_is_missing_is_said_and_nobody_polls(group: Group, starts: Callable[[], Lease]) -> None:
    group.partitions = None
    one = starts()
    until(lambda: one.trouble, "it says why nobody polls", 5)
    assert "webinar.poll-wakes.v1 is missing" in one.trouble
    assert "funnel create-topics" in one.trouble
    assert not one.stands_by
    group.partitions = {0}
    assert one.wait(5.0)
    until(lambda: not one.trouble, "it is over", 5)


def test_wake_ups_that_came_with_the_takeover_are_not_done_before_they_are_stored(
    group: Group, starts: Callable[[], Lease]
) -> None:
    group.records = [WAKE]
    one = starts()
    until(lambda: group.committed, "it says that it polls", 5)
    assert group.committed == [4]
    assert one.take_wakes(10) == [("w1", 1_000)]
    one.wakes_kept()
    until(lambda: group.committed == [4, 5], "it is done", 5)


def test_where_the_group_stands_is_not_guessed(group: Group, starts: Callable[[], Lease]) -> None:
    """A commit at the beginning would give the next owner every wake-up of a week again."""
    group.unanswered = 3
    assert starts().wait(5.0)
    until(lambda: group.committed, "it shows who polls, once Kafka has said where it stands", 5)
    assert group.committed == [4]


def test_what_could_not_be_committed_is_committed_later(group: Group, starts: Callable[[], Lease]) -> None:
    group.refused = [CommitFailedError()]
    assert starts().wait(5.0)
    until(lambda: group.committed == [4], "it shows who polls", 5)
