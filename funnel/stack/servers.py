"""Kafka and ClickHouse alone, for a command that may have nobody else at work."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.status import Status

from funnel.stack.alone import is_server, refuse_servers_alone
from funnel.stack.clickhouse.choice import choose_store
from funnel.stack.commands import down, up_plan
from funnel.stack.errors import StackError
from funnel.stack.folder import StackFolder
from funnel.stack.java import find_java
from funnel.stack.kafka.brokers import brokers_of, for_brokers
from funnel.stack.kafka.jars import jars_folder
from funnel.stack.plan import stack_plan
from funnel.stack.ports import LOOPBACK, is_listening
from funnel.stack.preflight import check_folder
from funnel.stack.private import close_to_others, with_passwords
from streams.settings import Settings

_HERE = (LOOPBACK, "localhost")


@contextmanager
def servers(settings: Settings, progress: Status) -> Iterator[Settings]:
    """Settings with which the two can be reached: those that listen already, else of this folder, ended at the end.

    Where ClickHouse is elsewhere, Kafka alone is started.
    Raises StackError, also while `funnel up` is at work in this folder.
    """
    folder = StackFolder(settings.data_dir)
    refuse_servers_alone(folder)
    if folder.is_supervised():
        raise StackError("workers and connectors are at work in this data folder: funnel down first, then run it again")
    if _listen(settings):
        yield settings
        return
    store = choose_store(settings, folder)
    settings = settings if store.elsewhere else with_passwords(settings)
    brokers = brokers_of(folder.root, None)
    settings = for_brokers(settings, brokers)
    whole = stack_plan(settings, workers=0, brokers=brokers, store=store)
    plan = whole.model_copy(update={"children": tuple(one for one in whole.children if is_server(one.name))})
    check_folder(folder.root, settings.disk_reserve_mb)
    close_to_others(folder.root)
    names = "Kafka" if store.elsewhere else "Kafka and ClickHouse"
    progress.update(f"starting {names}")
    find_java()
    jars_folder()
    up_plan(settings, plan, progress)
    try:
        yield settings
    finally:
        progress.update(f"stopping {names}")
        down(settings)


def _listen(settings: Settings) -> bool:
    """Whether anything is at an address of this machine: then all have to be there. Elsewhere nothing is started."""
    host, _, port = settings.kafka_bootstrap.split(",")[0].rpartition(":")
    if host not in _HERE or not port.isdecimal():
        return True
    elsewhere = bool(settings.clickhouse_addresses) or settings.clickhouse_host not in _HERE
    return is_listening(int(port)) or (not elsewhere and is_listening(settings.clickhouse_port))
