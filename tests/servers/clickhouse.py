"""The embedded ClickHouse server as a real process, for tests."""

import os
import secrets
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from clickhouse.embedded.access import USERS
from clickhouse.passwords import NAMES
from streams.settings import Settings

PASSWORDS = {name: os.environ.get(name) or secrets.token_hex(16) for name in NAMES}
"""Of all embedded servers of this test process; `Settings()` finds them in the environment (tests/conftest.py)."""
START_SECONDS = 60.0
STOP_SECONDS = 15.0
_ROOT = Path(__file__).parents[2]
_ENGINES = ("MergeTree", "Memory", "Null")


class Server:
    """One server process on one data folder and one port; it may be killed and started again."""

    def __init__(self, data_dir: Path, port: int, environment: Mapping[str, str]) -> None:
        self.data_dir = data_dir
        self.port = port
        self._environment = {**os.environ, **PASSWORDS, **environment}
        self._process: subprocess.Popen[str] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        return self._running().pid

    def settings(self) -> Settings:
        """Settings that lead to this server."""
        return Settings(_env_file=None, clickhouse_host="127.0.0.1", clickhouse_port=self.port)

    def start(self) -> None:
        """Starts the process and waits until it answers. Raises RuntimeError with what it said instead."""
        command = [*self.command(), "--data", str(self.data_dir), "--port", str(self.port)]
        command += ["--users", str(self._of_users())]
        with (self.data_dir.parent / f"{self.data_dir.name}.log").open("a") as log:
            self._process = subprocess.Popen(
                command, cwd=_ROOT, env=self._environment, stdout=subprocess.PIPE, stderr=log, text=True
            )
        assert self._process.stdout is not None
        ready, _, _ = select.select([self._process.stdout], [], [], START_SECONDS)
        line = self._process.stdout.readline() if ready else ""
        if not line.startswith("ready "):
            self.kill()
            raise RuntimeError(f"the server did not start: {Path(log.name).read_text()[-2000:]}")

    def command(self) -> list[str]:
        """The program, before what it is told."""
        return [sys.executable, "-m", "clickhouse.embedded"]

    def _of_users(self) -> Path:
        """The users of an installation, but in any database, and the migrator may make more, for what tests need.

        tests/clickhouse/embedded/test_reach.py has those of an installation.
        """
        more = ["DROP, ALTER, SYSTEM ON *.*", *(f"TABLE ENGINE ON {name}" for name in _ENGINES)]
        grants = "".join(f"<query>GRANT {one}</query>" for one in more)
        text = USERS.read_text().replace(" ON funnel.*", " ON *.*")
        text = text.replace("<query>GRANT TABLE ENGINE", f"{grants}<query>GRANT TABLE ENGINE", 1)
        path = self.data_dir.parent / f"{self.data_dir.name}.users.xml"
        path.write_text(text)
        return path

    def kill(self) -> None:
        """SIGKILL, and waits for the end."""
        self._running().kill()
        self._end(STOP_SECONDS)

    def stop(self) -> int:
        """SIGTERM, and waits for the end. Returns the exit status."""
        return self.signal(signal.SIGTERM)

    def signal(self, number: signal.Signals) -> int:
        """Sends a signal that ends the process, and waits for the end. Returns the exit status."""
        self._running().send_signal(number)
        return self._end(STOP_SECONDS)

    def wait(self) -> int:
        """Waits for the process to end by itself. Returns the exit status."""
        return self._end(STOP_SECONDS)

    def close(self) -> None:
        """Ends the process if there is one, whatever it takes."""
        if self._process is None:
            return
        try:
            self.stop()
        except subprocess.TimeoutExpired:
            self.kill()

    def _running(self) -> subprocess.Popen[str]:
        assert self._process is not None, "the server is not running"
        return self._process

    def _end(self, seconds: float) -> int:
        process = self._running()
        status = process.wait(seconds)
        if process.stdout is not None:
            process.stdout.close()
        self._process = None
        return status


@contextmanager
def embedded_clickhouse(
    data_dir: Path, port: int | None = None, environment: Mapping[str, str] | None = None, kind: type[Server] = Server
) -> Iterator[Server]:
    """A running server on a free port (another may take it in between: then it is tried again)."""
    server = kind(data_dir, port or free_port(), environment or {})
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            server.start()
            break
        except RuntimeError as error:
            if port is not None or "is taken" not in str(error) or time.monotonic() > deadline:
                raise
            server.port = free_port()
    try:
        yield server
    finally:
        server.close()


def free_port() -> int:
    """A port of loopback that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
