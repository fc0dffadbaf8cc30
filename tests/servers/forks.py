"""Runs `python -m funnel` in forks of this process, which has imported the libraries, and nothing of ours.

Of each line of the standard input, a JSON object with arguments, folder, environment, and the files out and err, it
prints the exit status; it is negative where a signal ended the command, as SIGALRM does after so many seconds.
"""

import gc
import importlib
import json
import os
import runpy
import signal
import sys
import time

for name in ("clickhouse_connect.driver.httpclient", "kafka", "pydantic_settings", "orjson", "tenacity", "typer"):
    importlib.import_module(name)
for name in (
    "rich.table",
    "rich.live",
    "rich.progress",
    "httpx",
    "yaml",
    "regex",
    "babel.dates",
    "idna",
    "jsonpointer",
):
    importlib.import_module(name)


def run(arguments: list[str], folder: str, environment: dict[str, str], out: str, err: str, seconds: int) -> None:
    """In the fork: becomes the command."""
    signal.alarm(seconds)
    for stream, path in ((0, os.devnull), (1, out), (2, err)):
        os.dup2(os.open(path, os.O_RDWR), stream)
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    os.chdir(folder)
    sys.path.insert(0, folder)
    sys.argv = ["funnel", *arguments]
    runpy.run_module("funnel", run_name="__main__", alter_sys=True)


def main() -> None:
    """Until the standard input ends."""
    gc.freeze()
    for line in sys.stdin:
        asked = json.loads(line)
        if not (child := os.fork()):
            run(**asked)
            return
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


main()
