"""`funnel dashboards` as a user runs it."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx

from tests.servers.clickhouse import PASSWORDS

ROOT = Path(__file__).parents[3]


def started(*arguments: str) -> subprocess.Popen[str]:
    plain = {name: value for name, value in os.environ.items() if not name.startswith("FUNNEL_")}
    return subprocess.Popen(
        [sys.executable, "-m", "funnel", "dashboards", "--no-open", *arguments],
        cwd=ROOT,
        env={**plain, **PASSWORDS, "FUNNEL_CLICKHOUSE_PORT": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_it_prints_the_address_answers_there_and_ends_at_ctrl_c() -> None:
    with started("--port", "0") as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        address = line.split()[1]
        assert line == f"dashboards: {address} (Ctrl-C to stop)\n"
        assert [one["uid"] for one in httpx.get(f"{address}/api/dashboards").json()]
        unreachable = {"dashboard": "webinars", "kind": "variable", "name": "region", "begin": 0, "end": 1}
        said = httpx.post(f"{address}/api/query", json=unreachable, timeout=30)
        assert "ClickHouse does not answer at 127.0.0.1:1; start it with `funnel up`" in said.json()["error"]
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0


def test_a_taken_port_is_one_line() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        process = started("--port", str(taken.getsockname()[1]))
        _, errors = process.communicate(timeout=30)
    assert process.returncode == 1
    assert errors.startswith("funnel: port ")
    assert errors.count("\n") == 1
