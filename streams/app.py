"""The Faust app: one agent per topic, one batcher, a timer. `python -m streams.app worker` runs one worker."""

import asyncio
import gc
import logging
import os
import sys
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any

import faust

from contract import probe
from contract.client_id import worker_client_id
from contract.topics import ATTENDANCE, CONNECTOR_REPORTS, EVENT_TOPICS, MAX_MESSAGE_BYTES, PROBES
from process.heartbeat import beat_on, heartbeat
from process.kafka_trouble import cause
from process.logs import logging_config
from process.meters import expose
from streams import meters
from streams.batch import Batches
from streams.batcher import Batcher
from streams.blown import noted, require_whole_fuse
from streams.data import require_data
from streams.fatal import exit_status, say_fatal
from streams.jobs import current, current_people
from streams.jobs.ended_timelines import write_timelines
from streams.jobs.job import Job
from streams.jobs.judging import Judging
from streams.jobs.settled_counts import write_settled_counts
from streams.jobs.snapshots import take_snapshot
from streams.outage import one_line_an_outage
from streams.presence import Presence
from streams.probe import Probe, Producer
from streams.report_batch import ReportBatches
from streams.settings import Settings, settings
from streams.store import Store
from streams.transport import app_options, chunk_topic

# Not by its name: run as a program it has none.
log = logging.getLogger("streams.app")

GC_THRESHOLD = (50_000, 50, 1_000)
"""A worker's states are long-lived: with Python's defaults the collector walks them over and over
(docs/decisions/0005-garbage-collection.md)."""


SETTLE_EVERY_SECONDS = 30.0

SENT_AT_ONCE = 500
"""Messages that wait together. Each full batch of a partition wakes all that wait for room in it: 10,000 dead letters
under one key kept a worker busy for minutes, until its watchdog ended it.
"""


class KafkaProducer:
    """Publishes through the app's own producer."""

    def __init__(self, app: faust.App) -> None:
        self._app = app

    async def send_all(self, messages: Sequence[tuple[str, bytes | None, bytes | None]]) -> None:
        """(topic, key, value) each; returns when all are acknowledged by all in-sync replicas."""
        producer = await self._app.maybe_start_producer()
        for start in range(0, len(messages), SENT_AT_ONCE):
            some = messages[start : start + SENT_AT_ONCE]
            await asyncio.gather(
                *(producer.send_and_wait(topic, key, value, None, None, None) for topic, key, value in some)
            )


def build(config: Settings, presence: Presence) -> faust.App:
    """The app with its agents. Reads the clock only here, for the moment of a snapshot."""
    app = faust.App(
        **app_options(config),
        broker_client_id=worker_client_id(os.getpid()),
        datadir=config.data_dir / "faust",
        producer_acks=-1,
        producer_max_request_size=MAX_MESSAGE_BYTES,
        worker_redirect_stdouts=False,
        origin="streams",
        logging_config=logging_config("worker"),
    )
    store = Store(config)
    producer = KafkaProducer(app)
    batches = Batches(config, store, producer)
    fold, write = meters.timed(meters.FOLD, batches.fold), meters.timed(meters.WRITE, batches.write)
    batcher = Batcher(fold, write, batches.behind.run)
    meters.WAITING.set_function(lambda: batcher.waiting)
    reports = ReportBatches(store)
    report_batcher = Batcher(reports.fold, reports.write)

    for topic in (*EVENT_TOPICS, PROBES):
        app.agent(chunk_topic(app, topic), name=topic.name)(batcher.forward)
    app.agent(chunk_topic(app, CONNECTOR_REPORTS), name=CONNECTOR_REPORTS.name)(report_batcher.forward)

    @app.on_partitions_revoked.connect  # type: ignore[untyped-decorator]
    async def forget(_: faust.App, revoked: set[Any], **__: Any) -> None:
        batches.revoke({tp.partition for tp in revoked})

    fit = asyncio.Event()
    """Set once Kafka and ClickHouse are known to belong together."""

    @app.on_partitions_assigned.connect  # type: ignore[untyped-decorator]
    async def say_ready(_: faust.App, assigned: set[Any], **__: Any) -> None:
        partitions = len({tp.partition for tp in assigned})
        log.info("assigned %d partitions", partitions)
        meters.assigned(partitions)
        app.add_future(_say_ready(fit, partitions))

    @app.task  # type: ignore[untyped-decorator]
    async def handle() -> None:
        await _to_its_end(require_data(config, store))
        await _to_its_end(require_whole_fuse(config, store))
        fit.set()
        gc.freeze()
        gc.set_threshold(*GC_THRESHOLD)
        await _to_its_end(noted(batcher.run(), store))

    @app.task  # type: ignore[untyped-decorator]
    async def handle_reports() -> None:
        await fit.wait()
        await _to_its_end(report_batcher.run())

    @app.task  # type: ignore[untyped-decorator]
    async def beat() -> None:
        await beat_on(heartbeat())

    @app.task  # type: ignore[untyped-decorator]
    async def say_present() -> None:
        await presence.run(store)

    def is_first() -> bool:
        """One worker, the one with the first partition, is enough for the jobs about all webinars."""
        return any(tp.topic == ATTENDANCE.name and tp.partition == 0 for tp in app.consumer.assignment())

    for job in jobs(config, store, producer):
        app.timer(interval=job.every, name=job.name)(_turn(job, is_first))

    return app


def jobs(config: Settings, store: Store, producer: Producer) -> list[Job]:
    """The jobs about all webinars, run by the worker with the first partition."""
    heart = heartbeat()

    async def snapshot() -> None:
        await take_snapshot(store, datetime.now(UTC))

    numbers, people = current.Current(store), current_people.CurrentPeople(store)
    job = partial(Job, store=store, heart=heart)
    # Each may keep a core of ClickHouse busy for a second, and all are due at the same time.
    one_by_one = partial(_locked, asyncio.Lock())
    return [
        job("snapshots", one_by_one(snapshot), every=config.snapshot_seconds),
        job("current numbers", numbers.turn, every=current.EVERY_SECONDS),
        job("visitor types", people.turn, every=current_people.EVERY_SECONDS),
        job("settled counts", one_by_one(partial(write_settled_counts, store)), every=SETTLE_EVERY_SECONDS),
        job("timelines", one_by_one(partial(write_timelines, store)), every=SETTLE_EVERY_SECONDS),
        job("probe events", Probe(producer, config.partitions).turn, every=probe.EVERY_SECONDS),
        job("judgements", one_by_one(Judging(store).turn), every=SETTLE_EVERY_SECONDS),
    ]


def _locked(lock: asyncio.Lock, work: Callable[[], Awaitable[object]]) -> Callable[[], Awaitable[None]]:
    async def locked() -> None:
        async with lock:
            await work()

    return locked


def _turn(job: Job, is_first: Callable[[], bool]) -> Callable[[], Awaitable[None]]:
    async def turn() -> None:
        if is_first():
            await job.turn()
        else:
            job.rest()

    return turn


async def _to_its_end(work: Awaitable[None]) -> None:
    try:
        await work
    except Exception as error:
        # Here, because the framework stops first and may hang while stopping.
        say_fatal(error)
        raise


async def _say_ready(fit: asyncio.Event, partitions: int) -> None:
    await fit.wait()
    # Faust turns sys.stdout into a log; the starter of the worker waits for a plain line.
    # The line break comes first, because Faust may have begun the line with a control sequence (its spinner).
    print(f"\nready: {partitions} partitions", file=sys.__stdout__, flush=True)


def run_worker() -> None:
    """Runs one worker in the foreground until it is told to end.

    Exits with status 1 if it cannot continue, and with HELD (process/errors.py) if somebody has to act first.
    """
    sys.argv = [sys.argv[0], "--quiet", "worker", "--loglevel", "info", "--without-web"]
    one_line_an_outage()
    expose("worker")
    config = settings()
    if why := cause(config):
        say_fatal(why)
        raise SystemExit(1)
    presence = Presence(heartbeat())
    try:
        build(config, presence).main()
    except SystemExit as ended:
        presence.end(config, told=not ended.code)
        # Faust knows of 0 and 1 only.
        raise SystemExit(ended.code and exit_status()) from None
    except Exception as error:
        say_fatal(error)
        presence.end(config, told=False)
        raise


if __name__ == "__main__":
    run_worker()
