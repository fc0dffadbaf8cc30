"""`python -m funnel.demo.going_on NOW`: continues a kept demo in real time: the live webinar runs for half an hour and
more, and people register for upcoming ones. `funnel down` ends it with the stack.
"""

import os
import subprocess
import sys
from pathlib import Path

from connectors.pipeline.publish import Publisher
from connectors.simulator.day import Arrival, Post
from connectors.simulator.play import play
from connectors.simulator.present import Present, present
from contract.instants import MINUTE
from funnel.demo.script import SEED
from funnel.stack.folder import StackFolder
from funnel.stack.strays import MARK
from streams.settings import Settings, settings

LOG = "present"


def start(own: Settings, now: int) -> int:
    """Starts it for the present at `now` (ms), in its own session; returns its pid."""
    folder = StackFolder(own.data_dir)
    with Path(folder.log(LOG)).open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "funnel.demo.going_on", str(now)],
            env={**os.environ, MARK: str(folder.root)},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    return process.pid


class _Records:
    """Sends to Kafka as connectors do, for play()."""

    def __init__(self, publisher: Publisher) -> None:
        self._publisher = publisher

    def send(self, arrival: Arrival) -> None:
        if isinstance(arrival, Post):
            raise ValueError("the present has no webhooks")
        self._publisher.send_raw(arrival.topic, arrival.key, arrival.value)

    def flush(self) -> None:
        self._publisher.flush()


def go_on(own: Settings, playing: Present) -> None:
    """Publishes the coming arrivals, each at its time, and returns after the last. Raises PublishError."""
    with Publisher(own) as publisher:
        # Every record is flushed at once: somebody is watching.
        play(_Records(publisher), playing.coming, speed=1, interval=MINUTE // 12, on_interval=lambda _: None)


if __name__ == "__main__":
    go_on(settings(), present(int(sys.argv[1]), SEED))
