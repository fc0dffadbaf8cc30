"""Real workers, `python -m streams.app worker`, as processes of a test."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from funnel.stack.plan import settings_environment
from streams.settings import Settings

START_SECONDS = 90.0
END_SECONDS = 60.0
_ROOT = Path(__file__).parents[2]
_SELDOM = (
    "import runpy; from streams.jobs import current; current.EVERY_SECONDS = 10.0;"
    " runpy.run_module('streams.app', run_name='__main__', alter_sys=True)"
)


class Worker:
    """One worker that may be killed, paused and started again; what it says goes to one log file."""

    def __init__(self, config: Settings, log: Path, *, seldom: bool = False, observed: bool = False) -> None:
        """`seldom`: makes the numbers of now each ten seconds: that takes a third of a core while a webinar is on.
        `observed`: shows its metrics, at the port that its heartbeat beside the log names, and logs at debug.
        """
        self.log = log
        self._program = ["-c", _SELDOM] if seldom else ["-m", "streams.app"]
        self._environment = os.environ | settings_environment(config) | {"PYTHONPATH": str(_ROOT)}
        if observed:
            beat = {"FUNNEL_HEARTBEAT": str(log.with_suffix(".beat")), "FUNNEL_METRICS": "127.0.0.1:0"}
            self._environment |= beat | {"FUNNEL_LOG_LEVEL": "debug"}
        self._process: subprocess.Popen[bytes] | None = None
        self._said_before = 0

    @property
    def pid(self) -> int:
        return self._running().pid

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Starts the process; `wait_until_ready` waits for it."""
        assert self._process is None, "this worker is running already"
        self._said_before = self.log.stat().st_size if self.log.exists() else 0
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, *self._program, "worker"],
                cwd=self.log.parent,  # away from a developer's .env
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def wait_until_ready(self) -> None:
        """Returns when it has got its partitions. Raises RuntimeError with the end of its log otherwise."""
        deadline = time.monotonic() + START_SECONDS
        while not self.assignments():
            if not self.running or time.monotonic() > deadline:
                raise RuntimeError(f"the worker did not get ready:\n{self.log.read_text()[-2000:]}")
            time.sleep(0.05)

    def assignments(self) -> list[int]:
        """Of how many partitions it said to be ready, one number an assignment since the last start."""
        with self.log.open("rb") as log:
            log.seek(self._said_before)
            lines = log.read().decode(errors="replace").splitlines()
        return [int(line.split()[1]) for line in lines if line.startswith("ready: ")]

    def kill(self) -> None:
        """SIGKILL, and waits for the end."""
        self._running().kill()
        self.wait()

    def stop(self) -> int:
        """SIGTERM, and waits for the end. Returns the exit status."""
        self._running().terminate()
        return self.wait()

    def pause(self) -> None:
        """SIGSTOP: the process stands still as if its machine did."""
        self._running().send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        """SIGCONT."""
        self._running().send_signal(signal.SIGCONT)

    def wait(self, seconds: float = END_SECONDS) -> int:
        """Waits for the end of the process and returns its exit status. Raises subprocess.TimeoutExpired."""
        status = self._running().wait(seconds)
        self._process = None
        return status

    def close(self) -> None:
        """Ends the process if there is one, whatever it does."""
        if self._process is not None:
            self.kill()

    def _running(self) -> subprocess.Popen[bytes]:
        assert self._process is not None, "this worker is not running"
        return self._process


@contextmanager
def workers(
    config: Settings, folder: Path, count: int, *, seldom: bool = False, observed: bool = False
) -> Iterator[list[Worker]]:
    """So many workers that share the partitions; ended at the end."""
    started = [
        Worker(config, folder / f"worker-{number}.log", seldom=seldom, observed=observed)
        for number in range(1, count + 1)
    ]
    try:
        for worker in started:
            worker.start()
        for worker in started:
            worker.wait_until_ready()
        yield started
    finally:
        for worker in started:
            worker.close()
