"""A local stack for a bench: Kafka and ClickHouse on free ports and in a temporary folder, without workers."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console

from funnel.stack.commands import down, up
from funnel.stack.ports import free_port
from funnel.stack.private import with_passwords
from streams.settings import Settings


@contextmanager
def stack(console: Console, **settings: Any) -> Iterator[Settings]:
    """The settings of a running stack, including `settings`; the stack is stopped and removed afterwards."""
    with tempfile.TemporaryDirectory(prefix="funnel-bench-") as folder:
        config = with_passwords(
            Settings(
                _env_file=None,
                data_dir=Path(folder),
                kafka_bootstrap=f"127.0.0.1:{free_port()}",
                clickhouse_port=free_port(),
                dashboards_port=free_port(),
                **settings,
            )
        )
        up(config, workers=0, console=console)
        try:
            yield config
        finally:
            down(config)
