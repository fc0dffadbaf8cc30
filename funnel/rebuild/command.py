"""The steps of `funnel rebuild`: stop the workers; rebuild rows from the raw log; have Kafka read again; verify."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from enum import StrEnum

from kafka import KafkaAdminClient

from clickhouse.client import connect
from funnel.rebuild.derive import derive
from funnel.rebuild.kafka import Kept, RebuildError, forget_offsets, kept, wait_until_idle
from funnel.report.verify import Result, verify
from funnel.stack.folder import StackFolder
from streams.epoch import Held, held
from streams.lag import asking
from streams.settings import Settings
from streams.store import Store

STOP_SECONDS = 60.0
"""How long the workers of `funnel up` may take to stop."""
LEAVE_SECONDS = 10.0
"""By then Kafka has noticed that a worker was killed."""

_DISTINCT = "SELECT (SELECT count() FROM events FINAL), (SELECT count() FROM dead_letters FINAL)"

Say = Callable[[str], None]


class Source(StrEnum):
    """The source from which rows are rebuilt."""

    KAFKA = "kafka"
    LOG = "log"


def rebuild(config: Settings, source: Source | None, timeout: float, say: Say, progress: Say) -> Result:
    """Rebuilds the rows from `source`, by default from each source that is needed, and verifies them.

    `say` gets each finished step as a line, `progress` the current step. `timeout`: seconds for the workers to read
    Kafka again. Raises RebuildError, StackError, LagError, StoreGone, Unreachable, ClickHouse's errors.
    """
    with no_worker(config, progress) as admin:
        known, there = log_held(config), kept(admin, config.consumer_group)
        sources = chosen(source, known, there)
        if Source.LOG in sources:
            made = asyncio.run(derive(Store(config, user="migrator"), config, progress))
            say(f"From the raw log: {made.webinars:,} webinars, {made.persons:,} persons of {made.events:,} events.")
            if made.unreadable:
                say(f"{made.unreadable:,} events of the raw log cannot be read by this version, and are left out.")
        if Source.KAFKA in sources:
            forget_offsets(admin, config.consumer_group)
            say(f"From Kafka: workers read all {there.records:,} records again.")
            if there.gone:
                say(f"Kafka no longer has {there.gone:,} older records: data that was only in them is not restored.")
    if Source.KAFKA in sources and not StackFolder(config.data_dir).is_supervised():
        say("Start the workers now (docker compose up -d worker).")
    return verify(config, timeout=timeout, progress=progress)


def chosen(source: Source | None, known: Held, there: Kept) -> list[Source]:
    """The sources to read, in this order. Pure. Raises RebuildError if there is nothing to read."""
    if source is Source.LOG and not known.events:
        raise RebuildError("the raw log of ClickHouse (table events) is empty: use --from kafka")
    if source is Source.KAFKA and not there.records:
        raise RebuildError("Kafka has no records of events: use --from log")
    if source is not None:
        return [source]
    sources = [Source.LOG] if known.events else []
    # In a later epoch the log also holds events from former topics. A repeated record is one event of the log: Kafka is
    # then read once more than needed, which changes nothing.
    if there.records and (known.records < there.committed or max(known.epochs, default=0)):
        sources.append(Source.KAFKA)
    if not sources:
        raise RebuildError(
            "neither the raw log of ClickHouse nor Kafka has events that workers were done with: there is nothing to "
            "rebuild from. Restore a backup (funnel restore), or poll and import again"
        )
    return sources


@contextmanager
def no_worker(config: Settings, progress: Say) -> Iterator[KafkaAdminClient]:
    """Stops the workers of `funnel up` while the context lasts, and makes sure that no other worker runs."""
    folder = StackFolder(config.data_dir)
    with asking(config) as admin:
        if folder.is_supervised():
            with folder.paused():
                wait_until_idle(admin, config.consumer_group, STOP_SECONDS, progress)
                yield admin
        else:
            wait_until_idle(admin, config.consumer_group, LEAVE_SECONDS, progress)
            yield admin


def log_held(config: Settings) -> Held:
    """What ClickHouse holds; a repeated record counts once. Raises ClickHouse's errors.

    A worker only checks at its start whether there is anything at all, which costs nothing; this reads every key.
    """
    client = connect(config, user="writer")
    try:
        known = held(client)
        if not known.records:
            return known
        events, letters = client.query(_DISTINCT).result_rows[0]
        return replace(known, events=int(events), letters=int(letters))
    finally:
        client.close()
