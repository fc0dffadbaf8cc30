"""Starts the webhook server and ends it without losing what it has taken."""

import asyncio
import os
import signal
import socket
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from types import FrameType
from typing import Any

import uvicorn
from fastapi import FastAPI

from connectors.connector import Connector
from connectors.room import NoRoomError
from connectors.settings import ConnectorSettings
from connectors.settle import Settling
from connectors.state import State
from connectors.webhooks.app import make_app
from connectors.webhooks.background import Background
from connectors.webhooks.counts import Counts
from connectors.webhooks.intake import Intake
from connectors.webhooks.kafka_or_spool import KafkaOrSpool
from connectors.webhooks.reception import Reception, now
from connectors.webhooks.settings import WebhookSettings

_CLOSE_SECONDS = 5
_CONNECTIONS = 1_000
_BACKLOG = 2_048


class ListenError(Exception):
    """The address cannot be listened on. The text is one line."""


def serve(services: Sequence[Connector], common: ConnectorSettings, own: WebhookSettings) -> None:
    """Runs until SIGTERM or Ctrl-C. Prints a line that begins with "ready" once it listens.

    Raises ListenError, and StateError if the state cannot be opened.
    """
    State(common.data_dir).close()
    listening = _listen(own)
    _Server(uvicorn.Config(build(services, common, own), **_uvicorn_settings())).run([listening])


def build(services: Sequence[Connector], common: ConnectorSettings, own: WebhookSettings) -> FastAPI:
    """The application with everything behind it, which starts and ends with the application."""
    services = [one for one in services if one.receive is not None]
    counts = Counts(f"{os.getpid()}-{now()}")
    keeper = KafkaOrSpool(common.kafka_bootstrap, common.data_dir, own.spool_limit, common.disk_reserve_mb)
    background = Background(services, common.data_dir, common.business_dir, keeper, counts)
    taking: list[Reception] = []

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        with State(common.data_dir) as state:
            intake = Intake(Settling(state, common.business_dir), keeper)
            taking.append(Reception(common.hash_secret.get_secret_value(), own.body_limit, intake, counts))
            keeper.start()
            background.start()
            moving = asyncio.create_task(intake.run())
            try:
                yield
            finally:
                moving.cancel()
                intake.close()
                background.stop()
                keeper.stop()

    def ready() -> tuple[bool, dict[str, Any]]:
        kafka, disk = keeper.kafka_answers(), background.spool_takes
        said = {"kafka": kafka, "spool": disk, "spooled": background.spooled, "rules": background.rules_error or "ok"}
        try:
            keeper.require_room()
        except NoRoomError:
            return False, said | {"spool": False, "disk": "nearly full"}
        return kafka or disk, said

    def health() -> dict[str, Any]:
        refused: defaultdict[str, dict[str, int]] = defaultdict(dict)
        for (service, reason), count in counts.refused.items():
            refused[service][reason] = count
        return {"alive": True, "accepted": dict(counts.accepted), "refused": dict(refused)}

    return make_app(services, lambda: taking[0], health, ready, lifespan)


class _Server(uvicorn.Server):
    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002
        """Ends with status 0, where uvicorn would raise the signal again in the end."""
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


def _uvicorn_settings() -> dict[str, Any]:
    return {
        "loop": "uvloop",
        "http": "httptools",
        "ws": "none",
        "access_log": False,
        "log_config": None,
        "server_header": False,
        "date_header": False,
        "limit_concurrency": _CONNECTIONS,
        "timeout_keep_alive": 30,
        "timeout_graceful_shutdown": _CLOSE_SECONDS,
    }
