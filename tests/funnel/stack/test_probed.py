"""What funnel status says of the probe event."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from contract.probe import OLD_SECONDS
from funnel.stack.probed import Probed, as_json, is_expected, said, trouble
from funnel.stack.state import ChildStatus, State

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
LONG_AGO = NOW - timedelta(minutes=10)
GOOD = Probed(4.2, 0.083, 8, 8)


def child(name: str, state: State = State.READY, since: datetime = LONG_AGO) -> ChildStatus:
    return ChildStatus(name=name, state=state, since=NOW, created=since.timestamp(), log=Path("x"))


CHILDREN = [child("clickhouse"), child("worker-1"), child("worker-2")]


def test_a_good_one_is_told_with_its_age_and_its_time() -> None:
    assert said(GOOD) == "sent 4 s ago, queryable after 0.08 s"
    assert trouble(GOOD, CHILDREN, NOW) == ""
    assert as_json(GOOD) == {"age_seconds": 4.2, "seconds": 0.083, "reached": 8, "partitions": 8}


@pytest.mark.parametrize(
    ("probed", "told"),
    [
        (GOOD._replace(age_seconds=OLD_SECONDS + 15), "for 75 s"),
        (GOOD._replace(reached=5), "in 5 of 8 partitions only"),
        (Probed(None, None, 0, 0), "yet"),
        ("not known: it is away", "not known: it is away"),
    ],
)
def test_what_is_wrong_is_told_once_the_workers_have_had_the_time(probed: Probed | str, told: str) -> None:
    assert told in trouble(probed, CHILDREN, NOW)
    if not isinstance(probed, str):
        new = [*CHILDREN[:2], child("worker-2", since=NOW - timedelta(seconds=20))]
        assert trouble(probed, new, NOW) == ""
        assert trouble(probed, [*CHILDREN[:2], child("worker-2", State.BACKING_OFF)], NOW) == ""


def test_nothing_is_expected_without_a_worker_or_its_table() -> None:
    assert is_expected(CHILDREN)
    assert not is_expected([child("clickhouse")])
    assert not is_expected([child("clickhouse", State.STOPPED), child("worker-1")])
    assert not is_expected([child("clickhouse"), child("worker-1", State.STOPPED)])
