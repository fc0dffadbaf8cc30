import logging
from collections.abc import Iterator

import pytest

from process.heartbeat import Heartbeat
from streams.outage import Outage, _Swallow


class Told:
    def __init__(self) -> None:
        self.lines: list[str] = []
        self.now = 100.0
        self.heart = Heartbeat(None)
        self.outage = Outage("Kafka", self.heart, self.lines.append, lambda: self.now)


@pytest.fixture
def told() -> Told:
    return Told()


def test_however_often_it_is_tried_an_outage_is_two_lines(told: Told) -> None:
    told.outage.back()
    assert told.lines == []
    for _ in range(5_000):
        told.outage.away("connection refused")
    assert told.lines == ["Kafka does not answer well (connection refused): trying again"]
    assert told.heart.failing == {"kafka": "does not answer well (connection refused)"}
    told.now += 35
    told.outage.back()
    told.outage.back()
    assert told.lines[1:] == ["Kafka answers again after 35 s (5,000 failures)"]
    assert told.heart.failing == {}
    told.outage.away("closed")
    assert told.lines[2:] == ["Kafka does not answer well (closed): trying again"]


@pytest.fixture
def client(told: Told) -> Iterator[logging.Logger]:
    logger = logging.getLogger("aiokafka.of_this_test")
    handler = _Swallow(told.outage)
    logger.addHandler(handler)
    logger.propagate = False
    yield logger
    logger.removeHandler(handler)


def test_what_the_client_says_of_a_broker_that_is_away_is_one_line(told: Told, client: logging.Logger) -> None:
    for _ in range(100):
        client.error("Unable connect to node with id %s: %s", 1, "[Errno 111] Connect call failed")
        client.warning("Heartbeat failed for group webinar-funnel because it is rebalancing")
        client.info("nothing")
    assert told.lines == [
        "Kafka does not answer well (Unable connect to node with id 1: [Errno 111] Connect call failed): trying again"
    ]


@pytest.mark.parametrize(
    "said",
    [
        "Failed fetch messages from 1: KafkaConnectionError: Connection at 127.0.0.1:9092 closed",
        "Error sending HeartbeatRequest to node 1 [KafkaConnectionError: Connection at 127.0.0.1:9092 closed]"
        " -- marking coordinator dead",
    ],
)
def test_of_what_the_client_says_the_error_is_told_not_which_request_it_met(
    told: Told, client: logging.Logger, said: str
) -> None:
    client.error(said)
    assert told.heart.failing == {"kafka": "does not answer well (Connection at 127.0.0.1:9092 closed)"}


def test_a_rebalance_is_no_outage_and_is_told_as_before(
    told: Told, client: logging.Logger, monkeypatch: pytest.MonkeyPatch
) -> None:
    passed: list[str] = []
    monkeypatch.setattr(logging.getLogger(), "handle", lambda record: passed.append(record.getMessage()))
    client.warning("Heartbeat failed for group webinar-funnel because it is rebalancing")
    assert told.lines == []
    assert passed == ["Heartbeat failed for group webinar-funnel because it is rebalancing"]
