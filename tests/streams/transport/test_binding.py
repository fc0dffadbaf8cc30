"""The settings and the assignor, without a broker."""

import faust
import pytest
from aiokafka.coordinator.protocol import ConsumerProtocol

from contract.topics import ATTENDANCE, EVENT_TOPICS, PARTITIONS
from streams.settings import Settings
from streams.transport import app_options, chunk_topic
from streams.transport.binding import QUEUED_CHUNKS, Assignor

SETTINGS = Settings(_env_file=None, kafka_bootstrap="one:9092,two:9092", consumer_group="group")
TOPICS = {topic.name for topic in EVENT_TOPICS}


class _Metadata:
    """What the assignor asks of the cluster."""

    def partitions_for_topic(self, topic: str) -> set[int]:
        return set(range(PARTITIONS))


def _shares(members: dict[str, Assignor]) -> dict[str, dict[str, list[int]]]:
    """A rebalance: by member and topic its partitions."""
    leader = next(iter(members.values()))
    metadata = {member: assignor.metadata(TOPICS) for member, assignor in members.items()}
    shares = {}
    for member, assignment in leader.assign(_Metadata(), metadata).items():
        received = ConsumerProtocol.ASSIGNMENT.decode(assignment.encode())
        members[member].on_assignment(received)
        shares[member] = {topic: sorted(partitions) for topic, partitions in received.assignment}
    return shares


def _member(number: int) -> Assignor:
    return Assignor(faust.App(**app_options(SETTINGS) | {"id": f"member-{number}"}))


def test_every_host_is_given_to_both_transports() -> None:
    app = faust.App(**app_options(SETTINGS))
    assert [str(url) for url in app.conf.broker_consumer] == ["chunk://one:9092", "chunk://two:9092"]
    assert [str(url) for url in app.conf.broker_producer] == ["kafka://one:9092", "kafka://two:9092"]


def test_a_topic_of_chunks_takes_few_of_them_into_its_queue() -> None:
    app = faust.App(**app_options(SETTINGS))
    topic = chunk_topic(app, ATTENDANCE)
    assert list(topic.topics) == [ATTENDANCE.name]
    assert topic.queue.maxsize == QUEUED_CHUNKS


@pytest.mark.parametrize("workers", range(1, PARTITIONS + 2))
def test_workers_have_even_shares_and_the_same_partitions_of_all_topics(workers: int) -> None:
    shares = _shares({str(number): _member(number) for number in range(workers)})
    owners: dict[int, str] = {}
    for member, share in shares.items():
        assert len({tuple(partitions) for partitions in share.values()}) <= 1
        assert not share or set(share) == TOPICS
        owners |= {partition: member for partitions in share.values() for partition in partitions}
    assert sorted(owners) == list(range(PARTITIONS))
    sizes = [len(next(iter(share.values()), [])) for share in shares.values()]
    assert max(sizes) - min(sizes) <= 1


def test_who_stays_keeps_most_of_what_it_has_when_another_joins_or_leaves() -> None:
    members = {str(number): _member(number) for number in range(2)}
    two = _shares(members)
    members["2"] = _member(2)
    three = _shares(members)
    del members["2"]
    again = _shares(members)
    for member, share in two.items():
        held, kept = set(share[ATTENDANCE.name]), set(three[member][ATTENDANCE.name])
        assert len(held & kept) >= PARTITIONS // 3
        assert kept <= set(again[member][ATTENDANCE.name])
