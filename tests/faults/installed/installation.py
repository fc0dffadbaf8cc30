"""A whole installation in a folder of its own, driven by the `funnel` command as people drive it."""

import json
import os
import secrets
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from clickhouse.client import connect
from funnel.stack.plan import settings_environment
from funnel.stack.ports import LOOPBACK, free_port
from funnel.stack.strays import end_strays
from streams.settings import Settings
from tests.faults.installed.disk import Disk, mounted
from tests.faults.installed.status import Rows, rows_of

SLOWNESS = float(os.environ.get("FAULTS_SLOWNESS", "1"))
"""How many times as slow as a quiet one this machine may be: all limits of time are so much longer."""
WORKERS = 2
UP_SECONDS = 180.0 * SLOWNESS
DOWN_SECONDS = 90.0 * SLOWNESS
COMMAND_SECONDS = 10.0 * SLOWNESS
"""Within which a command has to end, whatever does not answer it."""
VERIFY_SECONDS = 120.0 * SLOWNESS
FORM = "faults"
FORMS_WEBINAR = "zoom:faults"
"""The webinar of the registrations that come by webhook."""
PARTS = ("kafka", "clickhouse", "connectors")
_WELL = ("ready", "done")
_OWNER: Any = "migrator" if "migrator_clickhouse_user" in Settings.model_fields else "writer"
_ROOT = Path(__file__).parents[3]


class Said(NamedTuple):
    """How a command ended, and all that it printed. A status of None: it did not end in time."""

    status: int | None
    text: str


class Installation:
    """Commands, processes and tables of one data folder. Its disks are there where file systems can be mounted."""

    def __init__(self, folder: Path, disks: dict[str, Disk], environment: dict[str, str]) -> None:
        self.folder = folder
        self.disks = disks
        """By the name of the part; `all` is the data folder itself."""
        self.webhook_secret = secrets.token_hex(16)
        self.webhooks = f"http://{LOOPBACK}:{free_port()}"
        self._where: dict[str, Any] = {
            "data_dir": folder / "data",
            "kafka_bootstrap": f"{LOOPBACK}:{free_port()}",
            "clickhouse_port": free_port(),
            "dashboards_port": free_port(),
            "metrics_port": free_port(),
        }
        self.config = self._settings()
        self.business = folder / "business"
        own = {
            "FUNNEL_HASH_SECRET": secrets.token_hex(32),
            "FUNNEL_TYPEFORM_SECRET": self.webhook_secret,
            "FUNNEL_WEBHOOK_PORT": self.webhooks.rpartition(":")[2],
            "FUNNEL_BUSINESS_DIR": str(self.business),
            "FUNNEL_DATA_DIR": str(self.config.data_dir),
            # Nodes that live for minutes: the second compiler would cost more than it brings.
            "JDK_JAVA_OPTIONS": "-XX:TieredStopAtLevel=1",
        }
        self.environment = {**os.environ, **settings_environment(self.config), **own, **environment}

    def _settings(self) -> Settings:
        return Settings(_env_file=None, **self._where)

    # Commands.

    def funnel(self, *arguments: str, seconds: float = COMMAND_SECONDS) -> Said:
        """Runs a command as a user would. What it starts outlives it."""
        command = [sys.executable, "-m", "funnel", *arguments]
        environment = self.environment | {"PYTHONPATH": str(_ROOT)}
        # A file, no pipe: what `funnel up` starts may keep it open.
        with (self.folder / "said.txt").open("w+b") as said:
            process = subprocess.Popen(
                command, cwd=self.folder, env=environment, stdin=subprocess.DEVNULL, stdout=said, stderr=said
            )
            try:
                status: int | None = process.wait(seconds)
            except subprocess.TimeoutExpired:
                status = None
                process.kill()
                process.wait()
            said.seek(0)
            return Said(status, said.read().decode(errors="replace"))

    def up(self) -> Said:
        """Starts it, or says why not."""
        return self.funnel("up", "--workers", str(WORKERS), seconds=UP_SECONDS)

    def down(self) -> Said:
        """Stops it."""
        return self.funnel("down", seconds=DOWN_SECONDS)

    def verify(self) -> Said:
        """Recomputes all."""
        return self.funnel("verify", seconds=VERIFY_SECONDS)

    def status(self) -> tuple[int | None, Rows]:
        """Exit status and lines of `funnel status`."""
        status, text = self.funnel("status")
        return status, rows_of(text)

    def start(self) -> None:
        """Starts a new installation, which has to be well. Raises AssertionError with what it said instead."""
        self.business.mkdir(exist_ok=True)
        rule = f"forms:\n  - {{service: typeform, form: {FORM}, webinar: '{FORMS_WEBINAR}'}}\n"
        (self.business / "forms.yaml").write_text(rule)
        status, text = self.up()
        assert status == 0, f"funnel up ended with {status}: {text[-2000:]}"
        # The first start makes the passwords.
        self.config = self._settings()
        status, text = self.funnel("status")
        assert status == 0, f"funnel status of a new installation ended with {status}: {text}"

    def raise_epoch(self) -> None:
        """As people do in `.env`: it stays so."""
        self.environment["FUNNEL_EPOCH"] = str(int(self.environment.get("FUNNEL_EPOCH", "0")) + 1)

    def renew(self) -> None:
        """Throws everything away and starts anew."""
        for process in self.processes().values():
            _signal(process, signal.SIGCONT)
        self.down()
        for disk in self.disks.values():
            disk.make_room()
        for part in PARTS:
            empty(self.config.data_dir / part)
        empty(self.config.data_dir, keep=PARTS)
        shutil.rmtree(self.business, ignore_errors=True)
        self.environment.pop("FUNNEL_EPOCH", None)
        self.start()

    # Processes, as stack.json has them: that is not the judge, only the way to find them.

    def children(self) -> dict[str, dict[str, Any]]:
        """What the supervisor has written of each; nothing while there is no such file."""
        try:
            found = json.loads((self.config.data_dir / "stack.json").read_bytes())
        except (OSError, ValueError):
            return {}
        return {child["name"]: child for child in found["children"]}

    def processes(self) -> dict[str, int]:
        """The pids of those that run."""
        return {name: child["pid"] for name, child in self.children().items() if child["pid"]}

    def all_run(self) -> bool:
        """Whether each of them is up. `funnel status` may still say, for an hour, that some were restarted."""
        children = self.children().values()
        return bool(children) and all(child["state"] in _WELL for child in children)

    def signal(self, name: str, number: signal.Signals) -> int:
        """Sends it to one of them. Returns its pid."""
        pid = self.processes()[name]
        os.kill(pid, number)
        return pid

    # What is stored.

    def alter(self, *statements: str) -> None:
        """Runs statements about the tables, as the user who makes them."""
        with closing(connect(self.config, user=_OWNER)) as client:
            for statement in statements:
                client.command(statement)

    def rows(self, query: str) -> Sequence[Sequence[Any]]:
        """What a query says, texts as bytes."""
        with closing(connect(self.config, user="writer")) as client:
            return client.query(query, query_formats={"String": "bytes"}).result_rows

    def spooled(self) -> int:
        """How many records wait on the disk of the webhook server."""
        path = self.config.data_dir / "connectors" / "state.sqlite"
        if not path.exists():
            return 0
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=5)) as state:
            return int(state.execute("SELECT count() FROM spool").fetchone()[0])


@contextmanager
def installed(folder: Path, environment: dict[str, str]) -> Iterator[Installation]:
    """An installation that is up; its folders stay, what ran and was mounted does not."""
    data = folder / "data"
    with ExitStack() as mounts:
        disks: dict[str, Disk] = {}
        for name, where in {"all": data, **{part: data / part for part in PARTS}}.items():
            if disk := mounts.enter_context(mounted(where)):
                disks[name] = disk
        installation = Installation(folder, disks, environment)
        mounts.callback(end_strays, data.resolve())
        mounts.callback(installation.down)
        installation.start()
        yield installation


def empty(folder: Path, keep: Sequence[str] = ()) -> None:
    """Removes what is in the folder, which may be mounted."""
    for one in folder.iterdir():
        if one.name in keep:
            continue
        if one.is_dir() and not one.is_symlink():
            shutil.rmtree(one)
        else:
            one.unlink()


def wait(condition: Callable[[], bool], seconds: float, every: float = 0.2) -> float | None:
    """Seconds until the condition came true; None: it did not in this time."""
    began = time.monotonic()
    while not condition():
        if time.monotonic() - began > seconds:
            return None
        time.sleep(every)
    return time.monotonic() - began


def _signal(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return
