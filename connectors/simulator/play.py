"""Publishes a simulated day as its clock advances."""

import math
import time
from collections.abc import Callable, Iterable

from connectors.publish import Publisher
from connectors.simulator.day import Delivery
from streams.instants import SECOND


def play(
    publisher: Publisher,
    deliveries: Iterable[Delivery],
    *,
    speed: float = math.inf,
    interval: int = 60 * SECOND,
    on_interval: Callable[[int], None] | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> int:
    """Publishes every delivery in order and returns the last simulated instant.

    `speed` is in simulated seconds a second of the wall clock, which paces and nothing else; infinite does not wait.
    `on_interval(at)` is called at the end of each `interval` (milliseconds of simulated time) in which something was
    delivered, when Kafka has acknowledged everything up to `at`; and once at the very end. Raises PublishError.
    """
    began = time.monotonic()
    first: int | None = None
    last = boundary = 0
    for delivery in deliveries:
        if first is None:
            first = delivery.at
            boundary = first + interval
        if delivery.at >= boundary:
            _tell(publisher, boundary, on_interval)
            boundary += (delivery.at - boundary) // interval * interval + interval
        ahead = (delivery.at - first) / SECOND / speed - (time.monotonic() - began)
        if ahead > 0:
            sleep(ahead)
        publisher.send_raw(delivery.topic, delivery.key, delivery.value)
        last = delivery.at
    _tell(publisher, last, on_interval)
    return last


def _tell(publisher: Publisher, at: int, on_interval: Callable[[int], None] | None) -> None:
    publisher.flush()
    if on_interval is not None:
        on_interval(at)
