"""The doctor on real servers: nothing while all is well, and each fault that is done to them."""

import json
import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from clickhouse_connect.driver.client import Client
from kafka import KafkaProducer, TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType
from kafka.structs import OffsetAndMetadata

from contract.instants import DAY, HOUR, MINUTE
from contract.topics import ATTENDANCE, CONVERSION_ALERTS, WEBINARS
from funnel.doctor.gather import gather
from funnel.doctor.judge import judge
from funnel.erasure.begun import note_begun
from process.clock import now
from streams.create_topics import await_coordinator, create_topics
from streams.lag import asking
from streams.settings import Settings
from tests.contract_events import webinar
from tests.rows import put
from tests.servers.commands import funnel
from tests.servers.kafka import KafkaServer
from tests.waiting import until

pytestmark = pytest.mark.kafka


@pytest.fixture
def installation(
    own_config: Settings, kafka: KafkaServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Settings]:
    """Both servers with topics and schema, and a data folder of its owner alone."""
    kafka.empty()
    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    monkeypatch.chdir(tmp_path)
    own = {"kafka_bootstrap": kafka.bootstrap, "partitions": 2, "data_dir": data, "disk_reserve_mb": 0}
    config = own_config.model_copy(update={**own, "consumer_group": f"doctor-{os.getpid()}"})
    create_topics(config)
    await_coordinator(config)
    yield config
    kafka.empty()


def _said(config: Settings) -> list[str]:
    return [f"{one.area}: {one.what}" for one in judge(gather(config, now))]


def test_nothing_while_all_is_well_and_each_fault_after_it(
    installation: Settings, store: Client, kafka: KafkaServer, tmp_path: Path
) -> None:
    assert _said(installation) == []
    group, place = installation.consumer_group, TopicPartition(WEBINARS.name, 0)
    with asking(installation) as admin, closing(KafkaProducer(bootstrap_servers=kafka.bootstrap)) as producer:
        changed = {"retention.ms": "86400000", "segment.ms": "1"}
        admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, ATTENDANCE.name, configs=changed)])
        admin.delete_topics([CONVERSION_ALERTS.name])
        until(lambda: CONVERSION_ALERTS.name not in admin.list_topics(), "a topic is gone")
        producer.send(place.topic, b"{}", b"x", partition=0, timestamp_ms=now() + HOUR).get(30)
        _assert_said(
            _said(installation),
            "topics: Kafka does not have webinar.conversion-alerts.v1",
            "topics: webinar.attendance.v1 has retention.ms=86400000: older records go",
            "topics: webinar.attendance.v1 has segment.ms=1: every record begins a file",
            "offsets: 1 records wait, and no worker is in the group",
            "clocks: Kafka holds a record from 3,",
        )
        admin.alter_group_offsets(group, {place: OffsetAndMetadata(1, "", -1)})
    assert any("1 records, but ClickHouse has no raw log" in one for one in _said(installation))

    put(store, installation, [webinar(0, "zoom:1", timezone="Mars/Base", starts_at="2026-11-22T18:00:00.000Z")])
    _insert(store)
    note_begun(installation.data_dir, ["f_1", "f_2"], now() - 2 * HOUR)
    (tmp_path / "data" / "seen").touch(mode=0o644)
    (tmp_path / ".env").touch(mode=0o644)
    _assert_said(
        _said(installation),
        "topics: Kafka does not have",
        "topics: webinar.attendance.v1 has retention.ms",
        "topics: webinar.attendance.v1 has segment.ms=1",
        "clocks: Kafka holds a record from 3,",
        "erasure: The erasure of 2 people that began 2 hours ago has not ended",
        "erasure: 1 deletions of people that services announced wait for a decision, the oldest for 3 days",
        "permissions: .env is open to other users",
        f"permissions: {tmp_path}/data/seen is open to other users",
        "time zones: 1 webinars have an unknown time zone and are shown in the default one: 'Mars/Base' of zoom:1",
        "runs: The job judging fails, 2 times in a row: no room",
        "runs: The last poll of goto failed: 401",
        "runs: zoom was polled last 3 days ago",
        "growth: 1 records could not be read",
        "growth: 5 inputs could not be published",
    )


def _assert_said(said: list[str], *beginnings: str) -> None:
    """These and no others."""
    assert len(said) == len(beginnings), said
    for one, beginning in zip(said, beginnings, strict=True):
        assert one.startswith(beginning)


def _insert(store: Client) -> None:
    at = now()
    store.command(
        "INSERT INTO job_turns (job, ended_at, seconds, failures, error) VALUES"
        f" ('judging', {at - MINUTE}, 1, 2, 'no room')"
    )
    store.command(
        "INSERT INTO dead_letters (topic, partition, offset, written_at, reason)"
        f" VALUES ('{WEBINARS.name}', 0, 0, {at}, 'not_json')"
    )
    for number, (connector, began, error) in enumerate((("zoom", at - 3 * DAY, ""), ("goto", at - HOUR, "401"))):
        store.command(
            "INSERT INTO connector_reports (connector, type, report_id, version, at, task, finished_at, error)"
            f" VALUES ('{connector}', 'run', 'r{number}', 1, {began}, 'poll', {began + 1}, '{error}')"
        )
    for number, (reason, when) in enumerate([("unmapped", at)] * 5 + [("erasure_asked", at - 3 * DAY)]):
        store.command(
            "INSERT INTO connector_reports (connector, type, report_id, version, at, reason)"
            f" VALUES ('zoom', 'rejected', 'q{number}', 1, {when}, '{reason}')"
        )


def test_what_does_not_answer_is_a_finding_and_a_line(installation: Settings, tmp_path: Path) -> None:
    away = installation.model_copy(update={"kafka_bootstrap": "127.0.0.1:1", "clickhouse_port": 1})
    _assert_said(
        _said(away),
        "addresses: Kafka at 127.0.0.1:1 does not answer",
        "addresses: ClickHouse does not answer at 127.0.0.1:1",
    )

    environment = {
        "FUNNEL_KAFKA_BOOTSTRAP": "127.0.0.1:1",
        "FUNNEL_CLICKHOUSE_PORT": "1",
        "FUNNEL_DATA_DIR": str(tmp_path / "none"),
        "GRAFANA_ADMIN_PASSWORD": "admin",
        "COLUMNS": "80",
    }
    done = funnel("doctor", "--json", folder=tmp_path, environment=environment)
    assert (done.returncode, done.stderr) == (1, "")
    said = json.loads(done.stdout)
    assert not said["healthy"]
    assert {one["area"] for one in said["findings"]} == {"addresses", "secrets"}
    done = funnel("doctor", folder=tmp_path, environment=environment)
    assert done.returncode == 1
    assert max(map(len, done.stdout.splitlines())) <= 80
    assert "!!  secrets" in done.stdout
    assert "3 findings" in done.stdout
