"""A backup taken under load becomes the same installation again: elsewhere, and where Kafka has stayed."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from rich.console import Console

from clickhouse.client import connect
from clickhouse.migrate import UNFINISHED, MigrationError, migrate
from connectors.pipeline.publish import Publisher
from connectors.pipeline.spool import Outgoing, append
from connectors.pipeline.state import State
from contract.instants import MINUTE
from contract.topics import ATTENDANCE
from funnel.backup.check import check
from funnel.backup.errors import BackupError
from funnel.backup.manifest import FILE, Manifest
from funnel.backup.restore import checked, restore
from funnel.backup.take import Taken, backup
from funnel.rebuild.kafka import RebuildError
from funnel.report.verify import verify
from funnel.stack.plan import settings_environment
from tests.contract_events import attendance, hour_long, identity, r, registration, stay, webinar
from tests.e2e.stack import RawRecord, Stack, running_stack
from tests.e2e.timing import moved, now
from tests.servers.small_disk import fill, small_disk
from tests.servers.worker import Worker
from tests.waiting import PATIENCE, until

pytestmark = pytest.mark.kafka

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
    with _load(stack) as sent:
        until(lambda: len(sent) > 50, "load")
        before = len(sent)
        made = backup(stack.config, root, now, lambda _: None)
        assert len(sent) > before, "nothing came while the backup was taken"
    return root, made


@contextmanager
def _load(stack: Stack) -> Iterator[list[int]]:
    """People register and come, now, one after the other."""
    ended, sent = threading.Event(), list[int]()

    def send() -> None:
        with Publisher(stack.config.kafka_bootstrap) as publisher:
            stack_topics = {"registration": "webinar.registrations.v1", "attendance": ATTENDANCE.name}
            while not ended.wait(0.005):
                person, at = 1_000 + len(sent), now()
                for event in (registration(person, 0, webinar_id=LIVE), attendance(person, "joined", 0, LIVE)):
                    topic = stack_topics[event["type"]]
                    publisher.send_raw(topic, LIVE.encode(), json.dumps(moved(event, at)).encode())
                publisher.flush()
                sent.append(person)

    stack.publish([webinar(-60, LIVE, starts_at="2026-11-22T18:00:00.000Z", duration_seconds=7200)], now() - 5 * MINUTE)
    thread = threading.Thread(target=send)
    thread.start()
    try:
        yield sent
    finally:
        ended.set()
        thread.join()


def test_elsewhere_every_number_is_that_of_the_backups_moment(
    world: tuple[Stack, Worker], taken: tuple[Path, Taken]
) -> None:
    root, made = taken
    assert made.notes == []
    said: list[str] = []
    with Console(file=open(os.devnull, "w")).status("") as progress:
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
    with pytest.raises(RebuildError, match="1 workers are at work"):
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


def test_what_is_damaged_is_never_restored(taken: tuple[Path, Taken], tmp_path: Path) -> None:
    root, made = taken
    copy = tmp_path / "copy"
    subprocess.run(["cp", "-r", str(root), str(copy)], check=True)
    for name in made.manifest.files:
        if name == f".{FILE}":
            continue
        path = copy / name
        whole = path.read_bytes()
        if not whole:
            continue
        path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
        with pytest.raises(BackupError, match=rf"{name} is damaged: its checksum.* It is not restored"):
            checked(copy, lambda _: None)
        path.write_bytes(whole[:-1])
        with pytest.raises(BackupError, match=rf"{name} has .* bytes instead of"):
            checked(copy, lambda _: None)
        path.write_bytes(whole)
    checked(copy, lambda _: None)


def test_where_it_cannot_be_written_it_says_so_and_leaves_nothing(world: tuple[Stack, Worker], tmp_path: Path) -> None:
    stack, _ = world
    (tmp_path / "file").touch()
    with pytest.raises(BackupError, match="file exists: choose a folder that does not exist yet"):
        backup(stack.config, tmp_path / "file", now, lambda _: None)
    for where, why in ((tmp_path / "file" / "x", "Not a directory"), (tmp_path / "no" / "x", "No such file")):
        with pytest.raises(BackupError, match=rf"cannot be written \({why}.*choose another folder"):
            backup(stack.config, where, now, lambda _: None)
    with small_disk(tmp_path / "disk", 3) as disk:
        fill(disk / "ballast", leave=20_000)
        with pytest.raises(BackupError, match=r"are free on the disk of .*, about .* are needed: make room"):
            backup(stack.config, disk / "x", now, lambda _: None)
        (disk / "ballast").unlink()
        ballast = disk / "ballast"

        def fills_up(text: str) -> None:
            if text.endswith("persons"):
                fill(ballast)

        with pytest.raises(BackupError, match=r"cannot be (written|copied).*make room"):
            backup(stack.config, disk / "x", now, fills_up)
        assert list(disk.iterdir()) == [ballast]


def test_one_that_was_killed_is_no_backup(world: tuple[Stack, Worker], tmp_path: Path) -> None:
    stack, _ = world
    root = tmp_path / "killed"
    environment = os.environ | settings_environment(stack.config)
    command = [sys.executable, "-m", "funnel", "backup", str(root)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        until(lambda: (root / "tables").is_dir() or process.poll() is not None, "a table was copied")
        process.send_signal(signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL, process.stdout
    with pytest.raises(BackupError, match=r"holds no finished backup: it has no manifest\.json, as one that was inter"):
        checked(root, lambda _: None)
    with pytest.raises(BackupError, match="holds a backup that was interrupted: remove it"):
        backup(stack.config, root, now, lambda _: None)
