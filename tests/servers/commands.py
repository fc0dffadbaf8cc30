"""`funnel` as a user runs it, each command a process of its own, in a third of the time.

Most of a short command is the import of libraries. So it is forked from a process that has them (forks.py), and that
imports nothing of ours: the order of our own imports is the command's. tests/funnel/cli/test_app.py starts real ones.
"""

import atexit
import json
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from functools import cache
from pathlib import Path

_ROOT = Path(__file__).parents[2]
_SECONDS = 120
_ONE_AT_A_TIME = threading.Lock()


def funnel(*arguments: str, folder: Path, environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Runs it to its end in that folder, with that environment only. A command that hangs is ended by SIGALRM."""
    with tempfile.NamedTemporaryFile("r") as out, tempfile.NamedTemporaryFile("r") as err, _ONE_AT_A_TIME:
        asked = {"arguments": arguments, "folder": str(folder), "environment": dict(environment), "seconds": _SECONDS}
        forks = _forks()
        assert forks.stdin is not None
        assert forks.stdout is not None
        print(json.dumps(asked | {"out": out.name, "err": err.name}), file=forks.stdin, flush=True)
        status = int(forks.stdout.readline())
        return subprocess.CompletedProcess(["funnel", *arguments], status, out.read(), err.read())


@cache
def _forks() -> subprocess.Popen[str]:
    """One of each test process; it ends with it."""
    command = [sys.executable, "-P", str(Path(__file__).with_name("forks.py"))]
    process = subprocess.Popen(
        command, cwd=_ROOT, env={"PYTHONPATH": str(_ROOT)}, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    atexit.register(process.kill)
    return process
