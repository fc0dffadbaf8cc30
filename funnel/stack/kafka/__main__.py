"""`python -m funnel.stack.kafka --data FOLDER --port PORT`: replaces itself by Kafka, with the same pid."""

import argparse
import os
import sys
from pathlib import Path

from funnel.stack.errors import StackError
from funnel.stack.kafka.node import DEFAULT_HEAP_MB, node_command


def main() -> None:
    """Formats a new folder, then replaces this process by Kafka. Exits 1 with one line on failure."""
    parser = argparse.ArgumentParser(prog="python -m funnel.stack.kafka")
    parser.add_argument("--data", type=Path, required=True, help="the node's folder")
    parser.add_argument("--port", type=int, required=True, help="loopback port of the broker")
    parser.add_argument("--heap-mb", type=int, default=DEFAULT_HEAP_MB, help="Java heap (default %(default)s)")
    args = parser.parse_args()
    try:
        command = node_command(args.data, args.port, args.heap_mb)
    except StackError as error:
        sys.exit(str(error))
    os.execv(command[0], command)


if __name__ == "__main__":
    main()
