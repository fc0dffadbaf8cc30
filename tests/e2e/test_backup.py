"""A backup of an installation under load, and what becomes of one that cannot be taken.

That it becomes the same installation again: tests/faults/test_backup.py.
"""

import os
import signal
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

import pytest

from contract.instants import parse_instant
from funnel.backup.errors import BackupError
from funnel.backup.folder import decompressed
from funnel.backup.last import last_backup
from funnel.backup.manifest import FILE, Manifest
from funnel.backup.restore import checked
from funnel.backup.tables import file_of
from funnel.backup.take import backup
from funnel.stack.plan import settings_environment
from tests.e2e.load import load
from tests.e2e.stack import Stack
from tests.e2e.timing import now
from tests.servers.small_disk import fill, small_disk
from tests.waiting import until

pytestmark = pytest.mark.kafka


def test_every_event_that_was_acknowledged_by_then_is_in_it(stack: Stack, tmp_path: Path) -> None:
    root, webinar_id = tmp_path / "backup", f"zoom:{uuid4().hex[:8]}"
    with load(stack, webinar_id) as came:
        until(lambda: len(came) > 30, "load")
        before, began = len(came), now()
        made = backup(stack.config, root, now, lambda _: None).manifest
        assert len(came) > before, "nothing came while it was taken"
    said = checked(root, lambda _: None)
    assert said == made
    assert last_backup(stack.config.data_dir) == parse_instant(said.at)
    assert began <= parse_instant(said.at) <= parse_instant(said.finished_at) <= now()
    assert said.positions
    assert all(one.committed <= one.end for one in said.positions)
    with decompressed(root / file_of("events")) as rows, decompressed(root / "kafka.jsonl.zst") as records:
        events, rest = rows.read(), records.read()
    assert events.count(b"\n") == said.tables["events"].rows
    assert rest.count(b"\n") == said.records
    in_tables = sum(f"{webinar_id}\t".encode() in line for line in events.splitlines())
    # The statement about the webinar, and two events of each. Those of other tests may be in the records, too.
    assert in_tables + said.records >= 1 + 2 * before
    assert (root.stat().st_mode & 0o777, (root / FILE).stat().st_mode & 0o777) == (0o700, 0o600)
    _assert_that_what_is_damaged_is_refused(root, said)


def _assert_that_what_is_damaged_is_refused(root: Path, said: Manifest) -> None:
    for name in said.files:
        path = root / name
        whole = path.read_bytes()
        if not whole:
            continue
        for changed, why in (
            (whole[:-1] + bytes([whole[-1] ^ 1]), "is damaged"),
            (whole[:-1], r"has [\d,]+ bytes inst"),
        ):
            path.write_bytes(changed)
            with pytest.raises(BackupError, match=rf"{name} {why}.* It is not restored"):
                checked(root, lambda _: None)
        path.write_bytes(whole)
    (root / name).unlink()
    with pytest.raises(BackupError, match=rf"{name} is missing"):
        checked(root, lambda _: None)


def test_where_it_cannot_be_written_it_says_so_and_leaves_nothing(stack: Stack, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(BackupError, match="file exists: choose a folder that does not exist yet"):
        backup(stack.config, tmp_path / "file", now, lambda _: None)
    for where, why in ((tmp_path / "file" / "x", "Not a directory"), (tmp_path / "no" / "x", "No such file")):
        with pytest.raises(BackupError, match=rf"cannot be written \({why}.*choose another folder"):
            backup(stack.config, where, now, lambda _: None)
    with small_disk(tmp_path / "disk", 3) as disk:
        ballast = disk / "ballast"
        fill(ballast, leave=1_000)
        with pytest.raises(BackupError, match=r"are free on the disk of .*, about .* are needed: make room"):
            backup(stack.config, disk / "x", now, lambda _: None)
        ballast.unlink()

        def fills_up(text: str) -> None:
            if text.endswith("persons"):
                fill(ballast)

        with pytest.raises(BackupError, match=r"cannot be (written|copied).*make room"):
            backup(stack.config, disk / "x", now, fills_up)
        assert list(disk.iterdir()) == [ballast]


def test_one_that_was_killed_is_no_backup(stack: Stack, tmp_path: Path) -> None:
    root = tmp_path / "killed"
    environment = os.environ | settings_environment(stack.config)
    command = [sys.executable, "-m", "funnel", "backup", str(root)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        until(lambda: (root / "tables").is_dir() or process.poll() is not None, "a table was copied")
        process.send_signal(signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL
    with pytest.raises(BackupError, match=r"holds no finished backup: it has no manifest\.json, as one that was inter"):
        checked(root, lambda _: None)
    with pytest.raises(BackupError, match="holds a backup that was interrupted: remove it"):
        backup(stack.config, root, now, lambda _: None)
