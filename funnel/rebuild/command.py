"""The steps of `funnel rebuild`: no worker at work; rows from the raw log; what Kafka has, read again; then verify."""

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
"""After which Kafka has missed a worker that was killed."""

_DISTINCT = "SELECT (SELECT count() FROM events FINAL), (SELECT count() FROM dead_letters FINAL)"

Say = Callable[[str], None]


class Source(StrEnum):
    """What the rows are made from."""

    KAFKA = "kafka"
    LOG = "log"


def rebuild(config: Settings, source: Source | None, timeout: float, say: Say, progress: Say) -> Result:
    """Makes the rows anew from `source`, by default from all that is needed, and verifies them.

    `say` gets what was done, line by line, `progress` what is being done. `timeout`: seconds for the workers to read
    Kafka again. Raises RebuildError, StackError, LagError, StoreGone, Unreachable, ClickHouse's errors.
    """
    with _no_worker(config, progress) as admin:
        known, there = log_held(config), kept(admin, config.consumer_group)
        sources = chosen(source, known, there)
        if Source.LOG in sources:
            made = asyncio.run(derive(Store(config, user="migrator"), config, progress))
            say(f"From the raw log: {made.webinars:,} webinars, {made.persons:,} persons of {made.events:,} events.")
            if made.unreadable:
                say(f"{made.unreadable:,} events of the raw log are none for this version, and left out.")
        if Source.KAFKA in sources:
            forget_offsets(admin, config.consumer_group)
            say(f"From Kafka: workers read all {there.records:,} records again.")
            if there.gone:
                say(f"Kafka no longer has {there.gone:,} older records: what only they said does not come back.")
    if Source.KAFKA in sources and not StackFolder(config.data_dir).is_supervised():
        say("Start the workers now (docker compose up -d worker).")
    return verify(config, timeout=timeout, progress=progress)


def chosen(source: Source | None, known: Held, there: Kept) -> list[Source]:
    """What is read, in this order. Pure. Raises RebuildError where there is nothing to read."""
    if source is Source.LOG and not known.events:
        raise RebuildError("the raw log of ClickHouse (table events) is empty: take --from kafka")
    if source is Source.KAFKA and not there.records:
        raise RebuildError("Kafka has no records of events: take --from log")
    if source is not None:
        return [source]
    sources = [Source.LOG] if known.events else []
    # Of later epochs the log also holds what came from former topics. A repeated record is one event of the log: then
    # Kafka is read once more than needed, which changes nothing.
    if there.records and (known.records < there.committed or max(known.epochs, default=0)):
        sources.append(Source.KAFKA)
    if not sources:
        raise RebuildError(
            "neither the raw log of ClickHouse nor Kafka has events that workers were done with: there is nothing to "
            "rebuild from. Put a backup back (funnel restore), or poll and import again"
        )
    return sources


@contextmanager
def _no_worker(config: Settings, progress: Say) -> Iterator[KafkaAdminClient]:
    """Stops the workers of `funnel up` while the context lasts; of others, makes sure that none is at work."""
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
    """What ClickHouse holds, a repeated record counted once. Raises ClickHouse's errors.

    A worker asks at its start whether there is anything at all; that costs nothing, this a look at every key.
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
