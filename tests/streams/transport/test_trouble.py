"""Agents that are slow, fail or hang, and a broker that goes away."""

import statistics
import subprocess
from pathlib import Path

import pytest

from tests.servers.kafka import KafkaServer
from tests.streams.transport.cluster import Worker
from tests.streams.transport.conftest import NewCluster
from tests.waiting import until

pytestmark = [pytest.mark.kafka, pytest.mark.system]


def _exit_status(worker: Worker) -> int:
    return worker.process.wait(timeout=20)


def test_a_slow_agent_keeps_its_partitions_and_few_chunks_in_memory(new_cluster: NewCluster) -> None:
    cluster = new_cluster(1, 1)
    cluster.send(cluster.topics[0], 0, *[b"x"] * 20_000)
    # 20 chunks of 0.4 s take longer than the session timeout of 6 s.
    worker = cluster.worker("--work", "0.4")
    until(cluster.all_finished, "everything is finished")
    assert len([line for line in worker.lines() if "assigned" in line]) == 1
    assert max(chunk["unfinished"] for chunk in worker.chunks()) <= 8 + 2


def test_a_lone_record_arrives_at_once(new_cluster: NewCluster) -> None:
    cluster = new_cluster(4, 8)
    worker = cluster.worker()
    until(worker.assigned, "the worker joins")
    for number in range(20):
        cluster.send(cluster.topics[number % 4], number % 8, b"x")
        until(cluster.all_finished, "the record is finished")
    # The first came while the worker started; the median forgives a busy machine.
    assert statistics.median(chunk["behind"] for chunk in worker.chunks()) <= 50


def test_a_worker_whose_agent_fails_or_hangs_ends(new_cluster: NewCluster, tmp_path: Path) -> None:
    failing, hanging = new_cluster(1, 1), new_cluster(1, 1)
    stuck = hanging.worker("--agents", "holding", "--hold", "0", "--stall-seconds", "3")
    hanging.send(hanging.topics[0], 0, b"held")
    (gate := tmp_path / "gate").touch()
    # No commit but the last one, and that on a machine that is busy: the consumer's thread hears of the crash first.
    worker = failing.worker("--gate", str(gate), "--slow-end", "2")
    failing.send(failing.topics[0], 0, b"good", b"good")
    until(failing.all_finished, "the good records are finished")
    failing.send(failing.topics[0], 0, b"poison")

    assert _exit_status(worker) == 1
    assert failing.committed() == {(failing.topics[0], 0): 2}, "what was finished is not committed"
    assert "An agent failed, so the worker ends: ValueError('poison')" in worker.log()
    assert _exit_status(stuck) == 1
    assert "no progress for 3 s" in stuck.log()


def test_a_worker_with_nothing_to_do_goes_on(new_cluster: NewCluster) -> None:
    cluster = new_cluster(1, 1)
    cluster.send(cluster.topics[0], 0, b"x")
    worker = cluster.worker("--stall-seconds", "2")
    until(cluster.all_finished, "the record is finished")
    with pytest.raises(subprocess.TimeoutExpired):
        worker.process.wait(timeout=4)


@pytest.mark.soak
def test_a_worker_ends_when_the_broker_stays_away(kafka: KafkaServer, new_cluster: NewCluster) -> None:
    cluster = new_cluster(1, 1)
    cluster.send(cluster.topics[0], 0, b"x")
    worker = cluster.worker("--stall-seconds", "5")
    until(cluster.all_finished, "the record is finished")
    kafka.kill()
    try:
        assert _exit_status(worker) == 1
    finally:
        kafka.start()


@pytest.mark.soak
@pytest.mark.parametrize("seconds", [0, 30])
def test_a_worker_outlives_a_crash_of_the_broker(kafka: KafkaServer, new_cluster: NewCluster, seconds: float) -> None:
    cluster = new_cluster(2, 2)
    worker = cluster.worker("--work", "0.01")
    for topic in cluster.topics:
        cluster.send(topic, 0, *[b"before"] * 50_000)
    until(worker.chunks, "the worker works")
    kafka.kill()
    with pytest.raises(subprocess.TimeoutExpired):
        worker.process.wait(timeout=seconds)
    kafka.start()
    for topic in cluster.topics:
        cluster.send(topic, 1, *[b"after"] * 100)
    until(cluster.all_finished, "everything is finished")
    until(lambda: cluster.committed() == dict(cluster.sent), "everything is committed")
    cluster.assert_not_ahead()
    assert worker.process.poll() is None
