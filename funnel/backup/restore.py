"""`funnel restore`: a backup becomes an installation (docs/decisions/0040)."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from clickhouse_connect.driver.client import Client
from kafka import KafkaAdminClient

from clickhouse.migrate import UNFINISHED, applied, apply, create_database, migrate_all, migrations
from clickhouse.nodes import Nodes, every_node
from connectors.pipeline.room import MEGABYTE
from contract.topics import WEBINARS
from funnel.backup import kafka, local, tables
from funnel.backup.errors import BackupError
from funnel.backup.folder import check_files, read_manifest, require_room
from funnel.backup.manifest import Manifest, refuse_epoch, refuse_later_schema, same_kafka
from funnel.rebuild.command import LEAVE_SECONDS
from funnel.rebuild.kafka import forget_offsets, wait_until_idle
from streams.create_topics import create_topics
from streams.lag import asking
from streams.settings import Settings

_MARK = f"CREATE TABLE IF NOT EXISTS {UNFINISHED} (at DateTime) ENGINE = ReplacingMergeTree ORDER BY at"
_OF_PEOPLE = "SELECT countIf(topic != {webinars:String}) FROM events"
_OTHERS = ("persons", "dead_letters", "funnel_snapshots", "alert_messages")

_COUNTING = (
    *("default_duration_seconds", "live_grace_seconds", "full_percent", "matched_percent"),
    *("sign_of_life_seconds", "default_timezone"),
)
"""Settings of which numbers depend."""
_TIMES = 2
"""The room that tables take beside the backup's own size, before ClickHouse has merged them."""

Say = Callable[[str], None]


def checked(root: Path, progress: Say) -> Manifest:
    """What a backup says of itself, once every file is as it was written. Raises BackupError."""
    said = read_manifest(root)
    refuse_later_schema(said, {one.number: one.checksum for one in migrations()})
    progress(f"reading {len(said.files)} files of the backup")
    check_files(root, said)
    return said


def restore(
    config: Settings, root: Path, said: Manifest, business: Path, say: Say, progress: Say, *, replace: bool = False
) -> None:
    """Puts a checked backup into the ClickHouse and Kafka of these settings, where nobody is at work.

    `business`: where the business's files go. `replace`: even where there is something already. `say` gets what was
    done, line by line. What was interrupted is begun anew by the next one, and nothing else goes on before.
    Raises BackupError, RebuildError, LagError, Unreachable, PublishError, MigrationError, errors of both servers.
    """
    with asking(config) as admin:
        wait_until_idle(admin, config.consumer_group, LEAVE_SECONDS, progress)
        same = same_kafka(said, kafka.topic_ids(admin), kafka.end_offsets(admin))
        refuse_epoch(said, same, config.epoch)
        with closing(create_database(config)) as client, every_node(client, config) as nodes:
            if not replace:
                _refuse_unless_empty(client, admin, same)
            _require_room(config, said)
            for node in nodes:
                node.client.command(_MARK)
            _tables(nodes, root, said, say, progress)
            _kafka(config, admin, root, said, same, say, progress)
            _local(config, root, said, business, say)
            for node in nodes:
                node.client.command(f"DROP TABLE {UNFINISHED} SYNC")
            progress("bringing tables and views to this release")
            migrate_all(nodes, config)


def _refuse_unless_empty(client: Client, admin: KafkaAdminClient, same: bool) -> None:
    """What an interrupted restore has left counts as nothing."""
    if applied(client) and not client.command(f"EXISTS TABLE {UNFINISHED}"):
        found = int(client.query(_OF_PEOPLE, {"webinars": WEBINARS.name}).result_rows[0][0])
        found += sum(int(client.query(f"SELECT count() FROM {name}").result_rows[0][0]) for name in _OTHERS)
        if found:
            raise BackupError(
                f"this installation is not empty: ClickHouse holds {found:,} rows. Set another FUNNEL_DATA_DIR, or "
                "throw them away with --replace (what Kafka has is counted again)"
            )
    there = 0 if same else kafka.event_records(admin)
    if there:
        raise BackupError(
            f"this installation is not empty: Kafka holds {there:,} records that the backup does not know. Set another "
            "FUNNEL_DATA_DIR, or have them counted with the backup by --replace"
        )


def _require_room(config: Settings, said: Manifest) -> None:
    """Only where ClickHouse is on this machine can it be told."""
    if (config.data_dir / "clickhouse").is_dir():
        needed = sum(one.bytes for one in said.files.values()) * _TIMES
        require_room(config.data_dir, needed, config.disk_reserve_mb * MEGABYTE)


def _tables(nodes: Nodes, root: Path, said: Manifest, say: Say, progress: Say) -> None:
    for node in nodes:
        tables.drop_all(node.client, keep=UNFINISHED)
    apply(nodes, [one for one in migrations() if one.number in said.migrations])
    client = nodes.first
    made = tables.sizes(client)
    # Its rows are those of what has just been applied.
    wanted = [name for name in said.tables if name in made and name != "schema_migrations"]
    rows = 0
    for name in tables.load_order(client, wanted):
        tables.copy_in(client, name, said.tables[name], root, progress)
        rows += said.tables[name].rows
    say(f"ClickHouse: {rows:,} rows of {len(wanted)} tables")


def _kafka(
    config: Settings, admin: KafkaAdminClient, root: Path, said: Manifest, same: bool, say: Say, progress: Say
) -> None:
    create_topics(config)
    if same:
        again = kafka.set_back(admin, said, config.consumer_group)
        say(f"Kafka is the one of the backup: workers read {again:,} records from the backup's moment on again")
        return
    forget_offsets(admin, config.consumer_group)
    sent, left_out = kafka.publish(config, root, progress)
    say(f"Kafka is another one: {sent:,} records of the backup published, in epoch {config.epoch}")
    if left_out:
        say(f"{left_out:,} records that were no events, or too long for one, were left out")


def _local(config: Settings, root: Path, said: Manifest, business: Path, say: Say) -> None:
    if line := local.restore_state(root, config.data_dir):
        say(line)
    for line in local.restore_business(root, business):
        say(line)
    for line in differences(said, config, local.hash_secret_check()):
        say(line)


def differences(said: Manifest, config: Settings, hash_secret: str) -> list[str]:
    """Settings of which numbers or ids depend and that are others here, one line each. Pure."""
    lines = []
    for name in _COUNTING:
        variable = f"FUNNEL_{name.upper()}"
        default = str(type(config).model_fields[name].default)
        then, now = said.settings.get(variable, default), str(getattr(config, name))
        if then != now:
            lines.append(f"Warning: {variable} is {now} here and was {then}: numbers may differ until it is the same")
    if said.hash_secret and not hash_secret:
        lines.append("Warning: FUNNEL_HASH_SECRET is not set here: put the former one into .env")
    elif said.hash_secret and hash_secret != said.hash_secret:
        lines.append("Warning: FUNNEL_HASH_SECRET is another here: the same people get other ids. Use the former one")
    return lines
