"""Which partitions are followed. With a double; what is made of the records stands in test_following.py."""

from pathlib import Path
from typing import Any

from connectors.pipeline.following import Following
from connectors.pipeline.state import State
from contract.topics import REGISTRATIONS, WEBINARS


class Consumer:
    def __init__(self) -> None:
        self.partitions = {0, 1}

    def partitions_for_topic(self, _: str) -> set[int]:
        return self.partitions

    def offsets_for_times(self, _: Any) -> dict[Any, Any]:
        return {}

    def assign(self, places: list[Any]) -> None:
        self.places = places

    def seek_to_beginning(self, *_: Any) -> None:
        pass

    def seek_to_end(self, *_: Any) -> None:
        pass


def test_it_knows_when_partitions_were_raised(tmp_path: Path) -> None:
    consumer = Consumer()
    with State(tmp_path) as state:
        one = Following(state, consumer)
        one.start()
        assert [(place.topic, place.partition) for place in consumer.places] == [
            (topic.name, number) for topic in (WEBINARS, REGISTRATIONS) for number in (0, 1)
        ]
        assert one.is_current
        consumer.partitions = {0, 1, 2}
        assert not one.is_current
