"""A local stack of a bench's own: on free ports and in a folder that goes with it, without workers."""

import signal
import sys
import tempfile
from collections.abc import Collection, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psutil
from rich.console import Console

from clickhouse.client import connect
from funnel.stack.child import Plan
from funnel.stack.commands import down, up_plan
from funnel.stack.plan import stack_plan
from funnel.stack.ports import free_port
from funnel.stack.private import with_passwords
from streams.settings import Settings
from tests.servers.databases import MADE_BY_MIGRATE

SERVERS = ("kafka", "clickhouse", "migrate", "topics")


@contextmanager
def stack(console: Console, children: Collection[str] = SERVERS, **settings: Any) -> Iterator[Settings]:
    """The settings that lead to these running children of a stack; they are stopped and removed afterwards.

    Also when SIGTERM ends this process: its servers would run on, and take part in the next bench.
    """
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    with tempfile.TemporaryDirectory(prefix="funnel-bench-") as folder:
        config = with_passwords(
            Settings(
                _env_file=None,
                data_dir=Path(folder),
                kafka_bootstrap=f"127.0.0.1:{free_port()}",
                clickhouse_port=free_port(),
                dashboards_port=free_port(),
                metrics_port=0,
                **settings,
            )
        )
        plan = stack_plan(config, workers=0)
        wanted = Plan(children=tuple(child for child in plan.children if child.name in children))
        with console.status("starting servers") as progress:
            up_plan(config, wanted, progress)
        try:
            yield config
        finally:
            down(config)


def emptied(config: Settings) -> None:
    """Empties every table that workers write, so that the next contender finds what the first one found."""
    with closing(connect(config, user="migrator")) as client:
        tables = client.query(
            "SELECT name FROM system.tables WHERE database = currentDatabase() AND engine LIKE '%MergeTree'"
        ).result_columns[0]
        for table in tables:
            if table not in MADE_BY_MIGRATE:
                client.command(f"TRUNCATE TABLE {table}")


def clickhouse_process(config: Settings) -> psutil.Process:
    """The ClickHouse server of this stack."""
    port = str(config.clickhouse_port)
    for process in psutil.process_iter(["cmdline"]):
        command = process.info["cmdline"] or []
        if "clickhouse.embedded" in command and port in command:
            return process
    raise SystemExit(f"no ClickHouse on port {port}: did it end?")
