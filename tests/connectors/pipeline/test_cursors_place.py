"""Where cursors are in Kafka does not follow from the number of partitions, which may be raised. With doubles."""

from types import SimpleNamespace
from typing import Any

import pytest

from connectors.pipeline import shared_cursors
from connectors.pipeline.shared_cursors import SharedCursors
from connectors.registry import connectors
from process.kafka import KafkaSettings

Held = dict[int, list[tuple[bytes, bytes | None, list[tuple[str, bytes]]]]]


class Topic:
    """Cursors by partition, of a topic with so many partitions."""

    def __init__(self, partitions: int) -> None:
        self.partitions = partitions
        self.held: Held = {}

    def producer(self, **_: Any) -> Any:
        def send(_: str, value: bytes | None, key: bytes, headers: Any, partition: int) -> Any:
            self.held.setdefault(partition, []).append((key, value, headers))
            return SimpleNamespace(get=lambda _: None)

        def nothing(*_: Any) -> None:
            pass

        names = ("init_transactions", "begin_transaction", "commit_transaction", "flush", "close")
        return SimpleNamespace(
            send=send, partitions_for=lambda _: set(range(self.partitions)), **dict.fromkeys(names, nothing)
        )

    def consumer(self, **_: Any) -> Any:
        return SimpleNamespace(partitions_for_topic=lambda _: set(range(self.partitions)), close=lambda: None)

    def records(self, _: Any, places: list[Any]) -> Any:
        for place in places:
            for key, value, headers in self.held.get(place.partition, []):
                yield SimpleNamespace(key=key, value=value, headers=headers)


def test_each_service_finds_its_cursors_after_partitions_were_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    topic = Topic(8)
    monkeypatch.setattr(shared_cursors, "KafkaProducer", topic.producer)
    monkeypatch.setattr(shared_cursors, "KafkaConsumer", topic.consumer)
    monkeypatch.setattr(shared_cursors, "_records", topic.records)
    names = [one.name for one in connectors()]
    for name in names:
        with SharedCursors(KafkaSettings(), name) as cursors:
            cursors.put("since", "7")
    topic.partitions = 12
    lost = []
    for name in names:
        with SharedCursors(KafkaSettings(), name) as cursors:
            if cursors.get("since") != "7":
                lost.append(name)
    assert lost == []
