import subprocess
import sys
from collections.abc import Iterator

import pytest
from kafka import KafkaAdminClient
from kafka.admin import ConfigResource

from clickhouse.client import connect
from contract.topics import ALL_TOPICS, ATTENDANCE, IDENTITIES, POLL_CURSORS, POLL_WAKES, PROBES
from funnel.stack.ports import free_port
from streams.create_topics import TopicsError, create_topics, ensure_topics
from streams.settings import Settings
from tests.contract_events import hour_long, stay
from tests.rows import put
from tests.servers.clickhouse import PASSWORDS
from tests.servers.kafka import KafkaServer
from tests.waiting import until

pytestmark = pytest.mark.kafka
NAMES = [topic.name for topic in ALL_TOPICS]


@pytest.fixture
def admin(kafka: KafkaServer) -> Iterator[KafkaAdminClient]:
    kafka.empty()
    client = KafkaAdminClient(bootstrap_servers=kafka.bootstrap)
    yield client
    client.close()


@pytest.fixture
def config(kafka: KafkaServer) -> Settings:
    return Settings(kafka_bootstrap=kafka.bootstrap, partitions=3)


def test_makes_every_topic_with_fixed_partitions_kept_for_ever(admin: KafkaAdminClient, config: Settings) -> None:
    assert create_topics(config) == NAMES

    partitions = {topic["name"]: len(topic["partitions"]) for topic in admin.describe_topics(NAMES)}
    assert partitions == dict.fromkeys(NAMES, 3)
    for topic in ALL_TOPICS:
        name = topic.name
        expected = {
            "cleanup.policy": "compact" if topic is POLL_CURSORS else "delete",
            "retention.ms": {PROBES: "3600000", POLL_WAKES: "604800000"}.get(topic, "-1"),
            "retention.bytes": "-1",
            "max.message.bytes": "4194304",
        }
        assert stated(admin, name).items() >= expected.items()


def test_leaves_existing_topics_alone_and_makes_the_missing_ones(admin: KafkaAdminClient, config: Settings) -> None:
    first = {"num_partitions": 3, "replication_factor": 1, "configs": {"retention.ms": "1000"}}
    admin.create_topics({NAMES[1]: first}, wait_for_metadata=True)

    assert create_topics(config) == [name for name in NAMES if name != NAMES[1]]
    assert create_topics(config) == []

    assert stated(admin, NAMES[1])["retention.ms"] == "1000"


def test_a_retention_of_the_settings_holds_for_every_topic_those_that_are_there_too(
    admin: KafkaAdminClient, config: Settings
) -> None:
    create_topics(config)
    kept = config.model_copy(update={"kafka_retention_days": 30})

    assert create_topics(kept) == []

    said = {name: stated(admin, name) for name in NAMES}
    assert said.pop(PROBES.name)["retention.ms"] == "3600000", "probe events are of no use after a moment"
    assert said.pop(POLL_WAKES.name)["retention.ms"] == "604800000", "a wake-up of last week was read since"
    assert {one["retention.ms"] for one in said.values()} == {"2592000000"}
    assert {one["max.message.bytes"] for one in said.values()} == {"4194304"}


def test_another_number_of_partitions_is_an_error_and_nothing_is_made(
    admin: KafkaAdminClient, config: Settings
) -> None:
    admin.create_topics({NAMES[-1]: {"num_partitions": 2, "replication_factor": 1}}, wait_for_metadata=True)

    with pytest.raises(TopicsError, match=r"has 2 partitions, the settings say 3.*FUNNEL_PARTITIONS=2"):
        create_topics(config)

    assert [name for name in admin.list_topics() if not name.startswith("__")] == [NAMES[-1]]


def _gone(admin: KafkaAdminClient, *names: str) -> None:
    """Kafka answers before a topic is gone."""
    until(lambda: not {*names} & {*admin.list_topics()}, f"{names} are gone")


def test_topics_that_kafka_has_lost_are_made_in_a_new_epoch_only(admin: KafkaAdminClient, own_config: Settings) -> None:
    config = own_config.model_copy(update={"kafka_bootstrap": admin.config["bootstrap_servers"], "partitions": 3})
    assert ensure_topics(config) == NAMES
    client = connect(config, user="writer")
    put(client, config, [*hour_long("zoom:1"), *stay(1, 0, 40, "zoom:1")])
    admin.delete_topics([ATTENDANCE.name, IDENTITIES.name])
    _gone(admin, ATTENDANCE.name, IDENTITIES.name)

    with pytest.raises(TopicsError, match=rf"does not have the topic {ATTENDANCE.name}, .* set FUNNEL_EPOCH=1 in .env"):
        ensure_topics(config)
    assert ATTENDANCE.name not in admin.list_topics()

    gone = config.model_copy(update={"clickhouse_port": free_port()})
    with pytest.raises(TopicsError, match=r"is missing, .* for ClickHouse to say: ClickHouse does not answer"):
        ensure_topics(gone)

    assert ensure_topics(config.model_copy(update={"epoch": 1})) == [ATTENDANCE.name, IDENTITIES.name]
    admin.delete_topics([IDENTITIES.name])
    _gone(admin, IDENTITIES.name)
    # As on an upgrade: no record came from there.
    assert ensure_topics(config) == [IDENTITIES.name]


def test_a_refusal_of_kafka_is_one_line(admin: KafkaAdminClient, config: Settings) -> None:
    with pytest.raises(TopicsError, match="did not create the topics") as caught:
        create_topics(config.model_copy(update={"replication_factor": 3}))
    assert "\n" not in str(caught.value)


def test_the_command_says_what_it_has_made(admin: KafkaAdminClient, config: Settings, own_config: Settings) -> None:
    environment = {
        "FUNNEL_KAFKA_BOOTSTRAP": config.kafka_bootstrap,
        "FUNNEL_PARTITIONS": "3",
        "FUNNEL_CLICKHOUSE_PORT": str(own_config.clickhouse_port),
        "FUNNEL_CLICKHOUSE_DATABASE": own_config.clickhouse_database,
        **PASSWORDS,
    }
    command = [sys.executable, "-m", "streams.create_topics"]
    first = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert first.stdout == f"created in epoch 0: {', '.join(NAMES)}\n"
    again = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert again.stdout == "all topics are there\n"


def stated(admin: KafkaAdminClient, topic: str) -> dict[str, str]:
    """The configuration that stands with the topic itself."""
    answer = admin.describe_configs([ConfigResource("topic", topic)], config_filter="all")
    values = answer["topic"][topic]
    return {name: value["value"] for name, value in values.items() if value["config_source"] == "DYNAMIC_TOPIC_CONFIG"}
