"""`python -m grafana.preview [--port 3010] [--dashboards DIR]`: serves the preview on 127.0.0.1 until told to end.

Prints `ready http://127.0.0.1:PORT` when it answers. SIGTERM and SIGINT end it with status 0; what keeps it from
starting is one line on standard error and status 1.
"""

import argparse
import socket
import sys
from pathlib import Path

import uvicorn
from pydantic import ValidationError

from grafana.preview.dashboards import FOLDER, Dashboards
from grafana.preview.page import DIST, application
from grafana.preview.source import Source
from streams.settings import settings

HOST, PORT = "127.0.0.1", 3010


class StartError(Exception):
    """Why, and what to do, in one line."""


class _Server(uvicorn.Server):
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        for listener in sockets or []:
            print(f"ready http://{HOST}:{listener.getsockname()[1]}", flush=True)


def main() -> None:
    """Serves until a signal ends it."""
    parser = argparse.ArgumentParser(prog="python -m grafana.preview", description="The dashboards without Grafana.")
    parser.add_argument("--port", type=int, default=PORT, help=f"0: any free one; default {PORT}")
    parser.add_argument("--dashboards", type=Path, default=FOLDER, help="the folder with their JSON")
    arguments = parser.parse_args()
    try:
        serve(arguments.port, arguments.dashboards)
    except StartError as reason:
        sys.exit(f"preview: {reason}")


def serve(port: int, folder: Path = FOLDER) -> None:
    """Serves the dashboards of `folder`. Raises StartError."""
    if not (DIST / "index.html").is_file():
        raise StartError("the built page is missing: grafana/preview/dist is part of the repository; check it out")
    try:
        source = Source(settings())
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        name = "FUNNEL_" + "_".join(str(part) for part in first["loc"]).upper()
        raise StartError(f"the setting {name} is wrong: {first['msg']}") from error
    listener = _listen(port)
    config = uvicorn.Config(application(Dashboards(folder), source), log_level="warning", timeout_graceful_shutdown=2)
    try:
        _Server(config).run(sockets=[listener])
    finally:
        source.close()


def _listen(port: int) -> socket.socket:
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
        listener.listen()
    except (OSError, OverflowError) as error:
        listener.close()
        raise StartError(f"port {port} is taken or cannot be used; choose another with --port") from error
    return listener


if __name__ == "__main__":
    main()
