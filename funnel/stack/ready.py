"""Whether a child can be relied on, asked of the child itself."""

import urllib.error
import urllib.request
from pathlib import Path

from funnel.stack.child import Child
from funnel.stack.kafka.ready import kafka_answers
from funnel.stack.ports import LOOPBACK


def is_ready(child: Child, log: Path, since: int) -> bool:
    """Asks a running child. `since` is the size of its log when it was started. A task is never ready, only done."""
    match child.ready:
        case "kafka":
            return child.port is not None and kafka_answers(child.port)
        case "http":
            return child.port is not None and _answers(child.port, child.path)
        case "line":
            return _printed_ready(log, since)
        case "exit":
            return False


def _answers(port: int, path: str) -> bool:
    try:
        with urllib.request.urlopen(f"http://{LOOPBACK}:{port}{path}", timeout=2) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _printed_ready(log: Path, since: int) -> bool:
    try:
        with log.open("rb") as file:
            file.seek(since)
            return any(line.startswith(b"ready") for line in file)
    except FileNotFoundError:
        return False
