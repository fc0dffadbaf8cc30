"""Events at a steady rate, in a thread, until Kafka has acknowledged each: whatever happens to Kafka meanwhile."""

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from connectors.pipeline.publish import Publisher, PublishError
from process.kafka import KafkaSettings

Record = tuple[str, bytes, bytes]
"""Topic, key, value."""


class Feed:
    """One thread that publishes the records in their order, a piece a second."""

    def __init__(self, config: KafkaSettings, records: Sequence[Record], rate: int) -> None:
        """`rate`: records a second; what was held up is sent as fast as Kafka takes it."""
        self._config = config
        self._records = records
        self._rate = rate
        self._ended = threading.Event()
        self.acknowledged = 0
        self.refused = 0
        """How often a piece had to be sent again."""
        self._thread = threading.Thread(target=self._run, daemon=True)

    @property
    def done(self) -> bool:
        """Whether Kafka has all of them."""
        return self.acknowledged == len(self._records)

    @contextmanager
    def flowing(self) -> Iterator[None]:
        """While the block runs."""
        self._thread.start()
        try:
            yield
        finally:
            self._ended.set()
            self._thread.join()

    def _run(self) -> None:
        began = time.monotonic()
        while not self.done and not self._ended.is_set():
            try:
                with Publisher(self._config, delivery_seconds=20.0, block_seconds=20.0) as publisher:
                    self._publish(publisher, began)
            except PublishError:
                # Some of the piece may have arrived: a repeated delivery is the same event.
                self.refused += 1
                self._ended.wait(0.5)

    def _publish(self, publisher: Publisher, began: float) -> None:
        while not self.done and not self._ended.is_set():
            start = self.acknowledged
            piece = self._records[start : start + self._rate]
            for topic, key, value in piece:
                publisher.send_raw(topic, key, value)
            publisher.flush()
            self.acknowledged = start + len(piece)
            self._ended.wait(max(0.0, began + self.acknowledged / self._rate - time.monotonic()))
