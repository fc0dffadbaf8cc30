"""How many brokers a data folder has, and the settings and nodes of a cluster."""

from pathlib import Path
from typing import Any

import pytest

from funnel.stack.errors import StackError
from funnel.stack.kafka.brokers import brokers_of, folders, for_brokers, is_broker, nodes
from funnel.stack.kafka.node import _properties
from funnel.stack.plan import stack_plan
from streams.settings import Settings


def config(folder: Path, **said: Any) -> Settings:
    return Settings(_env_file=None, data_dir=folder, **said)


def test_only_brokers_are_brokers() -> None:
    assert [is_broker(name) for name in ("kafka", "kafka-1", "kafka-12")] == [True] * 3
    assert [is_broker(name) for name in ("kafka-x", "kafka1", "worker-1", "kafka-1.log")] == [False] * 4


def test_a_folder_keeps_its_number_of_brokers(tmp_path: Path) -> None:
    assert brokers_of(tmp_path, None) == 1
    assert brokers_of(tmp_path, 3) == 3
    for number in (10, 2, 1):
        (tmp_path / f"kafka-{number}").mkdir()
    assert [one.name for one in folders(tmp_path)] == ["kafka-1", "kafka-2", "kafka-10"]
    assert brokers_of(tmp_path, None) == 1, "nothing is in them yet"


@pytest.mark.parametrize(
    "made", [("kafka-1",), ("kafka-2",), ("kafka-3", "kafka-1"), ("kafka-1", "kafka-2", "kafka-3")]
)
def test_a_first_start_that_was_cut_off_goes_on_with_as_many(tmp_path: Path, made: tuple[str, ...]) -> None:
    """Wherever it ended: each node writes how many there are before it has anything else."""
    for name, node in nodes(for_brokers(config(tmp_path), 3), 3).items():
        if name in made:
            node.folder.mkdir()
            (node.folder / "server.properties").write_text(_properties(node, {}))
    (tmp_path / "kafka-2").mkdir(exist_ok=True)
    assert brokers_of(tmp_path, None) == brokers_of(tmp_path, 3) == 3
    with pytest.raises(StackError, match="holds a Kafka of 3 brokers, and --brokers says 1: leave it out"):
        brokers_of(tmp_path, 1)
    with pytest.raises(StackError, match="no majority"):
        brokers_of(tmp_path, 2)


def test_with_one_broker_nothing_changes(tmp_path: Path) -> None:
    settings = config(tmp_path)
    assert for_brokers(settings, 1) is settings
    (node,) = nodes(settings, 1).values()
    assert (node.folder, node.port, node.voters) == (tmp_path / "kafka", 9092, ())
    said = _properties(node, {})
    assert "offsets.topic.replication.factor=1\n" in said
    assert "controller.quorum.election.timeout.ms=200" in said


def test_three_brokers_agree_and_keep_three_copies(tmp_path: Path) -> None:
    settings = for_brokers(config(tmp_path), 3)
    assert settings.kafka_bootstrap == "127.0.0.1:9092,127.0.0.1:9093,127.0.0.1:9094"
    assert (settings.replication_factor, settings.min_insync_replicas) == (3, 2)
    made = nodes(settings, 3)
    assert list(made) == ["kafka-1", "kafka-2", "kafka-3"]
    assert len({node.voters for node in made.values()}) == len({node.cluster_id for node in made.values()}) == 1
    said = [_properties(node, {}) for node in made.values()]
    assert len({one[one.index("controller.quorum.voters") :].split("\n")[0] for one in said}) == 1
    assert all("transaction.state.log.min.isr=2\n" in one for one in said)
    plan = stack_plan(settings, workers=1, brokers=3)
    assert [child.name for child in plan.children][:4] == [*made, "clickhouse"]
    topics = next(child for child in plan.children if child.name == "topics")
    assert set(topics.needs) == {*made, "clickhouse"}


def test_what_is_said_of_copies_holds(tmp_path: Path) -> None:
    settings = for_brokers(config(tmp_path, replication_factor=2, min_insync_replicas=1), 3)
    assert (settings.replication_factor, settings.min_insync_replicas) == (2, 1)


def test_a_node_whose_data_is_gone_joins_the_cluster_that_there_is(tmp_path: Path) -> None:
    said = tmp_path / "kafka-2" / "data" / "meta.properties"
    said.parent.mkdir(parents=True)
    said.write_text("version=1\ncluster.id=of-them-all\nnode.id=2\n")
    assert {node.cluster_id for node in nodes(for_brokers(config(tmp_path), 3), 3).values()} == {"of-them-all"}


def test_a_login_is_not_for_a_kafka_on_loopback(tmp_path: Path) -> None:
    with pytest.raises(StackError, match="SSL, but funnel up runs a Kafka without TLS"):
        for_brokers(config(tmp_path, kafka_security_protocol="SSL"), 1)
