"""Facts in, findings out: what will hurt, each with what to do. Pure."""

from collections.abc import Iterator
from typing import get_args

from clickhouse.release import LEAST
from contract import topics
from contract.instants import DAY, HOUR, SECOND
from contract.topics import ALL_TOPICS, EVENT_TOPICS, MAX_MESSAGE_BYTES
from funnel.doctor.facts import Expected, Facts, Kafka, Run, Store, Topic
from funnel.doctor.finding import Area, Finding
from funnel.doctor.forecast import grown, lived, room
from funnel.doctor.secrets import weak
from streams.copies import IN_SYNC, number
from streams.epoch import LostError, refuse_lost_data

LEAST_KAFKA = (4, 0)
"""The oldest one that this release is tested with."""
_CLOCK_MS = 2 * SECOND
_QUIET_JOB = HOUR
"""A job that works says so every five minutes (streams/jobs/job.py)."""
_QUIET_RUN = 25 * HOUR
"""Longer than a day: many a poll is a daily cron job."""
_FORGOTTEN_RUN = 30 * DAY
"""Who has not polled for so long does so no more."""
_LONG_RUN = 6 * HOUR
_OLD_BACKUP_DAYS = 8
"""A week and a day; also after which a new installation should have its first one."""
_MANY_PARTS = 300
"""Of one table. ClickHouse slows inserts down from 1,000 on."""
_LEAST_SEGMENT_MS = 1_000
_SHOWN = 3
_ORDER = {area: place for place, area in enumerate(get_args(Area))}


def judge(facts: Facts) -> list[Finding]:
    """Every finding, area by area."""
    found = [
        *_addresses(facts),
        *room(facts),
        *_backup(facts),
        *_erasure(facts),
        *_permissions(facts),
        *weak(facts.secrets),
    ]
    kafka, store = facts.kafka, facts.store
    if kafka is not None:
        found += [*_kafka_version(kafka), *_topics(kafka, facts.expected), *_kafka_clock(kafka, facts.at)]
    if store is not None:
        found += [*_store_version(store), *_migrations(store), *_store_clock(store), *_zones(store)]
        found += [*_runs(store, facts.at), *grown(store), *_heaps(store), *_asked(store, facts.at)]
    if kafka is not None and store is not None:
        found += _offsets(kafka, store, facts.expected.epoch)
    return sorted(found, key=lambda one: _ORDER[one.area])


def _addresses(facts: Facts) -> Iterator[Finding]:
    if facts.not_well:
        more = f" (and {len(facts.not_well) - 1} more)" if len(facts.not_well) > 1 else ""
        yield Finding("addresses", f"It does not work now: {facts.not_well[0]}{more}", "look at funnel status first")
    for line in facts.unreachable:
        yield Finding("addresses", line, "start it, or correct its address and password in .env")
    if facts.expected.webhook_host in ("0.0.0.0", "::", ""):
        yield Finding(
            "addresses",
            f"The webhook server listens to the whole network (FUNNEL_WEBHOOK_HOST={facts.expected.webhook_host})",
            "set it to 127.0.0.1, with a reverse proxy before it that hands on only /webhooks/",
        )


def _kafka_version(kafka: Kafka) -> Iterator[Finding]:
    if kafka.version < LEAST_KAFKA:
        yield Finding("versions", f"Kafka is {_dotted(kafka.version)}", f"update it to {_dotted(LEAST_KAFKA)} or later")


def _store_version(store: Store) -> Iterator[Finding]:
    if store.version < LEAST:
        least = _dotted(LEAST)
        yield Finding("versions", f"ClickHouse is {_dotted(store.version)}", f"update it to {least} or later")


def _topics(kafka: Kafka, expected: Expected) -> Iterator[Finding]:
    missing = [topic.name for topic in ALL_TOPICS if topic.name not in kafka.topics]
    if missing:
        yield Finding("topics", f"Kafka does not have {', '.join(missing)}", "funnel create-topics")
    for wanted in ALL_TOPICS:
        topic = kafka.topics.get(wanted.name)
        if topic is not None:
            yield from _topic(wanted, topic, expected)
    if 0 < kafka.commit_copies < expected.copies:
        yield Finding(
            "topics",
            f"Kafka keeps {number(kafka.commit_copies)} of what the workers have committed, or of the polls' "
            f"transactions, the settings say {expected.copies}: without it nobody goes on",
            f"funnel topics --copies {expected.copies}",
        )
    copies = min((topic.copies for topic in kafka.topics.values()), default=0)
    if kafka.brokers > 1 and copies == 1:
        yield Finding(
            "topics",
            f"Kafka has {kafka.brokers} brokers, but one copy of each partition: one lost disk loses events",
            "funnel topics --copies 3, and set FUNNEL_REPLICATION_FACTOR=3 and FUNNEL_MIN_INSYNC_REPLICAS=2",
        )


def _topic(made: topics.Topic, topic: Topic, expected: Expected) -> Iterator[Finding]:
    if topic.partitions != expected.partitions:
        yield Finding(
            "topics",
            f"{made.name} has {topic.partitions} partitions, the settings say {expected.partitions}",
            f"set FUNNEL_PARTITIONS={topic.partitions}, or funnel topics "
            f"--raise {max(topic.partitions, expected.partitions)}",
        )
    if topic.copies < expected.copies:
        yield Finding(
            "topics",
            f"{made.name} has {number(topic.copies)}, the settings say {expected.copies}",
            f"funnel topics --copies {expected.copies}, or set FUNNEL_REPLICATION_FACTOR={topic.copies}",
        )
    acknowledging = int(topic.config.get(IN_SYNC, "1"))
    if acknowledging < expected.acknowledging:
        yield Finding(
            "topics",
            f"{made.name} accepts records that {number(acknowledging)} of it has, "
            f"the settings say {expected.acknowledging}",
            "funnel create-topics",
        )
    if acknowledging >= topic.copies > 1:
        yield Finding(
            "topics",
            f"{made.name} needs all its {topic.copies} copies to accept a record: one broker away stops everything",
            f"set FUNNEL_MIN_INSYNC_REPLICAS={topic.copies - 1} and run funnel create-topics, or make more copies",
        )
    if topic.in_sync < topic.copies:
        yield Finding(
            "topics",
            f"{made.name}: only {topic.in_sync} of {topic.copies} copies are up to date",
            "bring the missing brokers back, and look at their disks",
        )
    wanted = {
        "cleanup.policy": made.cleanup_policy,
        "retention.ms": str(made.retention_ms(expected.kafka_retention_days)),
        "retention.bytes": "-1",
        "max.message.bytes": str(MAX_MESSAGE_BYTES),
    }
    for setting, value in wanted.items():
        now = topic.config.get(setting, value)
        if now != value:
            yield Finding(
                "topics",
                f"{made.name} has {setting}={now}: {_HURTS[setting]}",
                f"kafka-configs --alter --topic {made.name} --add-config {setting}={value}",
            )

    rolled = int(topic.config.get("segment.ms", _LEAST_SEGMENT_MS))
    if rolled < _LEAST_SEGMENT_MS:
        yield Finding(
            "topics",
            f"{made.name} has segment.ms={rolled}: every record begins a file, and these fill the disk",
            "run funnel forget again if it was interrupted, else "
            f"kafka-configs --alter --topic {made.name} --delete-config segment.ms",
        )


_HURTS = {
    "cleanup.policy": "records of the same webinar are thrown away",
    "retention.ms": "older records go, and verify and rebuild cannot have them",
    "retention.bytes": "older records go, and verify and rebuild cannot have them",
    "max.message.bytes": "a long event or dead letter does not fit",
}


def _offsets(kafka: Kafka, store: Store, epoch: int) -> Iterator[Finding]:
    try:
        refuse_lost_data(kafka.committed, kafka.ends, store.held, epoch)
    except LostError as lost:
        yield Finding("offsets", str(lost).partition(". ")[0], str(lost).partition(". ")[2] or "look at docs/backup.md")
    beyond = [place for place, offset in kafka.committed.items() if offset > kafka.ends.get(place, offset)]
    if beyond:
        topic, number = beyond[0]
        yield Finding(
            "offsets",
            f"Committed beyond the end of {topic} partition {number}: the topic was made anew",
            "raise FUNNEL_EPOCH by one in .env, then funnel down and funnel up",
        )
    events = [topic.name for topic in EVENT_TOPICS]
    waiting = sum(end - kafka.committed.get(place, 0) for place, end in kafka.ends.items() if place[0] in events)
    if waiting > 0 and not kafka.members:
        yield Finding("offsets", f"{waiting:,} records wait, and no worker is in the group", "funnel up")


def _migrations(store: Store) -> Iterator[Finding]:
    if store.half_migrated:
        yield Finding("migrations", store.half_migrated.partition(": run")[0], "funnel migrate")
    if store.schema_error:
        yield Finding("migrations", store.schema_error, "run the release that made the schema, or a later one")
    elif store.pending:
        names = ", ".join(store.pending[:_SHOWN])
        yield Finding("migrations", f"{len(store.pending)} were not applied, such as {names}", "funnel migrate")


def _store_clock(store: Store) -> Iterator[Finding]:
    # What the answer took may all have been on one way.
    if abs(store.ahead_ms) > _CLOCK_MS + store.asked_ms:
        side = "ahead of" if store.ahead_ms > 0 else "behind"
        yield Finding(
            "clocks",
            f"ClickHouse's clock is {abs(store.ahead_ms) / SECOND:,.1f} s {side} this machine's: freshness is wrong",
            "run NTP (chrony, systemd-timesyncd) on both machines",
        )


def _kafka_clock(kafka: Kafka, at: int) -> Iterator[Finding]:
    ahead = kafka.newest_at - at
    if ahead > _CLOCK_MS:
        yield Finding(
            "clocks",
            f"Kafka holds a record from {ahead / SECOND:,.1f} s in the future: the clock of who sent it is ahead",
            "run NTP on every machine that publishes",
        )


def _permissions(facts: Facts) -> Iterator[Finding]:
    for path in facts.open_to_others:
        yield Finding("permissions", f"{path} is open to other users of this machine", f"chmod go= {path}")
    for path in facts.not_writable:
        yield Finding("permissions", f"{path} cannot be written by this user", "change its owner, or run as its owner")


def _backup(facts: Facts) -> Iterator[Finding]:
    # Of servers elsewhere the data folder knows nothing.
    if facts.disk is None or not facts.disk.holds_servers:
        return
    do = "funnel backup FOLDER, on another disk, every day (docs/backup.md)"
    if facts.backup_at is not None:
        age = facts.at - facts.backup_at
        if age > _OLD_BACKUP_DAYS * DAY:
            yield Finding("backup", f"The last backup is {_age(age)} old", do)
    elif facts.store is not None and lived(facts.store.events_a_day) >= _OLD_BACKUP_DAYS:
        yield Finding("backup", "No backup was ever taken here", do)


def _erasure(facts: Facts) -> Iterator[Finding]:
    if facts.erasing:
        age = _age(facts.at - facts.erasing_since)
        yield Finding(
            "erasure",
            f"The erasure of {facts.erasing:,} people that began {age} ago has not ended",
            "run funnel forget again, with the same emails: it goes on where it was",
        )


def _asked(store: Store, at: int) -> Iterator[Finding]:
    if store.asked:
        yield Finding(
            "erasure",
            f"{store.asked:,} deletions of people that services announced wait for a decision, the oldest for "
            f"{_age(at - store.asked_since)}",
            "funnel connectors quarantine, then funnel forget (docs/erasure.md)",
        )


def _zones(store: Store) -> Iterator[Finding]:
    if store.unknown_zones:
        some = ", ".join(f"{zone!r} of {webinar}" for webinar, zone in [*store.unknown_zones.items()][:_SHOWN])
        count = len(store.unknown_zones)
        yield Finding(
            "time zones",
            f"{count} webinars have an unknown time zone and are shown in the default one: {some}",
            "set timezone for them in business/catalogue.yaml, such as Europe/Berlin",
        )


def _runs(store: Store, at: int) -> Iterator[Finding]:
    for job in store.jobs:
        if job.failures:
            yield Finding(
                "runs", f"The job {job.name} fails, {job.failures} times in a row: {job.error}", "look at Data health"
            )
        elif job.worked_at is not None and at - job.worked_at > _QUIET_JOB:
            yield Finding("runs", f"The job {job.name} has not run for {_age(at - job.worked_at)}", "funnel up")
    for run in store.runs:
        yield from _run(run, at)


def _run(run: Run, at: int) -> Iterator[Finding]:
    age, again = at - run.began_at, f"funnel connectors poll {run.connector} --once"
    polls = run.task == "poll"
    do = again if polls else "run it again"
    if age > _FORGOTTEN_RUN:
        return
    if run.error:
        yield Finding("runs", f"The last {run.task} of {run.connector} failed: {run.error}", do)
    elif run.finished_at is None and age > _LONG_RUN:
        yield Finding("runs", f"The {run.task} of {run.connector} that began {_age(age)} ago did not end", do)
    elif polls and age > _QUIET_RUN:
        yield Finding("runs", f"{run.connector} was polled last {_age(age)} ago", f"{again}; see to what polls it")


def _heaps(store: Store) -> Iterator[Finding]:
    for table, parts in store.parts.items():
        if parts > _MANY_PARTS:
            yield Finding(
                "growth",
                f"The table {table} has {parts:,} parts: ClickHouse does not keep up with merging them",
                "give it CPU and disk, or run fewer workers",
            )
    if store.dead_letters:
        yield Finding(
            "growth", f"{store.dead_letters:,} records could not be read", "funnel dead-letters list, then replay"
        )
    if store.quarantined:
        yield Finding(
            "growth",
            f"{store.quarantined:,} inputs could not be published, and are deleted after FUNNEL_QUARANTINE_DAYS",
            "funnel connectors quarantine",
        )


def _age(ms: int) -> str:
    return f"{ms // DAY} days" if ms >= 2 * DAY else f"{max(1, ms // HOUR)} hours"


def _dotted(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))
