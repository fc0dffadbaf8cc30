"""Workers and ClickHouse die at random moments while events stream in: no number is wrong and nothing is missing.

STORM_EVENTS (by default 20,000, in the soak test 1,000,000) and STORM_SEED in the environment make other storms.
"""

import base64
import os
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import orjson
import pytest

from clickhouse.client import connect
from funnel.report.verify import verify
from tests.e2e.stack import Stack, running_stack
from tests.faults.storm import Storm, digest, publish, storm
from tests.servers.worker import Worker, workers
from tests.waiting import until

pytestmark = pytest.mark.kafka

EVENTS = int(os.environ.get("STORM_EVENTS", "20000"))
SOAK_EVENTS = int(os.environ.get("STORM_EVENTS", "1000000"))
SEED = int(os.environ.get("STORM_SEED", "1"))
SOAK_ROUNDS = 10
PIECES = 40
CATCH_UP_SECONDS = 240.0

Action = Callable[[], object]
Raw = tuple[str, bytes, bytes]


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    with running_stack(tmp_path) as stack:
        yield stack


@pytest.mark.system
def test_no_event_is_lost_and_no_number_wrong_whoever_is_killed(stack: Stack) -> None:
    rng = random.Random(SEED)
    made = storm(SEED, EVENTS)
    with workers(stack.config, stack.folder, 2) as two:
        victims = [two[0], two[1], rng.choice(two)]
        deaths: list[Action] = [stack.clickhouse.kill, *(worker.kill for worker in victims)]
        births: list[Action] = [stack.clickhouse.start, *(worker.start for worker in victims)]
        moments = rng.sample(range(2, PIECES), len(deaths))
        _publish(stack, made.records, {at: list(pair) for at, *pair in zip(moments, deaths, births, strict=True)})
        assert_nothing_missing(stack, made)
        assert all(worker.running for worker in two)


@pytest.mark.soak
def test_soak(stack: Stack) -> None:
    """Ten rounds in which a worker joins, one is killed, ClickHouse is killed, and a worker leaves."""
    made = storm(SEED, SOAK_EVENTS)
    bounds = [len(made.records) * number // SOAK_ROUNDS for number in range(SOAK_ROUNDS + 1)]
    third = Worker(stack.config, stack.folder / "third.log")
    with workers(stack.config, stack.folder, 2) as two, closing(third):
        for number, (start, end) in enumerate(pairwise(bounds)):
            victim = two[number % 2]
            happens: dict[int, list[Action]] = {
                5: [third.start, third.wait_until_ready],
                15: [victim.kill, victim.start, victim.wait_until_ready],
                25: [stack.clickhouse.kill, stack.clickhouse.start],
                35: [lambda: _leave(third)],
            }
            _publish(stack, made.records[start:end], happens)
        assert_nothing_missing(stack, made)
        assert all(worker.running for worker in two)


def _publish(stack: Stack, records: Sequence[Raw], happens: Mapping[int, Sequence[Action]]) -> None:
    """Publishes piece by piece. What happens at a piece waits until the workers got on since the last time."""
    known = _last_insert(stack)
    for number, _ in enumerate(publish(stack.config, records, PIECES)):
        if actions := happens.get(number):
            _wait_for_work(stack, known)
            for action in actions:
                action()
            known = _last_insert(stack)


def _wait_for_work(stack: Stack, known: object) -> None:
    until(lambda: _last_insert(stack) != known, "the workers are at work", CATCH_UP_SECONDS)


def _last_insert(stack: Stack) -> object:
    return stack.rows("SELECT max(inserted_at) AS last FROM events")[0]["last"]


def _leave(worker: Worker) -> None:
    assert worker.stop() == 0


def assert_nothing_missing(stack: Stack, made: Storm) -> None:
    result = verify(stack.config, timeout=CATCH_UP_SECONDS)
    assert result.lines() == []
    # Who reads dashboards does not see events.
    with closing(connect(stack.config, user="writer")) as client:
        found = client.query("SELECT event FROM events FINAL", query_formats={"String": "bytes"}).result_columns[0]
    assert {digest(orjson.loads(event)) for event in found} == made.events
    assert (result.events, result.dead_letters) == (len(made.events), len(made.broken))
    assert {base64.b64decode(letter["value"]) for letter in stack.letters()} == made.broken
