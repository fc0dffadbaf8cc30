"""The processes on one machine: Kafka, ClickHouse, migrations, topics, workers, rules, alerts, webhooks, polls,
dashboards.
"""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from pydantic import SecretStr

from funnel.answers.settings import ApiSettings
from funnel.stack.child import Child, Plan
from funnel.stack.clickhouse.choice import EMBEDDED, Store
from funnel.stack.errors import StackError
from funnel.stack.folder import StackFolder
from funnel.stack.grafana.choice import PREVIEW, Dashboards, Grafana
from funnel.stack.kafka.brokers import nodes
from funnel.stack.kafka.node import Node
from funnel.stack.ports import LOOPBACK
from streams.settings import Settings

_EVERYWHERE = ("0.0.0.0", "::", "")
_SERVER_HUNG_SECONDS = 20
"""Longer than for others: restarting a server that is only slow harms all of them."""
_WORKER = ("-m", "streams.app", "worker")
"""The worker of docs/design.md. It prints a line that begins with "ready" once it consumes."""

# The secrets that each child needs (docs/decisions/0018-access.md).
_OF_WORKERS = ("FUNNEL_CLICKHOUSE_PASSWORD",)
_OF_MIGRATOR = ("FUNNEL_MIGRATOR_CLICKHOUSE_PASSWORD",)
_OF_READER = ("FUNNEL_GRAFANA_CLICKHOUSE_PASSWORD",)
_OF_ANALYST = ("FUNNEL_ANALYST_CLICKHOUSE_PASSWORD",)
_OF_HASHES = ("FUNNEL_HASH_SECRET",)
_SERVICES = ("BIGMARKER", "GENERIC", "GOTO", "LIVESTORM", "SHEETS", "TABLE", "TILDA", "TYPEFORM", "ZOOM")
_OF_SERVICES = (*_OF_HASHES, *(f"FUNNEL_{name}_*" for name in _SERVICES))

_MIGRATE_SECONDS = 3600
"""A migration may fill a new table from all existing rows."""
_LOOPBACK_HOSTS = {"127.0.0.1", "localhost"}


def stack_plan(
    settings: Settings,
    workers: int,
    webhook_port: int | None = None,
    dashboards: Dashboards = PREVIEW,
    webhook_host: str = LOOPBACK,
    brokers: int = 1,
    store: Store = EMBEDDED,
    polls: Sequence[str] = (),
    api: ApiSettings | None = None,
) -> Plan:
    """The children for these settings; without a port no webhook server, without `api` no API.

    `brokers`: for more than one, the settings are those that for_brokers has made. With dashboards elsewhere there is
    no Grafana here, with a ClickHouse elsewhere none. `polls`: the services that are polled, by the connectors' names.

    Raises StackError if the settings name servers of other machines.
    """
    folder = StackFolder(settings.data_dir)
    kafka = nodes(settings, brokers)
    if settings.clickhouse_host not in _LOOPBACK_HOSTS and not store.elsewhere:
        raise StackError(_elsewhere("ClickHouse", "FUNNEL_CLICKHOUSE_HOST", settings.clickhouse_host, "127.0.0.1"))
    prepared = ("migrate", "topics")
    # ClickHouse and the dashboards keep running: without the stopped writers they write little, and people can look.
    return Plan(
        disk_reserve_mb=settings.disk_reserve_mb,
        metrics_port=settings.metrics_port,
        children=(
            *(_server(name, _broker(node), "kafka", node.port, fills_disk=True) for name, node in kafka.items()),
            *_clickhouse(settings, folder, store),
            Child(
                name="migrate",
                command=_python("-m", "clickhouse.migrate"),
                ready="exit",
                start_seconds=_MIGRATE_SECONDS,
                needs=() if store.elsewhere else ("clickhouse",),
                secrets=_OF_MIGRATOR,
            ),
            # ClickHouse shows whether missing topics once existed in Kafka.
            Child(
                name="topics",
                command=_python("-m", "streams.create_topics"),
                ready="exit",
                needs=tuple(kafka) if store.elsewhere else (*kafka, "clickhouse"),
                secrets=_OF_WORKERS,
            ),
            *(
                _writer(f"worker-{number}", _python(*_WORKER), prepared, _OF_WORKERS, pausable=True)
                for number in range(1, workers + 1)
            ),
            _writer(
                "business",
                _python("-m", "funnel", "business", "watch"),
                prepared,
                (*_OF_WORKERS, *_OF_HASHES),
                pausable=True,
            ),
            _writer("alerts", _python("-m", "funnel", "alerts", "watch"), prepared, (*_OF_WORKERS, "FUNNEL_ALERT_*")),
            *([] if webhook_port is None else [_webhooks(webhook_port, webhook_host)]),
            *(_poll(name) for name in polls),
            *_dashboards(settings.dashboards_port, dashboards),
            *([] if api is None else [_api(api)]),
        ),
    )


def _clickhouse(settings: Settings, folder: StackFolder, store: Store) -> tuple[Child, ...]:
    if store.elsewhere:
        return ()
    port = settings.clickhouse_port
    if store.program:
        command = _python("-m", "funnel.stack.clickhouse", "--program", store.program)
    else:
        command = _python("-m", "clickhouse.embedded", "--data", str(folder.clickhouse), "--port", str(port))
    secrets = (*_OF_WORKERS, *_OF_MIGRATOR, *_OF_READER, *_OF_ANALYST)
    return (_server("clickhouse", command, "http", port, secrets=secrets),)


def _server(
    name: str,
    command: tuple[str, ...],
    ready: Literal["kafka", "http"],
    port: int,
    *,
    secrets: tuple[str, ...] = (),
    fills_disk: bool = False,
) -> Child:
    return Child(
        name=name,
        command=command,
        ready=ready,
        port=port,
        hung_seconds=_SERVER_HUNG_SECONDS,
        secrets=secrets,
        fills_disk=fills_disk,
    )


def _writer(
    name: str, command: tuple[str, ...], needs: tuple[str, ...], secrets: tuple[str, ...], *, pausable: bool = False
) -> Child:
    return Child(
        name=name,
        command=command,
        ready="line",
        needs=needs,
        heartbeat=True,
        secrets=secrets,
        fills_disk=True,
        pausable=pausable,
    )


def _webhooks(port: int, host: str) -> Child:
    return Child(
        name="webhooks",
        command=_python("-m", "connectors.webhooks", "--port", str(port)),
        ready="http",
        port=port,
        host=LOOPBACK if host in _EVERYWHERE else host,
        path="/ready",
        needs=("topics",),
        heartbeat=True,
        secrets=_OF_SERVICES,
    )


def _poll(name: str) -> Child:
    return Child(
        name=f"poll-{name}",
        command=_python("-m", "funnel", "connectors", "poll", name),
        ready="line",
        needs=("topics",),
        heartbeat=True,
        secrets=_OF_SERVICES,
        fills_disk=True,
    )


def _dashboards(port: int, chosen: Dashboards) -> tuple[Child, ...]:
    if chosen.address:
        return ()
    if chosen.grafana is not None:
        return (_grafana(port, chosen.grafana),)
    command = _python("-m", "grafana.preview", "--port", str(port))
    return (
        Child(
            name="dashboards",
            command=command,
            ready="line",
            port=port,
            needs=("migrate",),
            heartbeat=True,
            secrets=_OF_READER,
        ),
    )


def _api(own: ApiSettings) -> Child:
    return Child(
        name="api",
        command=_python("-m", "funnel", "api"),
        ready="http",
        port=own.port,
        host=LOOPBACK if own.host in _EVERYWHERE else own.host,
        path="/health",
        needs=("migrate",),
        heartbeat=True,
        secrets=(*_OF_READER, "FUNNEL_API_*"),
    )


def _grafana(port: int, found: Grafana) -> Child:
    command = _python("-m", "funnel.stack.grafana", "--program", found.program, "--plugins", str(found.plugins))
    return Child(
        name="grafana",
        command=command,
        ready="http",
        port=port,
        path="/api/health",
        needs=("migrate",),
        secrets=(*_OF_READER, "GRAFANA_*", "GF_*"),
    )


def settings_environment(settings: Settings) -> dict[str, str]:
    """The settings as environment variables, from which a child reads the same settings in any working folder."""
    prefix = settings.model_config["env_prefix"]
    values = {**settings.model_dump(), "data_dir": settings.data_dir.resolve()}
    files = {name: Path(value).resolve() for name, value in values.items() if name.endswith("_file") and value}
    values |= files
    return {
        # A blank: children ignore an empty text, and would take what .env says.
        f"{prefix}{name}".upper(): value.get_secret_value() if isinstance(value, SecretStr) else str(value) or " "
        for name, value in values.items()
    }


def _python(*arguments: str) -> tuple[str, ...]:
    return (sys.executable, *arguments)


def _broker(node: Node) -> tuple[str, ...]:
    command = _python("-m", "funnel.stack.kafka", "--data", str(node.folder), "--port", str(node.port))
    if not node.voters:
        return command
    of_cluster = ("--number", str(node.number), "--cluster-id", node.cluster_id, "--voters", *map(str, node.voters))
    return (*command, *of_cluster)


def _elsewhere(server: str, variable: str, value: str, local: str) -> str:
    return f"{server} has to run on this machine, but {variable} is {value}: set it to {local}, or do not use funnel up"
