"""The lag of the workers on a real Kafka."""

from contextlib import closing

import pytest
from kafka import KafkaAdminClient, KafkaProducer, TopicPartition
from kafka.structs import OffsetAndMetadata

from contract.topics import ATTENDANCE, EVENT_TOPICS, WEBINARS
from streams.lag import LagError, behind, wait_until_caught_up
from streams.settings import Settings
from tests.servers.kafka import KafkaServer


@pytest.fixture
def config(kafka: KafkaServer) -> Settings:
    kafka.empty()
    return Settings(_env_file=None, kafka_bootstrap=kafka.bootstrap)


def commit(bootstrap: str, group: str, offsets: dict[tuple[str, int], int]) -> None:
    with closing(KafkaAdminClient(bootstrap_servers=bootstrap)) as admin:
        admin.alter_group_offsets(
            group, {TopicPartition(*place): OffsetAndMetadata(offset, "", -1) for place, offset in offsets.items()}
        )


@pytest.mark.kafka
def test_waits_until_what_was_published_is_committed(config: Settings) -> None:
    with pytest.raises(LagError, match=r"webinar\.webinars\.v1 does not exist"):
        wait_until_caught_up(config, 1, print)
    with closing(KafkaAdminClient(bootstrap_servers=config.kafka_bootstrap)) as admin:
        admin.create_topics({topic.name: {"num_partitions": 2, "replication_factor": 1} for topic in EVENT_TOPICS})
    wait_until_caught_up(config, 10, print)  # empty topics need no commit

    producer = KafkaProducer(bootstrap_servers=config.kafka_bootstrap)
    for partition in (0, 1, 1):
        producer.send(ATTENDANCE.name, value=b"{}", partition=partition).get(30)
    producer.close()
    with pytest.raises(LagError, match=r"3 records behind, 2 of them on webinar\.attendance\.v1 partition 1"):
        wait_until_caught_up(config, 0, print)

    commit(config.kafka_bootstrap, config.consumer_group, {(ATTENDANCE.name, 0): 1, (ATTENDANCE.name, 1): 1})
    said: list[str] = []

    def catch_up(progress: str) -> None:
        said.append(progress)
        commit(config.kafka_bootstrap, config.consumer_group, {(ATTENDANCE.name, 1): 2})

    wait_until_caught_up(config, 30, catch_up)
    assert said == ["waiting for the workers: 1 records behind"]


def test_a_partition_without_commits_is_behind_by_all_it_holds_and_an_empty_one_by_nothing() -> None:
    ends = {(WEBINARS.name, 0): 5, (WEBINARS.name, 1): 0, (WEBINARS.name, 2): 7, (WEBINARS.name, 3): 4}
    committed = {(WEBINARS.name, 2): 7, (WEBINARS.name, 3): -1}
    assert behind(ends, committed).by_partition == {(WEBINARS.name, 0): 5, (WEBINARS.name, 3): 4}


def test_an_absent_kafka_is_said_in_one_line() -> None:
    config = Settings(_env_file=None, kafka_bootstrap="127.0.0.1:1")
    with pytest.raises(LagError, match=r"127\.0\.0\.1:1 does not answer"):
        wait_until_caught_up(config, 1, print)
