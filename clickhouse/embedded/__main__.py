"""`python -m clickhouse.embedded --data DIR [--port 8123] [--host 127.0.0.1]`: runs the embedded server.

Prints `ready http://HOST:PORT` when it answers. SIGTERM and SIGINT end it with status 0 within 10 seconds; what keeps
it from starting is one line on standard error and status 1. The users' names and passwords are settings.
"""

import argparse
import asyncio
import errno
import os
import signal
import socket
import sys
from collections.abc import Mapping
from pathlib import Path

from aiohttp import web
from pydantic import ValidationError

from clickhouse.embedded.access import USERS, read_access, users_config
from clickhouse.embedded.engine import Engine, FolderTakenError
from clickhouse.embedded.errors import EngineError, ServerError
from clickhouse.embedded.hosts import is_loopback
from clickhouse.embedded.server import Server
from clickhouse.embedded.users import User
from clickhouse.passwords import NAMES
from clickhouse.settings import ClickHouseSettings, clickhouse_settings
from contract.faults import in_words

# Queries that run when the server is told to end may go on for so long; then they are cancelled.
_GRACE_SECONDS = 3.0
_CHECK_SECONDS = 1.0
_LONGEST_LINE = 1024 * 1024


class StartError(Exception):
    """Why, and what to do, in one line."""


def main() -> None:
    """Runs the server until a signal ends it."""
    parser = argparse.ArgumentParser(prog="python -m clickhouse.embedded", description="The embedded ClickHouse.")
    parser.add_argument("--data", type=Path, required=True, help="the data folder, made where missing")
    parser.add_argument("--port", type=int, default=8123)
    parser.add_argument("--host", default="127.0.0.1", help="a loopback address")
    parser.add_argument(
        "--users", type=Path, default=USERS, help="the file of grants and limits (default: %(default)s)"
    )
    arguments = parser.parse_args()
    # Whatever is made here, tables too, is for the owner only.
    os.umask(0o077)
    try:
        _start(arguments.data, arguments.host, arguments.port, arguments.users)
    except StartError as reason:
        sys.exit(f"embedded ClickHouse: {reason}")


def _start(folder: Path, host: str, port: int, of_users: Path) -> None:
    try:
        own = clickhouse_settings()
        users = _users(own, of_users)
    except ValidationError as error:
        first = error.errors()[0]
        name = "FUNNEL_" + "_".join(str(part) for part in first["loc"]).upper()
        raise StartError(f"the setting {name}: {in_words(first)}") from error
    listener = _listen(host, port)
    try:
        # Merges could fill the disk by themselves, and Kafka does not survive that.
        keep_free = own.disk_reserve_mb * 1_000_000 // 2
        access = users_config(user.access for user in users.values())
        engine = Engine(folder, memory=_memory(), users=access, keep_free=keep_free)
    except FolderTakenError as error:
        raise StartError(f"another process owns the data folder {folder}; stop it or choose another folder") from error
    except (OSError, EngineError) as error:
        raise StartError(f"the data folder {folder} cannot be used: {' '.join(str(error).split())}") from error
    asyncio.run(_serve(engine, users, listener))
    engine.close()


async def _serve(engine: Engine, users: Mapping[str, User], listener: socket.socket) -> None:
    server, ended, loop = Server(engine, users), asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    runner = web.AppRunner(
        server.application(),
        access_log=None,
        auto_decompress=False,
        handler_cancellation=True,
        max_line_size=_LONGEST_LINE,
        max_field_size=_LONGEST_LINE,
        shutdown_timeout=1.0,
    )
    await runner.setup()
    site = web.SockSite(runner, listener)
    await site.start()
    host, port = listener.getsockname()[:2]
    print(f"ready http://{f'[{host}]' if ':' in host else host}:{port}", flush=True)
    watching = asyncio.create_task(_failed_write(engine))
    await asyncio.wait({watching, asyncio.create_task(ended.wait())}, return_when=asyncio.FIRST_COMPLETED)
    if watching.done():
        print(f"embedded ClickHouse: {watching.result()}", file=sys.stderr, flush=True)
        # At once: the engine must not go on with what is damaged, not even to end.
        os._exit(1)
    await site.stop()
    await server.runner.drain(_GRACE_SECONDS)
    await runner.cleanup()


async def _failed_write(engine: Engine) -> ServerError:
    """Waits until a write to the disk has failed, in the background too, and says so."""
    while True:
        try:
            await asyncio.to_thread(engine.check_writes)
        except ServerError as error:
            return error
        await asyncio.sleep(_CHECK_SECONDS)


def _users(settings: ClickHouseSettings, path: Path) -> dict[str, User]:
    access = read_access(path, settings.clickhouse_database)
    analyst = settings.analyst_clickhouse_password
    users = [
        User(name, password.get_secret_value(), access[role])
        for role, name, password in (
            ("funnel", settings.clickhouse_user, settings.clickhouse_password),
            ("migrator", settings.migrator_clickhouse_user, settings.migrator_clickhouse_password),
            ("grafana", settings.grafana_clickhouse_user, settings.grafana_clickhouse_password),
            # An installation of before has none yet: nobody can be this user then.
            *([("analyst", settings.analyst_clickhouse_user, analyst)] if analyst.get_secret_value() else []),
        )
    ]
    if len({user.name for user in users}) < len(users):
        names = ", ".join(f"FUNNEL_{name}CLICKHOUSE_USER" for name in ("", "MIGRATOR_", "GRAFANA_", "ANALYST_"))
        raise StartError(f"{names} must be different users")
    if not all(user.password for user in users):
        raise StartError(f"passwords are not set: `funnel up` makes them, or set {', '.join(NAMES)}")
    return {user.name: user for user in users}


def _listen(host: str, port: int) -> socket.socket:
    if not is_loopback(host):
        raise StartError(f"--host {host} is not a loopback address such as 127.0.0.1")
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(128)
    except (OSError, OverflowError) as error:
        listener.close()
        if getattr(error, "errno", None) == errno.EADDRINUSE:
            reason = f"port {port} is taken by another program; stop it or set FUNNEL_CLICKHOUSE_PORT to another port"
            raise StartError(reason) from error
        raise StartError(f"cannot listen on {host}:{port}: {error}") from error
    return listener


def _memory() -> int:
    # Half of the machine: Kafka, the workers and the system's file cache need the rest.
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2


if __name__ == "__main__":
    main()
