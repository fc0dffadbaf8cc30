"""Servers go away for a while and workers freeze: everything goes on, nothing is lost, nothing stale survives."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from funnel.verify import verify
from tests.contract_events import Event, hour_long, registration, stay
from tests.e2e.stack import PATIENCE, Stack, until
from tests.servers.worker import Worker, workers

pytestmark = pytest.mark.kafka

WEBINARS = 20


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


def _returns(name: str, first: int, last: int) -> Iterator[Event]:
    for person in range(first, last):
        yield from stay(person, 45, 50, f"{name}:{person % WEBINARS}", session="2")


def _assert_exact(stack: Stack, name: str, persons: int) -> None:
    """Every number of the store is right, and all these persons are in it."""
    assert verify(stack.config, timeout=PATIENCE).mismatches == []
    rows = stack.rows(
        "SELECT count() AS persons FROM persons FINAL WHERE startsWith(webinar_id, {name:String})", name=f"{name}:"
    )
    assert rows == [{"persons": persons}]


def test_a_worker_without_clickhouse_waits_then_ends_and_the_next_one_catches_up(impatient: Stack) -> None:
    stack = impatient
    stack.publish([*_webinars("away"), *_persons("away", 0, 500)])
    with closing(Worker(stack.config, stack.folder / "away.log")) as worker:
        worker.start()
        stack.wait_until_handled()
        stack.clickhouse.kill()
        stack.publish(_persons("away", 500, 1_000))
        assert worker.wait() == 1
        assert "ClickHouse did not answer well for 5 s" in worker.log.read_text()

        worker.start()
        until(worker.assignments, "it got its partitions")
        stack.clickhouse.start()
        _assert_exact(stack, "away", 1_000)
        assert worker.stop() == 0


def test_workers_go_on_after_kafka_was_killed(impatient: Stack) -> None:
    stack = impatient
    stack.publish([*_webinars("kafka"), *_persons("kafka", 0, 3_000)])
    with workers(stack.config, stack.folder, 2) as two:
        stack.kafka.kill()
        stack.kafka.start()
        stack.publish(_persons("kafka", 3_000, 4_000))
        _assert_exact(stack, "kafka", 4_000)
        assert all(worker.running for worker in two)


def test_no_row_of_a_worker_that_froze_survives(impatient: Stack) -> None:
    """It freezes in the middle of a batch, another takes over and learns more, it thaws and writes on."""
    stack = impatient
    stack.publish(_webinars("frozen"))
    with (
        closing(Worker(stack.config, stack.folder / "frozen.log")) as frozen,
        closing(Worker(stack.config, stack.folder / "successor.log")) as successor,
    ):
        frozen.start()
        stack.wait_until_handled()
        stack.publish(_persons("frozen", 0, 4_000))
        until(lambda: _raw_events(stack), "it is in the middle of a batch")
        frozen.pause()
        stack.publish(_returns("frozen", 0, 4_000))
        successor.start()
        stack.wait_until_handled()
        before, raw = _rows(stack), _raw_events(stack)

        frozen.resume()
        until(lambda: frozen.assignments()[-1:] == [stack.config.partitions // 2], "it is a member again")
        assert _raw_events(stack) >= raw
        assert _rows(stack) == before
        _assert_exact(stack, "frozen", 4_000)
        assert (frozen.stop(), successor.stop()) == (0, 0)


def _raw_events(stack: Stack) -> int:
    """Rows written to the log, repeats included, of persons."""
    rows: int = stack.rows(
        "SELECT count() AS rows FROM events WHERE startsWith(webinar_id, 'frozen:') AND event LIKE '%person_id%'"
    )[0]["rows"]
    return rows


def _rows(stack: Stack) -> list[dict[str, object]]:
    return stack.rows(
        "SELECT * FROM persons FINAL WHERE startsWith(webinar_id, 'frozen:') ORDER BY webinar_id, person_id"
    )
