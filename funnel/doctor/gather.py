"""Asks everybody, and judges nothing: what does not answer is a fact, too."""

import os
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from clickhouse_connect.driver.exceptions import ClickHouseError
from kafka.errors import KafkaError
from urllib3.exceptions import HTTPError

from clickhouse.addresses import addresses
from clickhouse.client import Unreachable, User, connect
from clickhouse.migrate import half_migrated
from connectors.pipeline.room import MEGABYTE, fullest
from connectors.webhooks.settings import webhook_settings
from funnel.backup.last import last_backup
from funnel.backup.local import settings_said
from funnel.doctor.facts import Disk, Expected, Facts, Kafka, Store
from funnel.doctor.kafka import asked_before, kafka_facts
from funnel.doctor.store import store_facts
from funnel.erasure.begun import begun
from funnel.stack import commands, polled
from funnel.stack.kafka.brokers import folders
from funnel.stack.private import is_secret, open_to_others
from funnel.stack.table import problems
from process.errors import ExplainedError
from streams.known_errors import explained
from streams.lag import LagError, asking
from streams.settings import Settings

_USERS: tuple[User, ...] = ("migrator", "reader")
"""Beside the workers', with whom everything is asked."""


def gather(config: Settings, clock: Callable[[], int]) -> Facts:
    """The facts as they are now. `clock`: ms since 1970 UTC."""
    silent: list[str] = []
    kafka, store = _servers(config, clock, silent)
    if store is not None:
        silent += _refused(config)
    erasing = begun(config.data_dir)
    return Facts(
        at=clock(),
        expected=Expected(
            partitions=config.partitions,
            copies=config.replication_factor,
            acknowledging=config.min_insync_replicas,
            kafka_retention_days=config.kafka_retention_days,
            epoch=config.epoch,
            kafka=config.kafka_bootstrap,
            clickhouse=", ".join(map(str, addresses(config))),
            webhook_host=webhook_settings().host,
        ),
        kafka=kafka,
        store=store,
        disk=_disk(config),
        backup_at=last_backup(config.data_dir),
        erasing=len(erasing.hashes) if erasing else 0,
        erasing_since=erasing.at if erasing else 0,
        unreachable=silent,
        not_well=_status(config),
        open_to_others=[str(path) for path in open_to_others(config.data_dir.resolve())],
        not_writable=[str(path) for path in _folders(config) if not os.access(path, os.W_OK | os.X_OK)],
        secrets=_secrets(config),
    )


def _servers(config: Settings, clock: Callable[[], int], silent: list[str]) -> tuple[Kafka | None, Store | None]:
    store = None
    try:
        with asking(config) as admin:
            done = asked_before(admin, config.consumer_group)
            store = _store(config, clock, silent)
            return kafka_facts(admin, config.consumer_group, done), store
    except (LagError, KafkaError, OSError, ValueError) as error:
        silent.append(_line(error))
        return None, store or _store(config, clock, silent)


def _store(config: Settings, clock: Callable[[], int], silent: list[str]) -> Store | None:
    try:
        with closing(connect(config, user="writer")) as client:
            found = store_facts(client, clock)
        return replace(found, half_migrated=half_migrated(config)) if config.clickhouse_cluster else found
    except (Unreachable, ClickHouseError, HTTPError, OSError) as error:
        silent.append(_line(error))
        return None


def _refused(config: Settings) -> Iterator[str]:
    """The other users of ClickHouse who cannot get in, where their passwords are known here."""
    for user in _USERS:
        try:
            connect(config, user=user).close()
        except (Unreachable, ClickHouseError, HTTPError, OSError) as error:
            yield _line(error)


def _status(config: Settings) -> list[str]:
    """What `funnel status` says of a stack of this folder that is meant to run."""
    children = commands.status(config)
    if not children:
        return []
    _, unpolled = polled.ask(config, children)
    return problems(children, commands.watched(config), datetime.now(UTC)) + unpolled


def _disk(config: Settings) -> Disk | None:
    free = fullest(config.data_dir.resolve())
    if free is None:
        return None
    servers = (config.data_dir / "clickhouse").is_dir() and bool(folders(config.data_dir))
    reserve = config.disk_reserve_mb * MEGABYTE
    return Disk(str(free.folder), free.bytes, reserve, commands.short_of_room(config), servers)


def _folders(config: Settings) -> list[Path]:
    root = config.data_dir.resolve()
    inside = [one for one in root.iterdir() if one.is_dir()] if root.is_dir() and os.access(root, os.R_OK) else []
    return [one for one in (root, *inside) if one.exists()]


def _secrets(config: Settings) -> dict[str, str]:
    found = {name: value for name, value in settings_said().items() if is_secret(name)}
    for name in (one for one in Settings.model_fields if one.endswith("clickhouse_password")):
        if value := getattr(config, name).get_secret_value():
            found[f"FUNNEL_{name.upper()}"] = value
    return found


def _line(error: Exception) -> str:
    return str(error) if isinstance(error, ExplainedError) else explained(error) or f"{type(error).__name__}: {error}"
