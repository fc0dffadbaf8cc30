import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import psutil
import pytest
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.errors import KafkaError, MessageSizeTooLargeError

from funnel.stack.errors import StackError
from funnel.stack.kafka.folder import METADATA
from funnel.stack.kafka.node import Node, node_command
from tests.servers.kafka import KafkaServer, local_kafka
from tests.servers.small_disk import fill, small_disk

HERE = TopicPartition("numbers", 0)


@pytest.mark.kafka
def test_records_outlive_a_kill_and_a_stop(tmp_path: Path) -> None:
    with local_kafka(tmp_path) as kafka:
        admin = KafkaAdminClient(bootstrap_servers=kafka.bootstrap)
        admin.create_topics({"numbers": {"num_partitions": 1, "replication_factor": 1}}, wait_for_metadata=True)
        admin.close()
        produce(kafka, b"1")
        kafka.kill()
        kafka.start()
        produce(kafka, b"2")
        kafka.stop()
        kafka.start()
        assert consume(kafka) == [b"1", b"2"]
        assert listens_on(kafka.pid) == {"127.0.0.1"}
        kafka.stop()
        _assert_refused_when_forgotten(tmp_path)


def _assert_refused_when_forgotten(folder: Path) -> None:
    """The folder of a node that was stopped: whatever Kafka would lose its topics by."""
    data = folder / "data"
    for segment in (data / METADATA).glob("*.log"):
        segment.write_bytes(b"")
    with pytest.raises(StackError, match=r"holds 1 partitions, but its metadata log is empty.*FUNNEL_EPOCH by one"):
        node_command(Node(folder, 1))
    # Kafka has set it aside, and the log is gone altogether.
    (data / "numbers-0").rename(data / "numbers-0.0123456789abcdef0123456789abcdef-stray")
    (data / METADATA).rename(folder / "elsewhere")
    with pytest.raises(StackError, match="holds 1 partitions, but its metadata log is empty"):
        node_command(Node(folder, 1))
    (data / "meta.properties").unlink()
    with pytest.raises(StackError, match=r"holds 1 partitions, but its meta.properties is gone"):
        node_command(Node(folder, 1))


@pytest.mark.kafka
def test_a_group_goes_on_where_it_was_and_limits_hold(kafka: KafkaServer) -> None:
    kafka.empty()
    with closing(KafkaAdminClient(bootstrap_servers=kafka.bootstrap)) as admin:
        admin.create_topics({"numbers": {"num_partitions": 1, "replication_factor": 1}}, wait_for_metadata=True)
        produce(kafka, b"1")
        assert consume(kafka, group="readers") == [b"1"]
        produce(kafka, b"2")
        assert consume(kafka, group="readers") == [b"2"]

        producer = KafkaProducer(bootstrap_servers=kafka.bootstrap, max_request_size=20_000_000, max_block_ms=2_000)
        with closing(producer):
            with pytest.raises(MessageSizeTooLargeError):
                producer.send("numbers", b"x" * 10_000_000).get(10)
            with pytest.raises(KafkaError):
                producer.send("misspelt", b"1").get(5)
        assert "misspelt" not in admin.list_topics()


def test_a_full_disk_is_one_line(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", megabytes=1) as disk:
        fill(disk / "ballast")
        with pytest.raises(StackError, match=r"Kafka cannot write its folder .*: No space left on device"):
            node_command(Node(disk, 1))


def test_the_command_line_says_a_failure_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    command = [sys.executable, "-m", "funnel.stack.kafka", "--data", str(tmp_path / "file" / "data"), "--port", "1"]
    run = subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ)
    assert run.returncode == 1
    assert run.stderr == f"Kafka cannot write its folder {tmp_path}/file/data: Not a directory\n"


def produce(kafka: KafkaServer, value: bytes) -> None:
    producer = KafkaProducer(bootstrap_servers=kafka.bootstrap)
    producer.send("numbers", value, partition=0).get(30)
    producer.close()


def consume(kafka: KafkaServer, group: str | None = None) -> list[bytes]:
    """All values from where the group is (no group: from the beginning) to the end."""
    consumer = KafkaConsumer(bootstrap_servers=kafka.bootstrap, group_id=group, auto_offset_reset="earliest")
    consumer.assign([HERE])
    end = consumer.end_offsets([HERE])[HERE]
    values = []
    while consumer.position(HERE) < end:
        values += [record.value for record in consumer.poll(1_000).get(HERE, [])]
    if group:
        consumer.commit()
    consumer.close()
    return values


def listens_on(pid: int) -> set[str]:
    """The addresses on which a process listens, without the prefix of IPv4 addresses in IPv6 sockets."""
    connections = psutil.Process(pid).net_connections(kind="tcp")
    return {c.laddr.ip.removeprefix("::ffff:") for c in connections if c.status == psutil.CONN_LISTEN and c.laddr}
