"""`funnel topics --raise` under data: no number changes, what was not read yet counts once, and none with the former
settings does harm."""

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from contract.partition import partition_of
from contract.topics import ALL_TOPICS
from funnel.rebuild.kafka import RebuildError
from funnel.report.verify import verify
from funnel.topics.listing import listed
from funnel.topics.raising import RaisingError, raise_partitions
from streams.lag import asking
from tests.contract_events import Event, hour_long, registration, stay
from tests.e2e.stack import Stack, running_stack
from tests.servers.worker import Worker

pytestmark = [pytest.mark.kafka, pytest.mark.faults]

BEFORE, AFTER = 2, 5
WEBINARS = [f"zoom:{number}" for number in range(12)]


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    with running_stack(tmp_path, partitions=BEFORE) as stack:
        yield stack


def visitors(webinar_id: str, people: range) -> list[Event]:
    came = [event for one in people for event in stay(one, 0, 40, webinar_id)]
    return [*(registration(one, webinar_id=webinar_id) for one in people), *came]


def counts(stack: Stack) -> dict[str, int]:
    rows = stack.rows("SELECT webinar_id, count() AS people FROM persons FINAL GROUP BY webinar_id")
    return {row["webinar_id"]: row["people"] for row in rows}


class Killed(BaseException):
    """Stands for the end of the process."""


def killed_at(step: str) -> Callable[[str], None]:
    def say(line: str) -> None:
        if step in line:
            raise Killed

    return say


def assert_former_worker_is_refused(stack: Stack) -> None:
    with closing(
        Worker(stack.config, stack.folder / f"former-{len(list(stack.folder.glob('former-*')))}.log")
    ) as former:
        former.start()
        assert former.wait() == 1
        assert "set FUNNEL_PARTITIONS=5, and FUNNEL_EPOCH as funnel topics --raise has said" in former.log.read_text()


def test_partitions_are_raised_under_data(stack: Stack) -> None:
    config = stack.config
    worker = Worker(config, stack.folder / "before.log")
    with closing(worker):
        worker.start()
        worker.wait_until_ready()
        with pytest.raises(RebuildError, match="workers are running"):
            raise_partitions(config, AFTER, print, lambda _: None)
        stack.publish([event for one in WEBINARS for event in [*hour_long(one), *visitors(one, range(3))]])
        stack.wait_until_handled()
        assert worker.stop() == 0
    # Whatever step it is killed in, no process with the former settings does harm, and the next run ends it.
    with asking(config) as admin:
        admin.create_partitions({ALL_TOPICS[0].name: AFTER})
    for step in ("topics have 5 partitions now", "rebuilt 12 webinars"):
        with pytest.raises(Killed):
            raise_partitions(config, AFTER, killed_at(step), killed_at(step))
        assert counts(stack) == dict.fromkeys(WEBINARS, 3)
        assert_former_worker_is_refused(stack)
    # These nobody reads before the partitions are raised: half of them stand on the wrong one then.
    stack.publish([event for one in WEBINARS for event in visitors(one, range(3, 5))])
    said: list[str] = []
    assert raise_partitions(config, AFTER, said.append, lambda _: None) == (AFTER, 2)
    assert said == ["ClickHouse: 12 webinars and 36 persons are rows of epoch 2 now."]
    assert counts(stack) == dict.fromkeys(WEBINARS, 3)
    moved = [one for one in WEBINARS if partition_of(one, BEFORE) != partition_of(one, AFTER)]
    assert moved

    assert_former_worker_is_refused(stack)
    # Again, as after an interruption: partitions are there already, rows get an epoch all the same.
    assert raise_partitions(config, AFTER, said.append, lambda _: None) == (AFTER, 3)
    later = config.model_copy(update={"partitions": AFTER, "epoch": 3})
    with pytest.raises(RaisingError, match="have 5 partitions already"):
        raise_partitions(later, AFTER, print, print)

    stack.config = later
    with closing(Worker(later, stack.folder / "after.log")) as after:
        after.start()
        after.wait_until_ready()
        stack.publish([event for one in WEBINARS for event in visitors(one, range(5, 8))])
        stack.wait_until_handled()
        result = verify(later, timeout=60)
        assert result.lines() == []
        assert after.running
    assert counts(stack) == dict.fromkeys(WEBINARS, 8)
    with asking(later) as admin:
        assert {one.partitions for one in listed(admin) if one.name.startswith("webinar.")} == {AFTER}
