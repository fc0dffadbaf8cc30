"""Replaces itself by a ClickHouse server: `python -m funnel.stack.clickhouse --program FILE`."""

import argparse
import os
import sys

from funnel.stack.clickhouse.server import prepare
from funnel.stack.folder import StackFolder
from streams.settings import settings


def main() -> None:
    """Writes the configuration and replaces this process by the server, so that signals reach the server itself."""
    parser = argparse.ArgumentParser(prog="python -m funnel.stack.clickhouse")
    parser.add_argument("--program", required=True)
    program = parser.parse_args().program
    try:
        file = prepare(settings(), StackFolder(settings().data_dir))
        # Else a watchdog comes before it, which keeps signals from it.
        environment = {**os.environ, "CLICKHOUSE_WATCHDOG_ENABLE": "0"}
        os.execve(program, [program, "server", f"--config-file={file}"], environment)
    except OSError as error:
        sys.exit(f"ClickHouse cannot be started: {error}")


if __name__ == "__main__":
    main()
