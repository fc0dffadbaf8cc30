"""A process under observation that turns the events in Kafka into rows: our worker or a peer that does the same job."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from funnel.stack.plan import settings_environment
from streams.settings import Settings

_START_SECONDS, _STOP_SECONDS = 60, 20


@dataclass(frozen=True)
class Contender:
    """How to start one. It prints a line with "ready" once it consumes, and ends on SIGTERM."""

    name: str
    command: Callable[[Settings], Sequence[str]]
    """Called with the settings of the run: a group and a database of its own."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """Beside the settings."""
    warm_seconds: float = 0.0
    """How long it works on other events before it counts: compilers need it."""


def module(name: str, python_module: str) -> Contender:
    """A contender that is a module of this checkout."""
    return Contender(name, lambda _: (sys.executable, "-m", python_module, "worker"))


OURS = module("our worker", "streams.app")
STOCK = module("stock Faust agent", "bench.stock")


@dataclass
class Running:
    """A contender that runs."""

    process: psutil.Process
    log: Path

    @property
    def cpu_seconds(self) -> float:
        """CPU time that it has used so far, user and system."""
        return cpu_seconds(self.process)

    @property
    def peak_mb(self) -> float:
        """The most memory that it has held at once."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        (line,) = (line for line in status.splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024

    def require_alive(self) -> None:
        """Raises SystemExit with its last words if it has ended."""
        if not self.process.is_running() or self.process.status() == psutil.STATUS_ZOMBIE:
            raise SystemExit(f"a contender ended:\n{self.log.read_text(errors='replace')[-2000:]}")


def cpu_seconds(process: psutil.Process) -> float:
    """CPU time of a process so far, user and system."""
    times = process.cpu_times()
    return float(times.user + times.system)


@contextmanager
def running(contender: Contender, config: Settings, log: Path) -> Iterator[Running]:
    """Starts it with these settings, waits until it says ready, ends it afterwards."""
    with log.open("wb") as output:
        started = subprocess.Popen(
            contender.command(config),
            env={**settings_environment(config), "PATH": "/usr/bin:/bin", **contender.environment},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        deadline = time.monotonic() + _START_SECONDS
        while b"ready" not in log.read_bytes():
            if started.poll() is not None or time.monotonic() > deadline:
                raise SystemExit(f"{contender.name} did not start:\n{log.read_text(errors='replace')[-2000:]}")
            time.sleep(0.02)
        yield Running(psutil.Process(started.pid), log)
    finally:
        started.terminate()
        try:
            started.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            started.kill()
            started.wait()
