"""Small real processes in place of Kafka, ClickHouse and workers."""

import sys
from pathlib import Path

from funnel.stack.child import Child


def python(
    name: str,
    code: str,
    *arguments: str,
    needs: tuple[str, ...] = (),
    ready: str = "line",
    heartbeat: bool = False,
) -> Child:
    """A child that runs this code, with the arguments in sys.argv."""
    command = (sys.executable, "-c", code, *arguments)
    return Child.model_validate(
        {"name": name, "command": command, "ready": ready, "needs": needs, "heartbeat": heartbeat}
    )


def server(name: str, port: int, folder: Path) -> Child:
    """A child that answers GET /ping on this port."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "ping").write_text("Ok.\n")
    command = (sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1", "--directory", str(folder))
    return Child(name=name, command=command, ready="http", port=port)


SLEEPER = "import time; print('ready', flush=True); time.sleep(600)"

NOTES_ITS_END = """
import signal, sys, time
def end(*_):
    with open(sys.argv[1], 'a') as notes:
        notes.write(sys.argv[2] + '\\n')
    sys.exit()
signal.signal(signal.SIGTERM, end)
print('ready', flush=True)
time.sleep(600)
"""
"""Appends its second argument to the file named first when it is asked to end."""

DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('ready', flush=True); time.sleep(600)"
"""Ignores SIGTERM."""

BEATS = """
import sys, time
from pathlib import Path
from process.heartbeat import heartbeat
def read():
    return Path(sys.argv[1]).read_text()
heart = heartbeat()
heart.beat()
print('ready', flush=True)
while True:
    heart.beat()
    time.sleep(0.1)
"""
"""Leaves a sign of life."""
