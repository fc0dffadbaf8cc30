"""What is asked of a worker from outside: it says when it is ready, and ends when it is told to."""

import time

import pytest

from streams.topics import PARTITIONS
from tests.contract_events import attendance
from tests.e2e.stack import Stack, running_stack, until
from tests.e2e.timing import at
from tests.servers.worker import Worker

pytestmark = pytest.mark.kafka


def test_a_worker_gets_ready_shares_and_ends_in_time(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("worker")
    with running_stack(folder) as stack:
        first, second = (Worker(stack.config, folder / f"{name}.log") for name in ("first", "second"))
        try:
            _share_and_end(stack, first, second)
        finally:
            first.close()
            second.close()


def _share_and_end(stack: Stack, first: Worker, second: Worker) -> None:
    first.start()
    until(lambda: first.assignments()[-1:] == [PARTITIONS], "the first has all partitions")
    second.start()
    until(lambda: second.assignments()[-1:] == [PARTITIONS // 2], "the second has its share")
    until(lambda: first.assignments()[-1:] == [PARTITIONS // 2], "the first has the other")
    persons = range(2_000)
    stack.publish(attendance(person, "joined", 1, f"zoom:{person % 40}") for person in persons)
    assert _seconds_to_stop(first) < 10
    stack.wait_until_handled()
    assert sum(stack.report(f"zoom:{number}", at(1000))["visits_all"] for number in range(40)) == len(persons)
    assert _seconds_to_stop(second) < 10
    assert not any(word in worker.log.read_text() for worker in (first, second) for word in ("Traceback", "CRITICAL"))


def _seconds_to_stop(worker: Worker) -> float:
    asked = time.monotonic()
    assert worker.stop() == 0
    return time.monotonic() - asked
