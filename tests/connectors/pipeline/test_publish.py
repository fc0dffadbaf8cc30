"""connectors/pipeline/publish.py against a producer that forgets: what it does with a real Kafka, others test."""

from collections.abc import Iterator

import pytest
from kafka.errors import KafkaTimeoutError

from connectors.pipeline.publish import Publisher, PublishError
from process.kafka import KafkaSettings

SECONDS = 30.0


class _Forgotten:
    """A record whose answer never comes, and which its producer has forgotten."""

    is_done = False

    def get(self, timeout: float | None = None) -> object:
        assert timeout is not None, "this waits for ever"
        raise KafkaTimeoutError(f"after {timeout}")


class _Producer:
    """Kafka-python's, as it was after a broker's crash: a batch in no queue, and so without an end."""

    def __init__(self, **_: object) -> None:
        self.waited: list[float] = []
        self.closed_within: float | None = None

    def send(self, topic: str, value: bytes, key: bytes | None) -> _Forgotten:
        return _Forgotten()

    def flush(self, timeout: float | None = None) -> None:
        assert timeout is not None, "this waits for ever"
        self.waited.append(timeout)
        raise KafkaTimeoutError("Timeout waiting for future")

    def close(self, timeout: float) -> None:
        self.closed_within = timeout


@pytest.fixture
def producer(monkeypatch: pytest.MonkeyPatch) -> Iterator[_Producer]:
    made = _Producer()
    monkeypatch.setattr("connectors.pipeline.publish.KafkaProducer", lambda **_: made)
    yield made
    assert made.closed_within == 0


def _publish(count: int) -> None:
    with Publisher(KafkaSettings(_env_file=None), delivery_seconds=SECONDS) as publisher:
        for _ in range(count):
            publisher.send_raw("webinar.registrations.v1", b"zoom:1", b"{}")


def test_a_record_that_the_producer_forgot_is_an_error_soon_after_its_limit(producer: _Producer) -> None:
    with pytest.raises(PublishError, match="did not acknowledge 1 or more of 1 records"):
        _publish(1)
    assert [SECONDS < waited < SECONDS + 60 for waited in producer.waited] == [True]


def test_so_it_is_when_too_many_are_under_way(producer: _Producer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("connectors.pipeline.publish._MAX_PENDING_RECORDS", 1)
    with pytest.raises(PublishError, match="did not acknowledge 1 or more of 2 records"):
        _publish(2)
    assert producer.waited == []
