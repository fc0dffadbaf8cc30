"""`python -m funnel.stack.kafka --data FOLDER --port PORT`: replaces itself by a node of Kafka, with the same pid."""

import argparse
import os
import sys
from pathlib import Path

from funnel.stack.errors import StackError
from funnel.stack.kafka.node import DEFAULT_HEAP_MB, Node, node_command


def main() -> None:
    """Formats a new folder, then replaces this process by Kafka. Exits 1 with one line on failure."""
    parser = argparse.ArgumentParser(prog="python -m funnel.stack.kafka")
    parser.add_argument("--data", type=Path, required=True, help="the node's folder")
    parser.add_argument("--port", type=int, required=True, help="loopback port of the broker")
    parser.add_argument("--heap-mb", type=int, default=DEFAULT_HEAP_MB, help="Java heap (default %(default)s)")
    parser.add_argument("--number", type=int, default=1, help="the node's number in its cluster, from 1 on")
    parser.add_argument("--voters", type=int, nargs="*", default=[], help="loopback ports of all its controllers")
    parser.add_argument("--cluster-id", default="", help="the cluster's id, for a node without data")
    args = parser.parse_args()
    node = Node(args.data, args.port, args.number, tuple(args.voters), args.cluster_id)
    try:
        command = node_command(node, args.heap_mb)
    except StackError as error:
        sys.exit(str(error))
    os.execv(command[0], command)


if __name__ == "__main__":
    main()
