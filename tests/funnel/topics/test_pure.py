"""Where copies go, and which numbers of partitions are possible."""

from typing import Any

import pytest
from kafka import TopicPartition

from contract.topics import ALL_TOPICS
from funnel.topics.copies import more_copies, spread
from funnel.topics.listing import Listed, as_table, kept
from funnel.topics.raising import RaisingError, refuse

EIGHT = {topic.name: 8 for topic in ALL_TOPICS}


def test_copies_go_to_brokers_that_have_none_and_the_leader_stays() -> None:
    held = {("t", number): [1] for number in range(6)} | {("u", 0): [3, 1, 2]}
    changed = spread(held, [1, 2, 3], 2)
    assert changed.keys() == {("t", number) for number in range(6)}
    assert all(copies[0] == 1 and len(set(copies)) == 2 for copies in changed.values())
    assert {copies[1] for copies in changed.values()} == {2, 3}
    assert spread(held, [1, 2, 3], 1) == {}


@pytest.mark.parametrize(
    ("wanted", "line"),
    [
        (4, "have 8 partitions, and none can be taken away"),
        (8, "have 8 partitions already, and the settings say so"),
        (2000, "at most 1024"),
    ],
)
def test_what_cannot_be_raised_is_refused(wanted: int, line: str) -> None:
    with pytest.raises(RaisingError, match=line):
        refuse(EIGHT, wanted, 8)


def test_one_that_was_interrupted_goes_on() -> None:
    refuse(EIGHT | {ALL_TOPICS[0].name: 16}, 16, 8)
    refuse(EIGHT, 16, 8)
    refuse(dict.fromkeys(EIGHT, 16), 16, 8)


def test_missing_topics_are_made_first() -> None:
    with pytest.raises(RaisingError, match="funnel create-topics"):
        refuse({ALL_TOPICS[0].name: 8}, 16, 8)


def test_the_table_says_for_how_long_records_are_kept() -> None:
    assert [kept(one) for one in (-1, 86_400_000 * 30, 3_600_000)] == ["forever", "30 days", "1 h"]
    assert as_table([Listed("t", 8, 3, 2, 2, 5_000_000, -1, 10, 0)]).row_count == 1


class Brokers:
    """Three, of which the first has the only copy of everything."""

    def __init__(self, topics: list[str]) -> None:
        self.topics = topics
        self.asked: set[str] = set()

    def describe_cluster(self) -> dict[str, Any]:
        return {"brokers": [{"broker_id": number} for number in (1, 2, 3)]}

    def list_topics(self) -> list[str]:
        return self.topics

    def describe_topics(self, names: list[str]) -> list[dict[str, Any]]:
        part = {"partition_index": 0, "replica_nodes": [1]}
        return [{"name": name, "error_code": 0, "partitions": [part]} for name in names]

    def alter_partition_reassignments(self, asked: dict[TopicPartition, list[int]]) -> dict[TopicPartition, None]:
        self.asked = {place.topic for place, copies in asked.items() if len(copies) == 3}
        return dict.fromkeys(asked)

    def list_partition_reassignments(self) -> list[Any]:
        return []


def test_what_workers_and_polls_need_of_kafka_gets_copies_too() -> None:
    needed = [*EIGHT, "__consumer_offsets", "__transaction_state"]
    brokers: Any = Brokers([*needed, "another"])
    assert more_copies(brokers, 3, 1.0, lambda _: None) == len(needed)
    assert brokers.asked == set(needed)
