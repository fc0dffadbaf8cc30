"""A backup taken under load becomes the same installation again: elsewhere, and where Kafka has stayed."""

import io
import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from rich.console import Console

from clickhouse.client import connect
from clickhouse.migrate import UNFINISHED, MigrationError, migrate
from connectors.pipeline.spool import Outgoing, append
from connectors.pipeline.state import State
from contract.topics import ATTENDANCE
from funnel.backup.check import check
from funnel.backup.errors import BackupError
from funnel.backup.manifest import Manifest
from funnel.backup.restore import checked, restore
from funnel.backup.take import Taken, backup
from funnel.rebuild.kafka import RebuildError
from funnel.report.verify import verify
from tests.contract_events import hour_long, identity, r, registration, stay
from tests.e2e.load import load
from tests.e2e.stack import RawRecord, Stack, running_stack
from tests.e2e.timing import now
from tests.servers.worker import Worker
from tests.waiting import PATIENCE, until

pytestmark = [pytest.mark.kafka, pytest.mark.faults]

LIVE = "zoom:live"
LATER = "zoom:later"
PERSONS = 60


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Stack, Worker]]:
    """An installation with a past webinar, links, dead letters, quarantine and spool, and one worker."""
    folder = tmp_path_factory.mktemp("backed-up")
    with (
        running_stack(folder, partitions=2, disk_reserve_mb=0) as stack,
        closing(Worker(stack.config, folder / "worker.log")) as worker,
    ):
        worker.start()
        events = hour_long("zoom:past")
        for person in range(PERSONS):
            linked = identity(person, person, 0, "zoom:past")
            events += [registration(person, webinar_id="zoom:past"), linked, *stay(r(person), 0, 40, "zoom:past")]
        stack.publish(events)
        stack.publish_records([RawRecord(ATTENDANCE.name, b"x", b"no event")])
        with State(folder) as state:
            state.cursors("zoom").put("webinars", "2026-11-30")
            append(state, [Outgoing(ATTENDANCE.name, b"x", b"waits")])
        stack.wait_until_handled()
        yield stack, worker


@pytest.fixture(scope="module")
def taken(world: tuple[Stack, Worker], tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Taken]:
    """Taken while people come into a live webinar."""
    stack, _ = world
    root = tmp_path_factory.mktemp("backups") / "monday"
    with load(stack, LIVE) as came:
        until(lambda: len(came) > 50, "load")
        before = len(came)
        made = backup(stack.config, root, now, lambda _: None)
        assert len(came) > before, "nothing came while the backup was taken"
    return root, made


def test_elsewhere_every_number_is_that_of_the_backups_moment(
    world: tuple[Stack, Worker], taken: tuple[Path, Taken]
) -> None:
    root, made = taken
    assert made.notes == []
    said: list[str] = []
    with Console(file=io.StringIO()).status("") as progress:
        found = check(world[0].config, root, checked(root, said.append), PATIENCE, said.append, progress)
    assert list(found.lines()) == []
    assert found.right
    assert (found.compared, found.result.webinars) == (2, 2)
    assert found.result.persons > PERSONS
    rows = {row["webinar_id"]: row for row in json.loads((root / "report.json").read_text())}
    assert rows["zoom:past"]["registered_visits_30m"] == PERSONS
    assert rows[LIVE]["registrations"] > 0
    assert any("Kafka is another one" in line and "in epoch 1" in line for line in said)
    assert "Connectors: 0 rows of quarantine, 1 records in the spool" in said


def test_where_kafka_stayed_what_came_later_counts_once(world: tuple[Stack, Worker], taken: tuple[Path, Taken]) -> None:
    (stack, worker), (root, _) = world, taken
    manifest = checked(root, lambda _: None)
    stack.publish([*hour_long(LATER), registration(7_000, webinar_id=LATER), *stay(7_000, 0, 40, LATER)])
    with pytest.raises(RebuildError, match=r"workers are running \(1\)"):
        _restore(stack, root, manifest)
    stack.wait_until_handled()
    assert worker.stop() == 0
    before = verify(stack.config, timeout=PATIENCE)
    assert before.right
    with pytest.raises(BackupError, match=r"not empty: ClickHouse holds [\d,]+ rows.* --replace"):
        _restore(stack, root, manifest)

    # As one that was killed on its way: nothing goes on, and the next restore needs no --replace.
    with closing(connect(stack.config, user="migrator")) as client:
        client.command(f"CREATE TABLE {UNFINISHED} (at DateTime) ENGINE = ReplacingMergeTree ORDER BY at")
        client.command("TRUNCATE TABLE persons SYNC")
        with pytest.raises(MigrationError, match="run funnel restore again"):
            migrate(client, stack.config)
        with pytest.raises(BackupError, match="a restore was interrupted here"):
            backup(stack.config, stack.folder / "no", now, lambda _: None)
    said = _restore(stack, root, manifest)
    assert any("workers read" in line and "from the backup's moment on again" in line for line in said)
    assert any("it holds cursors, quarantine or spool of its own" in line for line in said)
    with closing(connect(stack.config, user="reader")) as client:
        found = client.query(f"SELECT count() FROM persons FINAL WHERE webinar_id = '{LATER}'").result_rows
        assert found == [(0,)]
    worker.start()
    after = verify(stack.config, timeout=PATIENCE)
    assert after.right
    assert (after.webinars, after.persons, after.events) == (before.webinars, before.persons, before.events)
    assert after.dead_letters == before.dead_letters


def _restore(stack: Stack, root: Path, manifest: Manifest) -> list[str]:
    said: list[str] = []
    restore(stack.config, root, manifest, stack.folder / "business", said.append, lambda _: None)
    return said
