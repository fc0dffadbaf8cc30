"""Who polls, for `funnel status`: asked of Kafka wherever one of its brokers runs here."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from connectors.pipeline.polled import Service
from funnel.stack import polled
from funnel.stack.state import ChildStatus, State
from streams.settings import Settings

MISSING = Service("zoom", "", None, (), "a (pid 1)")


def child(name: str, state: State = State.READY) -> ChildStatus:
    return ChildStatus(name=name, state=state, since=datetime(2026, 11, 22, tzinfo=UTC), log=Path("log"))


@pytest.mark.parametrize(
    ("children", "is_asked"),
    [
        ([child("kafka")], True),
        ([child("kafka-1", State.STARTING), child("kafka-2"), child("kafka-3")], True),
        ([child("kafka", State.BACKING_OFF), child("clickhouse")], False),
    ],
)
def test_that_nobody_polls_is_told_with_one_broker_and_with_three(
    children: list[ChildStatus], is_asked: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(polled, "pollers_if_kafka_answers", lambda _: [MISSING])
    found, wrong = polled.ask(Settings(_env_file=None), children)
    assert (found, wrong) == (([MISSING], [MISSING.trouble]) if is_asked else ([], []))
