"""Servers go away for a while and workers freeze: everything goes on, nothing is lost, nothing stale survives."""

import io
import os
import re
import signal
import time
from collections.abc import Iterator
from contextlib import closing

import pytest
from rich.console import Console

from funnel.report.verify import verify
from funnel.stack.child import Plan
from funnel.stack.commands import child_pid, down, status, up_plan
from funnel.stack.last_words import words
from funnel.stack.plan import stack_plan
from funnel.stack.state import State
from tests.contract_events import Event, hour_long, identity, r, registration, stay
from tests.e2e.stack import Stack
from tests.servers.worker import Worker, workers
from tests.waiting import PATIENCE, until

PROGRESS = Console(file=io.StringIO()).status("")

pytestmark = [pytest.mark.kafka, pytest.mark.system]

WEBINARS = 20
MOST_LINES = 12
"""Of a worker's log in one outage; without the summary it is thousands."""
LEAVING_SECONDS = 12.0
"""A few seconds on a quiet machine; the watchdog ends after ten what cannot end by itself, with another status."""


def _webinars(name: str) -> Iterator[Event]:
    for number in range(WEBINARS):
        yield from hour_long(f"{name}:{number}")


def _persons(name: str, first: int, last: int) -> Iterator[Event]:
    """Four events a person."""
    for person in range(first, last):
        webinar_id = f"{name}:{person % WEBINARS}"
        yield registration(person, webinar_id=webinar_id)
        yield registration(person, -5, "approved", webinar_id)
        yield from stay(person, 0, 40, webinar_id)


def _text(worker: Worker) -> str:
    return worker.log.read_text()


def _lines(worker: Worker) -> list[str]:
    """What it said, but for how many partitions it has, and what a traceback holds."""
    lines = [line.strip("\x1b[?1lh ") for line in _text(worker).splitlines() if not line.startswith((" ", "Traceback"))]
    return [line for line in lines if line and not line.startswith("ready: ")]


def _assert_exact(stack: Stack, name: str, persons: int) -> None:
    """Every number of the store is right, and all these persons are in it."""
    assert verify(stack.config, timeout=PATIENCE).lines() == []
    rows = stack.rows(
        "SELECT count() AS persons FROM persons FINAL WHERE startsWith(webinar_id, {name:String})", name=f"{name}:"
    )
    assert rows == [{"persons": persons}]


def test_a_worker_without_clickhouse_waits_then_ends_and_the_next_one_catches_up(impatient: Stack) -> None:
    stack = impatient
    stack.publish([*_webinars("away"), *_persons("away", 0, 200)])
    with closing(Worker(stack.config, stack.folder / "away.log")) as worker:
        worker.start()
        stack.wait_until_handled()
        stack.clickhouse.kill()
        stack.publish(_persons("away", 200, 400))
        assert worker.wait() == 1
        said = _lines(worker)
        assert "fatal: ClickHouse did not answer well for 5 s: connection refused" in said
        # The job that keeps the numbers of now may be the first to notice, in the middle of a query.
        assert len([line for line in said if re.search(r"does not answer well \(.+\): trying again", line)]) == 1
        assert len(said) < MOST_LINES, said
        assert words(worker.log.read_bytes().splitlines(), 1) == (
            "ClickHouse did not answer well for 5 s: connection refused (ended with exit status 1)"
        )

        worker.start()
        stack.clickhouse.start()
        _assert_exact(stack, "away", 400)
        assert worker.stop() == 0


def test_a_worker_shares_its_partitions_with_a_second_one_and_leaves_when_told(impatient: Stack) -> None:
    stack = impatient
    with (
        closing(Worker(stack.config, stack.folder / "first.log")) as first,
        closing(Worker(stack.config, stack.folder / "second.log")) as second,
    ):
        first.start()
        until(lambda: first.assignments()[-1:] == [stack.config.partitions], "the first has all partitions")
        second.start()
        until(lambda: second.assignments()[-1:] == [stack.config.partitions // 2], "the second has its share")
        until(lambda: first.assignments()[-1:] == [stack.config.partitions // 2], "the first has the other")
        stack.publish([*_webinars("leaving"), *_persons("leaving", 0, 1_000)])
        assert _seconds_to_stop(first) < LEAVING_SECONDS
        _assert_exact(stack, "leaving", 1_000)
        assert _seconds_to_stop(second) < LEAVING_SECONDS
        assert not any("Traceback" in worker.log.read_text() for worker in (first, second))


def _seconds_to_stop(worker: Worker) -> float:
    asked = time.monotonic()
    assert worker.stop() == 0
    return time.monotonic() - asked


def test_workers_go_on_after_kafka_was_killed(impatient: Stack) -> None:
    stack = impatient
    stack.publish([*_webinars("kafka"), *_persons("kafka", 0, 1_500)])
    with workers(stack.config, stack.folder, 2) as two:
        before = [len(_lines(worker)) for worker in two]
        stack.kafka.kill()
        until(lambda: all("Kafka does not answer well" in _text(worker) for worker in two), "both say so")
        stack.kafka.start()
        stack.publish(_persons("kafka", 1_500, 2_000))
        _assert_exact(stack, "kafka", 2_000)
        assert all(worker.running for worker in two)
        until(lambda: all("Kafka answers again after" in _text(worker) for worker in two), "both say so")
        for worker, length in zip(two, before, strict=True):
            said = _lines(worker)[length:]
            assert len(said) < MOST_LINES, said


def test_no_row_of_a_worker_that_froze_survives(impatient: Stack) -> None:
    """It freezes in the middle of a batch, another takes over and learns more, it thaws and writes on.

    The registrants' links move meanwhile. So the one that froze counts their sessions for persons of whom its
    successor, which knows better, never hears of these sessions: only the generation makes its rows the older ones
    (docs/decisions/0004-a-version-carries-the-generation.md).
    """
    stack, persons = impatient, range(4_000)
    stack.publish(_webinars("frozen"))
    stack.publish(identity(person, person, 0, f"frozen:{person % WEBINARS}") for person in persons)
    with (
        closing(Worker(stack.config, stack.folder / "frozen.log")) as frozen,
        closing(Worker(stack.config, stack.folder / "successor.log")) as successor,
    ):
        frozen.start()
        stack.wait_until_handled()
        stack.publish(event for person in persons for event in stay(r(person), 0, 40, f"frozen:{person % WEBINARS}"))
        until(lambda: stack.rows(_RAW_SESSIONS), "it is in the middle of a batch")
        frozen.pause()
        stack.publish(identity(person, 5_000 + person, 1, f"frozen:{person % WEBINARS}") for person in persons)
        successor.start()
        stack.wait_until_handled()
        before = stack.rows(_ROWS)

        frozen.resume()
        until(lambda: frozen.assignments()[-1:] == [stack.config.partitions // 2], "it is a member again")
        assert stack.rows(_ROWS) == before
        _assert_exact(stack, "frozen", 3 * len(persons))
        assert (frozen.stop(), successor.stop()) == (0, 0)


def test_a_worker_that_stands_still_is_told_and_started_again(impatient: Stack) -> None:
    config = impatient.config.model_copy(update={"data_dir": impatient.folder / "supervised"})
    config.data_dir.mkdir()
    child = next(one for one in stack_plan(config, workers=1).children if one.name == "worker-1")
    up_plan(config, Plan(children=(child.model_copy(update={"needs": ()}),)), PROGRESS)
    try:
        stopped = child_pid(config, "worker-1")
        os.kill(stopped, signal.SIGSTOP)
        told = until(lambda: [one for one in status(config) if one.state is State.HUNG], "it is told")
        assert told[0].trouble.startswith("no sign of progress for 1")
        until(lambda: status(config)[0].state is State.READY and status(config)[0].pid != stopped, "it is back")
        assert status(config)[0].error.startswith("hung: no sign of progress for ")
    finally:
        down(config)


_RAW_SESSIONS = "SELECT 1 FROM events WHERE startsWith(webinar_id, 'frozen:') AND topic LIKE '%attendance%' LIMIT 1"
_ROWS = "SELECT * FROM persons FINAL WHERE startsWith(webinar_id, 'frozen:') ORDER BY webinar_id, person_id"
