"""Starts the webhook server and stops it without losing what it has accepted."""

import asyncio
import os
import signal
import socket
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from types import FrameType
from typing import Any

import uvicorn
from fastapi import FastAPI

from connectors.connector import Connector
from connectors.pipeline.resolve import Resolver
from connectors.pipeline.state import State
from connectors.settings import ConnectorSettings
from connectors.webhooks.app import make_app
from connectors.webhooks.background import Background
from connectors.webhooks.counts import Counts
from connectors.webhooks.follower import Follower
from connectors.webhooks.intake import Intake
from connectors.webhooks.kafka_or_spool import KafkaOrSpool
from connectors.webhooks.readiness import Readiness
from connectors.webhooks.reception import Reception
from connectors.webhooks.settings import WebhookSettings
from process.clock import now
from process.heartbeat import beat_on, heartbeat
from process.http_guard import Guard, Limits, fitting
from process.meters import counter, expose

_CLOSE_SECONDS = 5
_KEPT = "{}; webhooks are kept on this disk ({:,} now)"
_BACKLOG = 2_048


class ListenError(Exception):
    """The server cannot listen on the address. The text is one line."""


def serve(services: Sequence[Connector], common: ConnectorSettings, own: WebhookSettings) -> None:
    """Runs until SIGTERM or Ctrl-C. Prints a line that begins with "ready" once it listens.

    Raises ListenError, and StateError if the state cannot be opened.
    """
    State(common.data_dir).close()
    expose("webhooks")
    listening = _listen(own)
    guard = Guard(fitting(Limits()))
    _Server(uvicorn.Config(build(services, common, own, guard), **_uvicorn_settings(guard))).run([listening])


def build(services: Sequence[Connector], common: ConnectorSettings, own: WebhookSettings, guard: Guard) -> FastAPI:
    """The application with its background tasks, which start and stop with it."""
    services = [one for one in services if one.receive is not None]
    counts = Counts(f"{os.getpid()}-{now()}")
    keeper = KafkaOrSpool(common, common.data_dir, own.spool_limit, common.disk_reserve_mb)
    background = Background(services, common.data_dir, common.business_dir, keeper, counts, common.quarantine_days)
    follower = Follower(common, common.data_dir)
    counted: Counter[str] = Counter()
    taking: list[Reception] = []
    asked: list[Readiness] = []

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        with State(common.data_dir) as state:
            intake = Intake(Resolver(state, common.business_dir), keeper)
            taking.append(Reception(common.hash_secret.get_secret_value(), own.body_limit, intake, counts))
            asked.append(Readiness(intake, keeper, background))
            keeper.start()
            background.start()
            follower.start()
            moving = asyncio.create_task(intake.run())
            beating = asyncio.create_task(beat_on(heartbeat(), tell_trouble))
            try:
                yield
            finally:
                beating.cancel()
                moving.cancel()
                intake.close()
                follower.stop()
                background.stop()
                keeper.stop()

    def tell_trouble() -> None:
        heart = heartbeat()
        kept = _KEPT.format(keeper.refused or "does not answer", background.spooled)
        heart.tell("kafka", kept if keeper.is_away() else "")
        heart.tell("rules", background.rules_error)
        heart.tell("spool", keeper.trouble)
        heart.tell("waiting", background.trouble)
        heart.tell("following", follower.trouble)
        for reason, count in (guard.closed - counted).items():
            counter("funnel_webhook_closed_total").labels(reason).inc(count)
        counted.update(guard.closed - counted)

    def health() -> dict[str, Any]:
        refused: defaultdict[str, dict[str, int]] = defaultdict(dict)
        for (service, reason), count in counts.refused.items():
            refused[service][reason] = count
        said = {"alive": True, "accepted": dict(counts.accepted), "refused": dict(refused)}
        return {**said, "closed": dict(guard.closed)}

    return make_app(services, lambda: taking[0], health, lambda: asked[0], lifespan)


class _Server(uvicorn.Server):
    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002
        """Exits with status 0; uvicorn would raise the signal again at the end."""
        self.force_exit = self.should_exit and sig == signal.SIGINT
        self.should_exit = True

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if sockets and not self.should_exit:
            host, port = sockets[0].getsockname()[:2]
            print(f"ready http://{host}:{port}", flush=True)


def _listen(own: WebhookSettings) -> socket.socket:
    try:
        return socket.create_server((own.host, own.port), backlog=_BACKLOG)
    except OSError as error:
        raise ListenError(
            f"{own.host}:{own.port} cannot be listened on ({error.strerror}): is a server running there already? "
            "Else set FUNNEL_WEBHOOK_PORT."
        ) from error


def _uvicorn_settings(guard: Guard) -> dict[str, Any]:
    return {
        "loop": "uvloop",
        "http": guard.protocol(),
        "ws": "none",
        "access_log": False,
        "log_config": None,
        "server_header": False,
        "date_header": False,
        "proxy_headers": False,
        "timeout_keep_alive": guard.limits.idle_seconds,
        "timeout_graceful_shutdown": _CLOSE_SECONDS,
    }
