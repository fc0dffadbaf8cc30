"""Each thing that will hurt is found, and a healthy installation has none."""

from dataclasses import replace
from typing import Any, get_args

import pytest

from contract.instants import DAY, HOUR
from contract.topics import ALL_TOPICS, MAX_MESSAGE_BYTES, REGISTRATIONS
from contract.topics import Topic as Made
from funnel.doctor.facts import Disk, Expected, Facts, Job, Kafka, Run, Store, Topic
from funnel.doctor.finding import Area
from funnel.doctor.forecast import a_day, days_left
from funnel.doctor.judge import judge
from funnel.doctor.said import as_json, lines, measured
from funnel.doctor.secrets import weak
from streams.epoch import Held

NOW = 1_764_500_000_000
GB = 1_000_000_000
GOOD = "k3J9xQ-vT7m_pL2wZ8rB"
CONFIG = {"cleanup.policy": "delete", "retention.bytes": "-1", "max.message.bytes": str(MAX_MESSAGE_BYTES)}


def config_of(topic: Made) -> dict[str, str]:
    return CONFIG | {"retention.ms": str(topic.retention_ms(0)), "cleanup.policy": topic.cleanup_policy}


TOPICS = {topic.name: Topic(8, 1, 1, config_of(topic)) for topic in ALL_TOPICS}
THREE = {name: replace(one, copies=3, in_sync=3) for name, one in TOPICS.items()}
PLACE = (REGISTRATIONS.name, 0)
KAFKA = Kafka((4, 3), 1, TOPICS, {PLACE: 10}, {PLACE: 10}, 2, NOW - 5, 2 * GB)
HELD = Held(
    ends={PLACE: 10}, topics=frozenset({PLACE[0]}), events=1_000_000, webinars=5, persons=9, epochs=frozenset({0})
)
STORE = Store(
    version=(26, 9),
    held=HELD,
    pending=(),
    schema_error="",
    ahead_ms=12,
    asked_ms=20,
    events_a_day=(10_000,) * 28,
    size=3 * GB,
    parts={"events": 40},
    unknown_zones={},
    dead_letters=0,
    quarantined=0,
    asked=0,
    asked_since=0,
    jobs=(Job("judging", NOW - 60_000, 0, ""),),
    runs=(
        Run("zoom", "poll", NOW - HOUR, NOW - HOUR + 1, ""),
        Run("table", "import", NOW - 9 * DAY, NOW - 9 * DAY, ""),
    ),
)
DISK = Disk("/data", 100 * GB, GB, "", True)
HEALTHY = Facts(
    at=NOW,
    expected=Expected(8, 1, 1, 0, 0, "127.0.0.1:9092", "127.0.0.1:8123", "127.0.0.1"),
    kafka=KAFKA,
    store=STORE,
    disk=DISK,
    backup_at=NOW - DAY,
    secrets={"FUNNEL_CLICKHOUSE_PASSWORD": GOOD, "FUNNEL_HASH_SECRET": GOOD[::-1], "FUNNEL_ZOOM_SECRET_TOKEN": "short"},
)


def of_kafka(**changed: Any) -> Facts:
    return replace(HEALTHY, kafka=replace(KAFKA, **changed))


def of_store(**changed: Any) -> Facts:
    return replace(HEALTHY, store=replace(STORE, **changed))


def topic(**changed: Any) -> Facts:
    name = REGISTRATIONS.name
    config = {**TOPICS[name].config, **changed.pop("config", {})}
    return of_kafka(topics=TOPICS | {name: replace(TOPICS[name], config=config, **changed)})


def test_a_healthy_installation_has_no_finding() -> None:
    assert judge(HEALTHY) == []
    assert all(not bad for _, bad in lines(HEALTHY, []))
    assert '"healthy": true' in as_json(HEALTHY, [])


@pytest.mark.parametrize(
    ("facts", "area", "what", "do"),
    [
        (
            replace(HEALTHY, kafka=None, unreachable=["Kafka at x does not answer"]),
            "addresses",
            "Kafka at x",
            "start it",
        ),
        (
            replace(HEALTHY, not_well=["worker-1 is hung", "b"]),
            "addresses",
            "worker-1 is hung (and 1 more)",
            "funnel status",
        ),
        (
            replace(HEALTHY, expected=replace(HEALTHY.expected, webhook_host="0.0.0.0")),
            "addresses",
            "listens to the whole network",
            "reverse proxy",
        ),
        (of_kafka(version=(3, 9)), "versions", "Kafka is 3.9", "4.0 or later"),
        (of_store(version=(25, 8)), "versions", "ClickHouse is 25.8", "26.9 or later"),
        (
            of_kafka(topics={name: one for name, one in TOPICS.items() if name != REGISTRATIONS.name}),
            "topics",
            "does not have webinar.registrations.v1",
            "funnel create-topics",
        ),
        (topic(partitions=4), "topics", "has 4 partitions, the settings say 8", "FUNNEL_PARTITIONS=4"),
        (
            replace(HEALTHY, expected=replace(HEALTHY.expected, copies=3)),
            "topics",
            "has 1 copy, the settings say 3",
            "funnel topics --copies 3",
        ),
        (
            replace(of_kafka(topics=THREE, commit_copies=1), expected=replace(HEALTHY.expected, copies=3)),
            "topics",
            "Kafka keeps 1 copy of what the workers have committed, or of the polls' transactions, the settings say 3",
            "funnel topics --copies 3",
        ),
        (
            replace(of_kafka(topics=THREE), expected=replace(HEALTHY.expected, copies=3, acknowledging=2)),
            "topics",
            "accepts records that 1 copy of it has, the settings say 2",
            "funnel create-topics",
        ),
        (
            topic(copies=3, in_sync=3, config={"min.insync.replicas": "3"}),
            "topics",
            "needs all its 3 copies to accept a record",
            "FUNNEL_MIN_INSYNC_REPLICAS=2",
        ),
        (topic(copies=3, in_sync=2), "topics", "only 2 of 3 copies are up to date", "bring the missing brokers back"),
        (of_kafka(brokers=3), "topics", "3 brokers, but one copy", "FUNNEL_REPLICATION_FACTOR=3"),
        (
            topic(config={"segment.ms": "1"}),
            "topics",
            "segment.ms=1: every record begins a file",
            "funnel forget again",
        ),
        (
            replace(HEALTHY, erasing=2, erasing_since=NOW - 3 * HOUR),
            "erasure",
            "The erasure of 2 people that began 3 hours ago has not ended",
            "the same emails",
        ),
        (
            of_store(asked=1, asked_since=NOW - 5 * DAY),
            "erasure",
            "1 deletions of people that services announced wait for a decision, the oldest for 5 days",
            "funnel connectors quarantine",
        ),
        (topic(config={"retention.ms": "86400000"}), "topics", "retention.ms=86400000", "--add-config retention.ms=-1"),
        (
            replace(HEALTHY, expected=replace(HEALTHY.expected, kafka_retention_days=30)),
            "topics",
            "has retention.ms=-1",
            "--add-config retention.ms=2592000000",
        ),
        (topic(config={"cleanup.policy": "compact"}), "topics", "thrown away", "cleanup.policy=delete"),
        (topic(config={"max.message.bytes": "1000"}), "topics", "does not fit", "max.message.bytes=4194304"),
        (of_store(held=Held()), "offsets", "committed 10 records, but ClickHouse has no raw log", "funnel rebuild"),
        (
            of_kafka(ends={PLACE: 7}, committed={PLACE: 7}),
            "offsets",
            "ends at 7 in partition 0, but ClickHouse holds records of it up to 10",
            "FUNNEL_EPOCH=1",
        ),
        (of_kafka(committed={PLACE: 12}), "offsets", "Committed beyond the end", "raise FUNNEL_EPOCH"),
        (of_kafka(committed={PLACE: 4}, members=0), "offsets", "6 records wait, and no worker", "funnel up"),
        (of_store(pending=["0021_judgements"]), "migrations", "such as 0021_judgements", "funnel migrate"),
        (of_store(schema_error="this code is older than the database"), "migrations", "older", "the release that made"),
        (
            of_store(half_migrated="ClickHouse is half migrated, b:1 lacks 0002_two: run funnel migrate"),
            "migrations",
            "ClickHouse is half migrated, b:1 lacks 0002_two",
            "funnel migrate",
        ),
        (of_store(ahead_ms=9_500), "clocks", "ClickHouse's clock is 9.5 s ahead of", "run NTP"),
        (of_store(ahead_ms=-9_500), "clocks", "9.5 s behind", "run NTP"),
        (of_kafka(newest_at=NOW + 60_000), "clocks", "60.0 s in the future", "run NTP"),
        (
            replace(HEALTHY, disk=Disk("/data", 5, GB, "only 5 MB are free: make room", True)),
            "disk",
            "only 5 MB",
            "make room",
        ),
        (
            replace(HEALTHY, disk=Disk("/data", GB + 10 * 50_000_000, GB, "", True)),
            "disk",
            "is reached in 10 days at this pace",
            "larger disk",
        ),
        (replace(HEALTHY, backup_at=None), "backup", "No backup was ever taken", "funnel backup FOLDER"),
        (replace(HEALTHY, backup_at=NOW - 9 * DAY), "backup", "The last backup is 9 days old", "funnel backup FOLDER"),
        (replace(HEALTHY, open_to_others=["/x/.env"]), "permissions", "/x/.env is open", "chmod go= /x/.env"),
        (replace(HEALTHY, not_writable=["/x"]), "permissions", "/x cannot be written", "change its owner"),
        (
            replace(HEALTHY, secrets={"FUNNEL_HASH_SECRET": "abc"}),
            "secrets",
            "FUNNEL_HASH_SECRET is a default",
            "only bef",
        ),
        (of_store(unknown_zones={"zoom:1": "Mars/Base"}), "time zones", "'Mars/Base' of zoom:1", "catalogue.yaml"),
        (
            of_store(jobs=[Job("judging", None, 3, "no room")]),
            "runs",
            "judging fails, 3 times in a row: no room",
            "Data",
        ),
        (of_store(jobs=[Job("judging", NOW - 5 * HOUR, 0, "")]), "runs", "has not run for 5 hours", "funnel up"),
        (
            of_store(runs=[Run("zoom", "poll", NOW - 3 * DAY, NOW, "")]),
            "runs",
            "zoom was polled last 3 days ago",
            "poll zoom",
        ),
        (
            of_store(runs=[Run("zoom", "poll", NOW, NOW, "401")]),
            "runs",
            "The last poll of zoom failed: 401",
            "poll zoom",
        ),
        (
            of_store(runs=[Run("zoom", "backfill", NOW - 7 * HOUR, None, "")]),
            "runs",
            "began 7 hours ago",
            "run it again",
        ),
        (of_store(events_a_day=(90_000,) * 7 + (10_000,) * 21), "growth", "90,000 events a day", "Data health"),
        (of_store(parts={"persons": 900}), "growth", "persons has 900 parts", "CPU and disk"),
        (of_store(dead_letters=3), "growth", "3 records could not be read", "funnel dead-letters list"),
        (of_store(quarantined=4), "growth", "4 inputs could not be published", "funnel connectors quarantine"),
    ],
)
def test_each_thing_that_will_hurt_is_found(facts: Facts, area: Area, what: str, do: str) -> None:
    found = judge(facts)
    assert [one.area for one in found] == [area] * len(found)
    assert any(what in one.what and do in one.do for one in found), found
    shown = [text for text, bad in lines(facts, found) if bad]
    assert shown[0].startswith(f"!!  {area}")
    assert any("Do: " in text for text in shown)
    assert '"healthy": false' in as_json(facts, found)


def test_what_is_no_fault_is_none() -> None:
    for facts in (
        of_store(ahead_ms=4_000, asked_ms=3_000),  # the answer took that long
        of_store(runs=[Run("zoom", "poll", NOW - 60 * DAY, NOW, "")]),  # nobody polls it any more
        of_store(runs=[Run("table", "import", NOW - 3 * DAY, NOW, "")]),  # once
        of_store(events_a_day=(9_000,) * 7 + (0,) * 21),  # a new installation
        of_store(events_a_day=(9_000,) * 7 + (10,) * 21),  # few
        replace(HEALTHY, disk=Disk("/data", GB + 1, GB, "", False)),  # the servers are elsewhere
        replace(HEALTHY, kafka=None, store=None, disk=None),
        of_kafka(committed={}, ends={}),
        replace(of_store(events_a_day=(5,) * 7 + (0,) * 21), backup_at=None),  # a new installation
        replace(HEALTHY, disk=replace(DISK, holds_servers=False), backup_at=None),  # backed up elsewhere
    ):
        assert judge(facts) == []


def test_growth_and_forecast_are_by_what_an_event_takes() -> None:
    assert a_day(STORE, KAFKA.size) == 50_000_000
    assert days_left(HEALTHY) == 1_980
    assert measured(HEALTHY)["disk"] == "100.0 GB free, 50 MB more a day, enough for 1,980 days"
    two_days = replace(STORE, events_a_day=(10_000, 10_000, *(0,) * 26))
    assert a_day(two_days, KAFKA.size) == 50_000_000
    assert a_day(replace(STORE, events_a_day=(0,) * 28), 0) is None
    assert a_day(replace(STORE, held=Held()), 0) is None


def test_the_areas_stand_in_order_and_nothing_known_is_said() -> None:
    bare = replace(HEALTHY, kafka=None, store=None, disk=None)
    assert [*measured(bare)] == [*get_args(Area)]
    assert measured(bare)["topics"] == "not known"
    wrong = replace(of_store(dead_letters=1), not_well=["x"])
    assert [one.area for one in judge(wrong)] == ["addresses", "growth"]


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("admin123", "is a default or a common password"),
        ("funnel", "is a default or a common password"),
        ("xxxxxxxxxxxxxxxxxxxx", "is a default or a common password"),
        ("k3J9xQ-vT7m_pL", "is shorter than 16 characters"),
        ("ababababababababababab", "repeats a few characters"),
    ],
)
def test_a_weak_secret_is_named_and_never_shown(value: str, why: str) -> None:
    (found,) = weak({"GRAFANA_ADMIN_PASSWORD": value, "FUNNEL_ZOOM_SECRET_TOKEN": value})
    assert found.what == f"GRAFANA_ADMIN_PASSWORD {why}"
    assert "token_hex" in found.do
    assert value not in as_json(replace(HEALTHY, secrets={"GRAFANA_ADMIN_PASSWORD": value}), [found])


def test_two_users_with_one_password_are_named() -> None:
    (found,) = weak({"FUNNEL_CLICKHOUSE_PASSWORD": GOOD, "FUNNEL_MIGRATOR_CLICKHOUSE_PASSWORD": GOOD})
    assert found.what == "FUNNEL_CLICKHOUSE_PASSWORD and FUNNEL_MIGRATOR_CLICKHOUSE_PASSWORD are the same"
