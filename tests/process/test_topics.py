from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from kafka import KafkaAdminClient
from kafka.admin import ConfigResource, ConfigResourceType
from kafka.errors import (
    InvalidConfigurationError,
    KafkaError,
    TopicAuthorizationFailedError,
    UnknownTopicOrPartitionError,
)

from process.topics import change_topics, described
from tests.servers.kafka import KafkaServer
from tests.waiting import until

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
    until(lambda: own(admin) == {"retention.ms": "7000000", "segment.ms": "5000000"}, "the broker says so")
    change_topics(admin, {NAME: {"segment.ms": None}})
    until(lambda: own(admin) == {"retention.ms": "7000000"}, "the broker says so")


def test_what_a_broker_refuses_is_an_error_that_names_the_topic(admin: KafkaAdminClient) -> None:
    with pytest.raises(InvalidConfigurationError, match=NAME):
        change_topics(admin, {NAME: {"retention.ms": "a week"}, OTHER: {"retention.ms": "7000000"}})
    until(lambda: own(admin) == {"segment.ms": "5000000"}, "the broker says so")
    until(lambda: own(admin, OTHER)["retention.ms"] == "7000000", "the broker says so")


def test_a_topic_that_a_broker_does_not_know_is_an_error(admin: KafkaAdminClient) -> None:
    with pytest.raises(UnknownTopicOrPartitionError, match="unheard"):
        change_topics(admin, {"unheard": {"retention.ms": "7000000"}})


def a_broker_that_says(*answers: dict[str, Any]) -> Any:
    """What it describes at each request; the last answer again and again."""
    left = list(answers)

    def describe_topics(names: list[str]) -> list[dict[str, Any]]:
        said = left.pop(0) if len(left) > 1 else left[0]
        return [{"name": name, "error_code": 0, "partitions": [{}]} | said for name in names]

    return SimpleNamespace(list_topics=lambda: [NAME, "another's"], describe_topics=describe_topics)


UNHEARD: dict[str, Any] = {"error_code": 3, "partitions": []}
EMPTY: dict[str, Any] = {"partitions": []}


def test_a_broker_that_has_not_heard_of_the_partitions_yet_is_asked_again() -> None:
    (topic,) = described(a_broker_that_says(UNHEARD, EMPTY, {}), [NAME, "none"])
    assert (topic["name"], len(topic["partitions"])) == (NAME, 1)


@pytest.mark.parametrize("said", [UNHEARD, EMPTY])
def test_a_topic_without_partitions_is_an_error_and_not_an_empty_one(said: dict[str, Any]) -> None:
    with pytest.raises(KafkaError, match=f"which partitions {NAME} has"):
        described(a_broker_that_says(said), [NAME], wait_seconds=0)


def test_a_topic_that_may_not_be_described_is_an_error_at_once() -> None:
    with pytest.raises(TopicAuthorizationFailedError):
        described(a_broker_that_says({"error_code": 29, "partitions": []}), [NAME], wait_seconds=1000)


def test_no_topic_at_all_is_no_question(admin: KafkaAdminClient) -> None:
    assert described(admin, ["none"]) == []
    assert [one["name"] for one in described(admin, [OTHER, NAME])] == [NAME, OTHER]
