"""Serves the preview on this machine only."""

import asyncio
import signal
import socket
from collections.abc import Callable
from pathlib import Path

import uvicorn
from fastapi import FastAPI
from pydantic import ValidationError

from contract.faults import in_words
from grafana.preview.dashboards import FOLDER, Dashboards
from grafana.preview.page import DIST, application
from grafana.preview.source import Source
from process.heartbeat import beat_on, heartbeat
from process.http_guard import Guard, Limits
from process.meters import expose
from streams.settings import settings

HOST, PORT = "127.0.0.1", 3010
_GRACE_SECONDS = 2
_LIMITS = Limits(connections=200, body_bytes=1_000_000, answer_seconds=600.0)


class StartError(Exception):
    """The preview cannot start. The text is one line: why, and what to do."""


class _Server(uvicorn.Server):
    def __init__(self, app: FastAPI, on_ready: Callable[[], None]) -> None:
        guarded = Guard(_LIMITS).protocol()
        config = uvicorn.Config(
            app, http=guarded, log_level="warning", log_config=None, timeout_graceful_shutdown=_GRACE_SECONDS
        )
        super().__init__(config)
        self._on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        expose("dashboards")
        self._beating = asyncio.create_task(beat_on(heartbeat()))
        self._on_ready()


def serve(port: int, on_ready: Callable[[str], None], folder: Path = FOLDER) -> None:
    """Serves the dashboards of `folder` until a signal; `on_ready` gets the address. Raises StartError."""
    if not (DIST / "index.html").is_file():
        raise StartError("the built page is missing: grafana/preview/dist is part of the repository; check it out")
    try:
        source = Source(settings())
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        name = "FUNNEL_" + "_".join(str(part) for part in first["loc"]).upper()
        raise StartError(f"the setting {name} is wrong: it {in_words(first)}") from error
    listener = listen(port)
    address = f"http://{HOST}:{listener.getsockname()[1]}"
    for number in (signal.SIGTERM, signal.SIGINT):
        # Uvicorn shuts down at both signals and then raises them again, which would change our exit status.
        signal.signal(number, lambda *_: None)
    try:
        _Server(application(Dashboards(folder), source), lambda: on_ready(address)).run(sockets=[listener])
    finally:
        source.close()


def listen(port: int) -> socket.socket:
    """A listening socket on this machine's loopback; port 0: any free one. Raises StartError."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
        listener.listen()
    except (OSError, OverflowError) as error:
        listener.close()
        raise StartError(f"port {port} is taken or cannot be used; choose another with --port") from error
    return listener
