"""A chunk in flight must not be committed past: the same barrier with our bookkeeping, and with Faust's as control."""

import pytest

from tests.streams.transport.cluster import Cluster, Worker, until
from tests.streams.transport.conftest import NewCluster

pytestmark = pytest.mark.kafka

HELD = 10
"""The record whose processing never ends."""


def _run_until_killed(cluster: Cluster, agents: str) -> dict[int, int]:
    """Lets a worker finish the records around HELD, waits for a commit, kills it; returns the committed offsets."""
    topic = cluster.topics[0]
    worker = cluster.worker("--agents", agents, "--hold", str(HELD))
    cluster.send(topic, 0, *[b"before"] * HELD)
    until(lambda: cluster.committed() == {(topic, 0): HELD}, "what came before is committed")
    cluster.send(topic, 0, b"held")
    until(lambda: any("held" in line for line in worker.lines()), "the record is held")
    cluster.send(topic, 0, *[b"after"] * 10)
    until(lambda: _offsets(worker, 0) == set(range(21)) - {HELD}, "what came after is finished")
    # Its commit shows that there was one after all of the above.
    cluster.send(topic, 1, b"witness")
    until(lambda: (topic, 1) in cluster.committed(), "another commit")
    worker.kill()
    cluster.expel_all()
    return {partition: offset for (_, partition), offset in cluster.committed().items()}


def _offsets(worker: Worker, partition: int) -> set[int]:
    chunks = [chunk for chunk in worker.chunks() if chunk["partition"] == partition]
    return {offset for chunk in chunks for offset in range(chunk["first"], chunk["last"] + 1)}


def test_a_chunk_in_flight_is_handed_out_again_after_a_crash(new_cluster: NewCluster) -> None:
    cluster = new_cluster(1, 2)
    assert _run_until_killed(cluster, "holding")[0] == HELD
    successor = cluster.worker("--agents", "holding")
    until(cluster.all_finished, "everything is finished")
    assert HELD in _offsets(successor, 0)


def test_control_faust_loses_the_event_in_flight(new_cluster: NewCluster) -> None:
    """If this fails, Faust commits correctly by itself (faust-streaming 606 is fixed): reconsider decision 0002."""
    cluster = new_cluster(1, 2)
    assert _run_until_killed(cluster, "stock-holding")[0] > HELD
    successor = cluster.worker("--agents", "stock-holding")
    cluster.send(cluster.topics[0], 0, b"last")
    until(lambda: 21 in _offsets(successor, 0), "the successor works")
    assert HELD not in _offsets(successor, 0)
