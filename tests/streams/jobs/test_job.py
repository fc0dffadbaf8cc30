"""A job that fails ends nothing, is told, and is tried again later and later."""

import asyncio
import time
from collections.abc import Iterator, Sequence

import pytest

from process.heartbeat import Heartbeat
from streams.app import jobs
from streams.jobs.job import Job, TurnRow, pause
from streams.probe import Record
from streams.store import Store
from tests.streams.conftest import Database

HOUR, DAY = 3_600.0, 86_400.0
_SAID = "SELECT job, worked, failed, failures, error FROM jobs_at(at = now64(3)) ORDER BY job"
_REFUSED = "ClickHouse refuses this, and would again: "


class Clock:
    """Stands still until it is set."""

    def __init__(self) -> None:
        # Lately: rows are kept for 30 days.
        self.now = time.time() // 1 - HOUR

    def __call__(self) -> float:
        return self.now


class Work:
    """Fails as long as its statement is wrong."""

    def __init__(self, store: Store, statement: str = "SELECT 1") -> None:
        self.statement, self.done = statement, 0
        self._store = store

    async def __call__(self) -> None:
        self.done += 1
        await self._store.command(self.statement)


@pytest.fixture
def heart() -> Iterator[Heartbeat]:
    heart = Heartbeat(None)
    yield heart
    heart.close()


def test_pauses_grow_within_bounds() -> None:
    assert [pause(failures, 30) for failures in (1, 2, 3, 4, 5, 6, 7, 1000)] == [30, 60, 120, 240, 480, 600, 600, 600]
    assert pause(1, DAY) == pause(9, DAY) == DAY


async def test_one_that_fails_is_told_and_tried_again_later_and_later(
    database: Database, heart: Heartbeat, caplog: pytest.LogCaptureFixture
) -> None:
    clock, work = Clock(), Work(database.store, "SELECT no_such_column")
    job = Job("some job", work, every=30, store=database.store, heart=heart, clock=clock)
    begun = round(clock.now * 1000)
    await job.turn()
    assert heart.failing["some job"].startswith(f"{_REFUSED}Unknown expression")
    ((name, worked, failed, failures, error),) = database.client.query(_SAID).result_rows
    assert (name, worked, failed, failures, error) == ("some job", None, begun, 1, heart.failing["some job"])

    for after, done in ((29, 1), (1, 2), (59, 2), (1, 3), (119, 3)):
        clock.now += after
        await job.turn()
        assert work.done == done
    work.statement = "SELECT 1"
    clock.now += 1
    await job.turn()
    assert heart.failing == {}
    assert database.client.query(_SAID).result_rows == [("some job", begun + 210_000, begun + 90_000, 0, error)]
    assert [record.getMessage().partition(":")[0] for record in caplog.records] == [
        "some job failed (1 in a row)",
        "some job failed (2 in a row)",
        "some job failed (3 in a row)",
        "some job works again after 3 failures",
    ]


async def test_a_clock_that_is_put_back_does_not_put_off_what_failed(database: Database, heart: Heartbeat) -> None:
    clock, work = Clock(), Work(database.store, "SELECT no_such_column")
    job = Job("some job", work, every=30, store=database.store, heart=heart, clock=clock)
    await job.turn()
    clock.now -= DAY
    await job.turn()
    assert work.done == 2


async def test_one_that_works_leaves_a_row_every_few_minutes(database: Database, heart: Heartbeat) -> None:
    clock = Clock()
    job = Job("some job", Work(database.store), every=30, store=database.store, heart=heart, clock=clock)
    for _ in range(21):
        await job.turn()
        clock.now += 30
    assert database.client.query("SELECT count(), sum(failures) FROM job_turns FINAL").result_rows == [(3, 0)]


async def test_what_could_not_be_written_of_it_is_written_with_the_next_row(
    database: Database, heart: Heartbeat
) -> None:
    clock, work = Clock(), Work(database.store, "SELECT no_such_column")
    job = Job("some job", work, every=30, store=database.store, heart=heart, clock=clock)
    database.client.command("RENAME TABLE job_turns TO away")
    try:
        await job.turn()
    finally:
        database.client.command("RENAME TABLE away TO job_turns")
    assert "some job" in heart.failing
    work.statement = "SELECT 1"
    clock.now += 30
    await job.turn()
    asked = "SELECT failures, error != '' FROM job_turns FINAL ORDER BY ended_at"
    assert database.client.query(asked).result_rows == [(1, 1), (0, 0)]


async def test_of_a_job_of_another_worker_nothing_fails_here(database: Database, heart: Heartbeat) -> None:
    clock, work = Clock(), Work(database.store, "SELECT no_such_column")
    job = Job("some job", work, every=30, store=database.store, heart=heart, clock=clock)
    await job.turn()
    job.rest()
    assert heart.failing == {}
    await job.turn()
    assert work.done == 2


async def test_the_end_of_a_worker_is_no_failure_of_its_jobs(database: Database, heart: Heartbeat) -> None:
    job = Job("some job", asyncio.Event().wait, every=30, store=database.store, heart=heart)
    turn = asyncio.create_task(job.turn())
    await asyncio.sleep(0)
    turn.cancel()
    with pytest.raises(asyncio.CancelledError):
        await turn
    assert heart.failing == {}


class Taking:
    """A Kafka that takes everything."""

    async def send_all(self, messages: Sequence[Record]) -> None:
        assert messages


async def test_the_jobs_of_a_worker_fail_and_work_apart(database: Database) -> None:
    database.client.command("RENAME TABLE ended_timelines TO away")
    try:
        for job in jobs(database.config, database.store, Taking()):
            await job.turn()
    finally:
        database.client.command("RENAME TABLE away TO ended_timelines")
    said = database.client.query("SELECT job, failures FROM jobs_at(at = now64(3)) ORDER BY job").result_rows
    failures = dict(tuple(row) for row in said)
    working = ("snapshots", "current numbers", "visitor types", "settled counts", "judgements", "probe events")
    assert failures == {**dict.fromkeys(working, 0), "timelines": 1}


def test_a_row_is_the_table_column_by_column(database: Database) -> None:
    described = database.client.query("DESCRIBE TABLE job_turns").result_rows
    assert [column for column, *_ in described] == list(TurnRow._fields)
