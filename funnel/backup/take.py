"""`funnel backup`: everything that is held, into a folder, while all of it runs (docs/decisions/0040)."""

from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from clickhouse_connect.driver.client import Client
from kafka import KafkaAdminClient

from clickhouse.client import connect
from clickhouse.migrate import UNFINISHED, applied
from connectors.pipeline.publish import PublishError
from connectors.pipeline.shared_cursors import all_cursors
from connectors.pipeline.state import state_path
from connectors.settings import BusinessSettings
from contract.instants import format_instant
from funnel.backup import kafka, local, tables
from funnel.backup.errors import BackupError
from funnel.backup.folder import Writing, new_folder
from funnel.backup.last import note_backup
from funnel.backup.manifest import Manifest, Position, Table
from funnel.report.numbers import Question, answer, as_json
from funnel.stack.private import is_secret
from streams.epoch import Partition, held
from streams.lag import LagError, asking, wait_until_caught_up
from streams.settings import Settings

REPORT = "report.json"
_REPORT_SECONDS = 60.0
"""How long the workers may take to catch up, for the report that a check compares."""
_RECORD_BYTES = 700
_SHARE = 1.3
"""Of the tables' size on ClickHouse's disk: a bound, for lines under zstd."""

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Taken:
    """A backup that is finished."""

    manifest: Manifest
    bytes: int
    notes: list[str]
    """What is not in it, one line each."""


@dataclass(frozen=True, slots=True)
class _Sources:
    """Where it is taken from."""

    config: Settings
    client: Client
    admin: KafkaAdminClient
    committed: dict[Partition, int]
    """Asked for before the tables are read, so that all of it is in them (kafka.py)."""


def backup(config: Settings, root: Path, clock: Callable[[], int], progress: Say, *, secrets: bool = False) -> Taken:
    """Takes it into the folder `root`, which must not exist. `clock`: ms since 1970 UTC. `secrets`: copies them too.

    Raises BackupError, LagError, Unreachable, ClickHouse's and Kafka's errors; then there is no such folder.
    """
    root = root.absolute()
    with asking(config) as admin, closing(connect(config, user="writer")) as client:
        if not applied(client):
            raise BackupError("ClickHouse has no tables of ours: there is nothing to back up. Run funnel up first")
        if client.query(f"EXISTS TABLE {UNFINISHED}").result_rows[0][0]:
            raise BackupError("a restore was interrupted here, and only a part is there: run funnel restore again")
        sources = _Sources(config, client, admin, kafka.committed(admin, config.consumer_group))
        with new_folder(root, config.data_dir, config.disk_reserve_mb, _expected(sources)) as writing:
            at = clock()
            copied = _tables(client, writing, progress)
            # Before Kafka's ends: what leaves the spool, or moves a cursor, is in Kafka by then.
            notes = _local(config, writing, progress, secrets=secrets)
            progress("reading Kafka")
            last = kafka.end_offsets(admin)
            records = kafka.copy_out(config, admin, sources.committed, last, writing)
            notes += _report(config, writing, at, progress)
            positions = kafka.positions(sources.committed, last)
            manifest = _manifest(sources, copied, positions, records, (at, clock()), writing)
            writing.finish(manifest)
    notes += filter(None, [note_backup(config.data_dir, manifest.at, root)])
    return Taken(manifest, writing.size, notes)


def _local(config: Settings, writing: Writing, progress: Say, *, secrets: bool) -> list[str]:
    """Copies what is in files of ours. Returns what there was not."""
    progress("copying connectors' state, business files, settings")
    there = local.copy_state(config.data_dir, _cursors(config), writing)
    local.copy_business(BusinessSettings().business_dir, writing)
    local.copy_settings(local.settings_said(), writing)
    if secrets:
        local.copy_secrets(config.data_dir, writing)
    return [] if there else [f"No connectors' state: there is no {state_path(config.data_dir)}"]


def _cursors(config: Settings) -> Mapping[str, Mapping[str, str]]:
    try:
        return all_cursors(config)
    except PublishError as error:
        raise BackupError(str(error)) from error


def _manifest(
    sources: _Sources,
    copied: dict[str, Table],
    positions: list[Position],
    records: int,
    times: tuple[int, int],
    writing: Writing,
) -> Manifest:
    said = local.settings_said()
    # Before the first row of a new epoch only the setting has it.
    epoch = max({sources.config.epoch, *held(sources.client).epochs})
    return Manifest(
        release=version("webinar-funnel"),
        clickhouse=str(sources.client.server_version),
        at=format_instant(times[0]),
        finished_at=format_instant(times[1]),
        migrations=applied(sources.client),
        epoch=epoch,
        next_epoch=epoch + 1,
        group=sources.config.consumer_group,
        topics=kafka.topic_ids(sources.admin),
        positions=positions,
        tables=copied,
        records=records,
        files=dict(writing.files),
        settings={name: value for name, value in said.items() if not is_secret(name)},
        secrets=sorted(name for name in said if is_secret(name)),
        hash_secret=local.hash_secret_check(),
    )


def _expected(sources: _Sources) -> int:
    """About how many bytes it will have."""
    state, done = state_path(sources.config.data_dir), sources.committed
    waiting = sum(max(0, end - done.get(place, 0)) for place, end in kafka.end_offsets(sources.admin).items())
    of_state = state.stat().st_size if state.exists() else 0
    return int(sum(tables.sizes(sources.client).values()) * _SHARE) + waiting * _RECORD_BYTES + of_state


def _tables(client: Client, writing: Writing, progress: Say) -> dict[str, Table]:
    copied = {}
    for name in tables.sizes(client):
        progress(f"copying the table {name}")
        copied[name] = tables.copy_out(client, name, writing)
    return copied


def _report(config: Settings, writing: Writing, at: int, progress: Say) -> list[str]:
    """Writes what the report says of that moment, once the workers are done with what the backup has."""
    try:
        wait_until_caught_up(config, _REPORT_SECONDS, progress)
    except LagError:
        return [f"No {REPORT} to compare with: the workers do not catch up within {_REPORT_SECONDS:.0f} s"]
    with closing(connect(config, user="writer")) as reader, writing.file(REPORT) as file:
        file.write(as_json(answer(reader, Question(at=at))).encode())
    return []
