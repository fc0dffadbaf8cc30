"""Workers join, crash and leave while records arrive: none may be lost, and no commit may be ahead of the work.

Faust 0.15.3 loses records here (streams/transport/consumer.py says where): among others those that were fetched during
a rebalance from partitions with no committed offset, which is why these tests bring records before the first commit.
"""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.streams.transport.cluster import Cluster
from tests.streams.transport.conftest import NewCluster
from tests.waiting import until

pytestmark = [pytest.mark.kafka, pytest.mark.system]

SOAK_ROUNDS = 10


def _join_crash_leave(cluster: Cluster, rate: float) -> None:
    """One round: three workers; one is killed and one leaves while the others join and records arrive."""
    for topic in cluster.topics:
        for partition in range(cluster.partitions):
            cluster.send(topic, partition, *[b"early"] * 500)
    with cluster.feed(rate):
        first = cluster.worker()
        until(first.chunks, "the first worker works")
        second = cluster.worker()
        until(lambda: cluster.shared_by(first, second), "two workers share the partitions")
        until(second.chunks, "the second worker works")
        third = cluster.worker()
        first.kill()
        until(lambda: cluster.shared_by(second, third), "the third replaces the first")
        cluster.assert_not_ahead()
        fourth = cluster.worker()
        until(lambda: cluster.shared_by(second, third, fourth), "a fourth joins")
        until(fourth.chunks, "the fourth worker works")
        assert second.stop() < 5
        until(lambda: cluster.shared_by(third, fourth), "the second has left")
        cluster.assert_not_ahead()
    until(cluster.all_finished, "everything is finished")
    until(lambda: cluster.committed() == dict(cluster.sent), "everything is committed")
    assert not any(worker.process.poll() for worker in (second, third, fourth))


def _join_in_the_middle_of_the_first_fetch(cluster: Cluster) -> None:
    for partition in range(cluster.partitions):
        cluster.send(cluster.topics[0], partition, *[b"early"] * 5_000)
    gate = cluster.folder / "gate"
    first = cluster.worker("--gate", str(gate))
    until(first.chunks, "the first worker has finished a chunk")
    second = cluster.worker("--gate", str(gate))
    until(second.assigned, "the second worker joins")
    gate.touch()
    until(cluster.all_finished, "everything is finished")
    assert cluster.shared_by(first, second)


def test_nothing_is_lost_when_workers_join_crash_and_leave(new_cluster: NewCluster) -> None:
    with ThreadPoolExecutor() as threads:  # Each is mostly waiting.
        rounds = [
            threads.submit(_join_crash_leave, new_cluster(2, 4), 1_000),
            threads.submit(_join_in_the_middle_of_the_first_fetch, new_cluster(1, 4)),
        ]
    for finished in rounds:
        finished.result()


@pytest.mark.soak
@pytest.mark.parametrize("number", range(SOAK_ROUNDS))
def test_soak(new_cluster: NewCluster, number: int) -> None:
    _join_crash_leave(new_cluster(4, 8), rate=4_000)
