"""`funnel restore --check`: a backup is restored beside everything else, verified, and thrown away."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.status import Status

from clickhouse.client import connect
from clickhouse.settings import ALONE
from contract.instants import parse_instant
from funnel.backup.errors import BackupError
from funnel.backup.manifest import Manifest
from funnel.backup.restore import restore
from funnel.backup.take import REPORT
from funnel.report.numbers import Question, answer, as_json
from funnel.report.verify import Result, verify
from funnel.stack.plan import settings_environment
from funnel.stack.ports import LOOPBACK, free_port
from funnel.stack.private import with_passwords
from funnel.stack.servers import servers
from streams.lag import LagError
from streams.settings import Settings

_STOP_SECONDS = 20.0
_SHOWN = 5

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Check:
    """What came of it."""

    result: Result
    """Of `funnel verify`."""
    differing: Sequence[str]
    """Where the report is not that of the backup's moment, one line a webinar."""
    compared: int
    """Webinars of the report; -1: the backup has none."""

    @property
    def right(self) -> bool:
        return self.result.right and not self.differing

    def lines(self) -> Iterator[str]:
        """What is wrong, and what could not be compared."""
        yield from self.result.lines()
        yield from self.differing[:_SHOWN]
        if len(self.differing) > _SHOWN:
            yield f"and {len(self.differing) - _SHOWN} more webinars"
        if self.compared < 0:
            yield f"the backup has no {REPORT}: its workers were behind"


def check(config: Settings, root: Path, said: Manifest, timeout: float, say: Say, progress: Status) -> Check:
    """Restores it into a folder of its own, on free ports. `timeout`: seconds for its worker to catch up.

    Raises StackError and what `restore` and `verify` raise.
    """
    with _scratch() as folder:
        own = with_passwords(_elsewhere(config, folder, said))
        with servers(own, progress) as settings:
            restore(settings, root, said, folder / "business", say, progress.update)
            with _worker(settings, folder / "worker.log"):
                result = verify(settings, timeout=timeout, progress=progress.update)
            return Check(result, *_compare(settings, root, said))


@contextmanager
def _worker(config: Settings, log: Path) -> Iterator[None]:
    """One worker while the context lasts. Raises BackupError, with its last line, where it has ended meanwhile."""
    command = [sys.executable, "-m", "streams.app", "worker"]
    with log.open("wb") as file:
        process = subprocess.Popen(
            command, env=os.environ | settings_environment(config), stdin=subprocess.DEVNULL, stdout=file, stderr=file
        )
    try:
        yield
    except LagError as error:
        if process.poll() is None:
            raise
        last = log.read_text(errors="replace").strip().rpartition("\n")[2]
        raise BackupError(f"the worker that was to read the rest has ended: {last}") from error
    finally:
        process.terminate()
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _compare(config: Settings, root: Path, said: Manifest) -> tuple[list[str], int]:
    path = root / REPORT
    if not path.exists():
        return [], -1
    with closing(connect(config, user="reader")) as reader:
        now = json.loads(as_json(answer(reader, Question(at=parse_instant(said.at)))))
    then = json.loads(path.read_text())
    return differing(then, now), len(then)


def differing(then: Sequence[Mapping[str, Any]], now: Sequence[Mapping[str, Any]]) -> list[str]:
    """The webinars whose rows are not the same, with the first number that is not. Pure.

    What only one of them knows is of another release, and no difference.
    """
    before, after = ({str(row["webinar_id"]): row for row in rows} for rows in (then, now))
    lines = []
    for webinar_id in sorted(before.keys() | after.keys()):
        one, other = before.get(webinar_id), after.get(webinar_id)
        if one is None or other is None:
            lines.append(f"{webinar_id} is only in the report {'of the backup' if other is None else 'restored'}")
        elif name := next((name for name in one if name in other and one[name] != other[name]), None):
            lines.append(f"{webinar_id}: {name} was {one[name]!r} and is {other[name]!r} restored")
    return lines


def _elsewhere(config: Settings, folder: Path, said: Manifest) -> Settings:
    changed = {
        **ALONE,
        "data_dir": folder / "data",
        "kafka_bootstrap": f"{LOOPBACK}:{free_port()}",
        "clickhouse_host": LOOPBACK,
        "clickhouse_port": free_port(),
        "kafka_security_protocol": "PLAINTEXT",
        "replication_factor": 1,
        "min_insync_replicas": 1,
        "epoch": said.next_epoch,
        # It is thrown away, and takes nothing in.
        "disk_reserve_mb": 0,
    }
    return config.model_copy(update=changed)


@contextmanager
def _scratch() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="funnel-restore-check-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
