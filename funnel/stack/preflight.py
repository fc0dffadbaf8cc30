"""Checks before anything is started."""

import tempfile
from pathlib import Path

import psutil

from connectors.pipeline.room import MEGABYTE, fullest, size
from funnel.stack.child import Plan
from funnel.stack.errors import StackError
from funnel.stack.folder import StackFolder
from funnel.stack.kafka.brokers import is_broker
from funnel.stack.ports import is_free
from funnel.stack.strays import belongs


def check_folder(root: Path, reserve_mb: int) -> None:
    """Creates the folder if needed. Raises StackError if it cannot be written or less than the reserve is free."""
    try:
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=root):
            pass
    except OSError as error:
        reason = f"the data folder {root} cannot be written ({error.strerror})"
        raise StackError(f"{reason}: change its owner, or set FUNNEL_DATA_DIR to another folder") from error
    free, needed = fullest(root), reserve_mb * MEGABYTE
    if free is not None and free.bytes < needed:
        raise StackError(
            f"{free}, and {size(needed)} are needed (FUNNEL_DISK_RESERVE_MB): make room, or set FUNNEL_DATA_DIR to a "
            "folder on another disk"
        )


def check_ports(plan: Plan, folder: StackFolder) -> None:
    """Raises StackError if another process listens on a port of the plan.

    Leftovers of this folder's stack do not count: the supervisor stops them first.
    """
    ports = [(child.name, child.port) for child in plan.children]
    for name, port in (*ports, ("the metrics", plan.metrics_port)):
        if not port or is_free(port):
            continue
        holder = _holder(port)
        if holder is not None and belongs(holder, folder.root):
            continue
        raise StackError(
            f"port {port} of {name} is held by {_named(holder)}: end that, "
            f"or choose another port ({_SETTINGS.get('kafka' if is_broker(name) else name, 'in the settings')})"
        )


_SETTINGS = {
    "kafka": "FUNNEL_KAFKA_BOOTSTRAP=127.0.0.1:PORT",
    "clickhouse": "FUNNEL_CLICKHOUSE_PORT=PORT",
    "webhooks": "FUNNEL_WEBHOOK_PORT=PORT",
    "api": "FUNNEL_API_PORT=PORT",
    "dashboards": "FUNNEL_DASHBOARDS_PORT=PORT",
    "grafana": "FUNNEL_DASHBOARDS_PORT=PORT",
    "the metrics": "FUNNEL_METRICS_PORT=PORT",
}


def _holder(port: int) -> psutil.Process | None:
    """The process that listens there; None if the system does not show it (another user's process)."""
    try:
        for connection in psutil.net_connections(kind="tcp"):
            local = connection.laddr
            listens = connection.status == psutil.CONN_LISTEN and local and local.port == port
            if listens and connection.pid is not None:
                return psutil.Process(connection.pid)
    except psutil.Error:
        return None
    return None


def _named(process: psutil.Process | None) -> str:
    if process is None:
        return "another user's process"
    try:
        return f"process {process.pid} ({' '.join(process.cmdline())[:80] or process.name()})"
    except psutil.Error:
        return f"process {process.pid}"
