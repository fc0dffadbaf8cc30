from collections.abc import Iterator

import pytest
from kafka import KafkaAdminClient
from kafka.admin import ConfigResource, ConfigResourceType
from kafka.errors import InvalidConfigurationError, UnknownTopicOrPartitionError

from process.topic_settings import change_topics
from tests.servers.kafka import KafkaServer

pytestmark = pytest.mark.kafka
NAME, OTHER = "changed", "other"


@pytest.fixture
def admin(kafka: KafkaServer) -> Iterator[KafkaAdminClient]:
    kafka.empty()
    client = KafkaAdminClient(bootstrap_servers=kafka.bootstrap)
    options = {"num_partitions": 1, "replication_factor": 1, "configs": {"segment.ms": "5000000"}}
    client.create_topics({NAME: options, OTHER: options}, wait_for_metadata=True)
    yield client
    client.close()


def own(admin: KafkaAdminClient, name: str = NAME) -> dict[str, str]:
    found = admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, name)])["topic"][name]
    return {key: one["value"] for key, one in found.items() if one["config_source"] == "DYNAMIC_TOPIC_CONFIG"}


def test_what_is_named_changes_and_the_rest_stays(admin: KafkaAdminClient) -> None:
    change_topics(admin, {NAME: {"retention.ms": "7000000"}})
    assert own(admin) == {"retention.ms": "7000000", "segment.ms": "5000000"}
    change_topics(admin, {NAME: {"segment.ms": None}})
    assert own(admin) == {"retention.ms": "7000000"}


def test_what_a_broker_refuses_is_an_error_that_names_the_topic(admin: KafkaAdminClient) -> None:
    with pytest.raises(InvalidConfigurationError, match=NAME):
        change_topics(admin, {NAME: {"retention.ms": "a week"}, OTHER: {"retention.ms": "7000000"}})
    assert own(admin) == {"segment.ms": "5000000"}
    assert own(admin, OTHER)["retention.ms"] == "7000000"


def test_a_topic_that_a_broker_does_not_know_is_an_error(admin: KafkaAdminClient) -> None:
    with pytest.raises(UnknownTopicOrPartitionError, match="unheard"):
        change_topics(admin, {"unheard": {"retention.ms": "7000000"}})
