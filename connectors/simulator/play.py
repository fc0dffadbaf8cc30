"""Sends a simulated day as its clock advances."""

import math
import time
from collections.abc import Callable, Iterable
from typing import Protocol

from connectors.simulator.day import Arrival
from contract.instants import SECOND


class Sender(Protocol):
    """Sends the day to Kafka, or to webhooks."""

    def send(self, arrival: Arrival) -> None: ...

    def flush(self) -> None:
        """Returns once everything that was sent is safe."""


def play(
    sender: Sender,
    arrivals: Iterable[Arrival],
    *,
    speed: float = math.inf,
    interval: int,
    on_interval: Callable[[int], None],
    sleep: Callable[[float], None] = time.sleep,
) -> int:
    """Sends everything in order and returns the last simulated instant.

    `speed` is in simulated seconds per second of the wall clock, which only sets the pace; infinite does not wait.
    `on_interval(at)` is called at the end of each `interval` (milliseconds of simulated time) in which something was
    sent, when everything up to `at` is safe; and once at the very end. Raises what the sender raises.
    """
    began = time.monotonic()
    first: int | None = None
    last = boundary = 0
    for arrival in arrivals:
        if first is None:
            first = arrival.at
            boundary = first + interval
        if arrival.at >= boundary:
            sender.flush()
            on_interval(boundary)
            boundary += (arrival.at - boundary) // interval * interval + interval
        ahead = (arrival.at - first) / SECOND / speed - (time.monotonic() - began)
        if ahead > 0:
            sleep(ahead)
        sender.send(arrival)
        last = arrival.at
    sender.flush()
    on_interval(last)
    return last
