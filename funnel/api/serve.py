"""Starts the API, and ends it at SIGTERM or Ctrl-C."""

import asyncio
import signal
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import uvicorn
from fastapi import FastAPI

from funnel.answers.settings import ApiSettings
from funnel.answers.source import Answers
from funnel.answers.tokens import TokensError, tokens_of
from funnel.api.app import Access, application
from funnel.api.pace import Pace
from funnel.share.pages import Shares
from funnel.share.register import Register
from process.heartbeat import beat_on, heartbeat
from process.http_guard import Guard, Limits, fitting
from process.meters import expose
from streams.settings import Settings

_GRACE_SECONDS = 5
_LIMITS = Limits(connections=200, body_bytes=10_000, answer_seconds=120.0)


class StartError(Exception):
    """The API cannot start. The text is one line: why, and what to do."""


def serve(settings: Settings, own: ApiSettings, small_groups: int, on_ready: Callable[[str], None]) -> None:
    """Serves until a signal; `on_ready` gets the address. Raises StartError."""
    try:
        access = Access(tokens_of(own), Pace(own.requests_per_minute))
    except TokensError as error:
        raise StartError(str(error)) from error
    answers = Answers(settings, small_groups)
    listener = _listen(own)
    host, port = listener.getsockname()[:2]
    app = application(answers, access, Shares(answers, Register(settings.data_dir)))
    app.router.lifespan_context = _lifespan
    for number in (signal.SIGTERM, signal.SIGINT):
        # Uvicorn ends at both signals and then raises them again, which would change our exit status.
        signal.signal(number, lambda *_: None)
    config = uvicorn.Config(
        app,
        http=Guard(fitting(_LIMITS)).protocol(),
        log_level="warning",
        log_config=None,
        server_header=False,
        access_log=False,
        timeout_graceful_shutdown=_GRACE_SECONDS,
    )
    try:
        _Server(config, lambda: on_ready(f"http://{host}:{port}")).run(sockets=[listener])
    finally:
        answers.close()


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, on_ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if not self.should_exit:
            self._on_ready()


@asynccontextmanager
async def _lifespan(_: FastAPI) -> AsyncIterator[None]:
    expose("api")
    beating = asyncio.create_task(beat_on(heartbeat()))
    try:
        yield
    finally:
        beating.cancel()


def _listen(own: ApiSettings) -> socket.socket:
    try:
        return socket.create_server((own.host, own.port))
    except OSError as error:
        raise StartError(
            f"{own.host}:{own.port} cannot be listened on ({error.strerror}): is a server running there already? "
            "Else set FUNNEL_API_PORT"
        ) from error
