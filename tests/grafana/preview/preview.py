"""The preview as a real process, for tests."""

import os
import select
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from streams.settings import Settings
from tests.servers.processes import end

ROOT = Path(__file__).parents[3]
_START_SECONDS = 30.0
_STANDING = (
    "import runpy; from grafana.preview import shared; shared.SECONDS = 3600.0;"
    " runpy.run_module('grafana.preview', run_name='__main__')"
)


@contextmanager
def running(folder: Path, config: Settings, *, standing: bool = False) -> Iterator[str]:
    """Its address; it shows the dashboards of `folder` on the database of `config`, and ends with status 0.

    `standing`: nothing is written meanwhile, so that the same is asked of ClickHouse once, not every five seconds.
    """
    environment = {
        **os.environ,
        "FUNNEL_CLICKHOUSE_PORT": str(config.clickhouse_port),
        "FUNNEL_CLICKHOUSE_DATABASE": config.clickhouse_database,
    }
    program = ["-c", _STANDING] if standing else ["-m", "grafana.preview"]
    command = [sys.executable, *program, "--port", "0", "--dashboards", str(folder)]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        ready, _, _ = select.select([process.stdout], [], [], _START_SECONDS)
        word, _, address = process.stdout.readline().strip().partition(" ") if ready else ("", "", "")
        assert word == "ready", "the preview did not start"
        yield address
    finally:
        status = end(process)
        process.stdout.close()
    assert status == 0
