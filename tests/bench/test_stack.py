"""A bench that is told to end takes its servers with it."""

import signal
import subprocess
import sys
from pathlib import Path

import psutil

from tests.waiting import until

_BENCH = """
import time
from rich.console import Console
from bench.stack import stack
with stack(Console(quiet=True), ("clickhouse",)) as config:
    print(config.data_dir, flush=True)
    time.sleep(600)
"""


def test_a_bench_that_is_told_to_end_leaves_no_server_behind() -> None:
    with subprocess.Popen([sys.executable, "-c", _BENCH], stdout=subprocess.PIPE, text=True) as bench:
        assert bench.stdout is not None
        folder = Path(bench.stdout.readline().strip())
        assert _of(folder)
        bench.send_signal(signal.SIGTERM)
        assert bench.wait() == 128 + signal.SIGTERM
    until(lambda: not _of(folder), "its servers have ended")
    assert not folder.exists()


def _of(folder: Path) -> list[str]:
    """The processes that name this folder."""
    commands = (" ".join(process.info["cmdline"] or ()) for process in psutil.process_iter(["cmdline"]))
    return [command for command in commands if str(folder) in command]
