"""Runs pytest in forks of this process, which has imported what takes long. A script, so that nothing of ours is in it.

Of each line of the standard input, a JSON object with folder, tests, seconds and output (a file), it prints the exit
status; it is negative where the tests were ended by a signal, as they are after so many seconds.
"""

import importlib
import json
import os
import signal
import sys
from contextlib import suppress

for name in ("pytest", "hypothesis", "pydantic", "orjson", "yaml", "numpy", "scipy.stats", "httpx", "babel", "typer"):
    importlib.import_module(name)
for name in ("clickhouse_connect", "kafka", "fastapi", "tenacity", "pytest_asyncio", "xdist", "rich.table", "regex"):
    importlib.import_module(name)


def run(folder: str, tests: list[str], seconds: int, output: str) -> None:
    """In the fork: never returns."""
    os.setsid()
    signal.alarm(seconds)
    said = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    for stream in (1, 2):
        os.dup2(said, stream)
    os.chdir(folder)
    sys.path.insert(0, folder)
    os.environ["PYTHONPATH"] = folder
    status = sys.modules["pytest"].main(["-x", "-q", "-p", "no:cacheprovider", "--tb=short", *tests])
    sys.stdout.flush()
    os._exit(int(status))


def main() -> None:
    """Until the standard input ends."""
    sys.path.pop(0)
    for line in sys.stdin:
        asked = json.loads(line)
        if not (child := os.fork()):
            run(**asked)
        _, status = os.waitpid(child, 0)
        # With the servers that its tests have started.
        with suppress(ProcessLookupError):
            os.killpg(child, signal.SIGKILL)
        print(os.waitstatus_to_exitcode(status), flush=True)


main()
