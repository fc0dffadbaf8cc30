"""A worker process under observation: ours or the stock peer, started by the bench."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from funnel.stack.plan import settings_environment
from streams.settings import Settings

OURS, STOCK = "streams.app", "bench.stock"


@dataclass
class Worker:
    """A running worker."""

    process: psutil.Process

    @property
    def cpu_seconds(self) -> float:
        """CPU seconds used so far, user and system."""
        times = self.process.cpu_times()
        return float(times.user + times.system)

    @property
    def peak_mb(self) -> float:
        """Peak memory in MB."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        (line,) = (line for line in status.splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024


@contextmanager
def running(module: str, config: Settings, log: Path) -> Iterator[Worker]:
    """Starts `python -m module` with these settings, waits until it prints "ready", and stops it afterwards."""
    with log.open("wb") as output:
        started = subprocess.Popen(
            [sys.executable, "-m", module, "worker"],
            env=settings_environment(config) | {"PATH": "/usr/bin:/bin"},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        deadline = time.monotonic() + 60
        while b"ready" not in log.read_bytes():
            if started.poll() is not None or time.monotonic() > deadline:
                raise SystemExit(f"{module} did not start: see {log}")
            time.sleep(0.02)
        yield Worker(psutil.Process(started.pid))
    finally:
        started.terminate()
        try:
            started.wait(20)
        except subprocess.TimeoutExpired:
            started.kill()
            started.wait()
