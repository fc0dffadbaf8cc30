"""People who register and come, one after the other, while a test does something else."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from connectors.pipeline.publish import Publisher
from contract.instants import MINUTE
from contract.topics import TOPIC_OF_TYPE
from tests.contract_events import attendance, registration, webinar
from tests.e2e.stack import Stack
from tests.e2e.timing import moved, now

_PAUSE_SECONDS = 0.005


@contextmanager
def load(stack: Stack, webinar_id: str) -> Iterator[list[int]]:
    """The webinar is live while the context lasts. Yields the people who have come so far, a list that grows."""
    ended, came = threading.Event(), list[int]()

    def send() -> None:
        with Publisher(stack.config) as publisher:
            while not ended.wait(_PAUSE_SECONDS):
                person, at = 1_000 + len(came), now()
                said = (registration(person, 0, webinar_id=webinar_id), attendance(person, "joined", 0, webinar_id))
                for event in said:
                    topic = TOPIC_OF_TYPE[event["type"]].name
                    publisher.send_raw(topic, webinar_id.encode(), json.dumps(moved(event, at)).encode())
                publisher.flush()
                came.append(person)

    times = {"starts_at": "2026-11-22T18:00:00.000Z", "duration_seconds": 7200}
    stack.publish([webinar(-60, webinar_id, **times)], now() - 5 * MINUTE)
    thread = threading.Thread(target=send)
    thread.start()
    try:
        yield came
    finally:
        ended.set()
        thread.join()
