"""Whether the workers are behind, as Kafka tells it, and as it does not."""

import pytest
from kafka.errors import KafkaError

from alerts import workers
from alerts.workers import UNKNOWN, Workers
from streams.settings import Settings

CONFIG = Settings(_env_file=None)
PLACE = ("webinar.events", 0)


class Kafka:
    """Ends of partitions and what the workers have read, one after the other."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.end, self.read = 0, 0
        self.answers = True
        self.closed = 0
        monkeypatch.setattr(workers, "admin_client", self._client)
        monkeypatch.setattr(workers, "ends", lambda _: {PLACE: self.end})
        monkeypatch.setattr(workers, "committed", lambda _, group: {PLACE: self.read})

    def _client(self, _: str) -> "Kafka":
        if not self.answers:
            raise KafkaError
        return self

    def close(self) -> None:
        self.closed += 1


@pytest.fixture
def kafka(monkeypatch: pytest.MonkeyPatch) -> Kafka:
    return Kafka(monkeypatch)


def test_only_what_had_come_by_the_call_before_has_to_be_read(kafka: Kafka) -> None:
    asked = Workers(CONFIG)
    kafka.end, kafka.read = 10, 4
    assert asked.unread() == 0
    kafka.end, kafka.read = 90, 7
    assert asked.unread() == 3
    kafka.read = 90
    assert asked.unread() == 0


def test_a_kafka_that_does_not_answer_is_unknown_and_asked_anew(kafka: Kafka) -> None:
    asked = Workers(CONFIG)
    kafka.answers = False
    assert asked.unread() == UNKNOWN
    kafka.answers = True
    assert asked.unread() == 0
    asked.close()
    asked.close()
    assert kafka.closed == 1
