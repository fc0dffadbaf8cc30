"""`funnel forget`, killed at one point after the other:
`python -m tests.e2e.killed EMAIL SECRET BUSINESS POINT…`, settings in the environment.

Each run is a process of its own, forked from one that is connected to nothing. A point is a name in PATCHES, or the
beginning of what the command says there. With `=PID` that process is killed instead, and with `>POINT` the run there.
"""

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from kafka import KafkaProducer

from connectors.pipeline.state import State
from funnel.erasure import forget, kafka
from funnel.erasure.person import subjects
from streams.known_errors import explained
from streams.settings import settings
from tests.waiting import PATIENCE


def die(*_args: object, **_named: object) -> NoReturn:
    """As by SIGKILL from outside: nothing is cleaned up."""
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


def at_second_record() -> None:
    """Some webinars have been told, others not, and each record begins a file."""
    send, sent = KafkaProducer.send, [0]

    def counted(*args: object, **named: object) -> object:
        sent[0] += 1
        return die() if sent[0] > 1 else send(*args, **named)

    KafkaProducer.send = counted


def before_cut() -> None:
    """Everything has been told, and the other dead letters stand twice."""
    kafka.cut = die


def before_state() -> None:
    """It is told that the quarantine holds less, and its rows are there."""
    State.change = die  # type: ignore[method-assign]


PATCHES: dict[str, Callable[[], None]] = {
    "rows of connectors": before_state,
    "second record": at_second_record,
    "Kafka's cut": before_cut,
}
LINES = (
    "deleting from person_registrations",
    "deleting from persons",
    "deleting from events",
    "waiting until ClickHouse has deleted",
)


def run(at: str, email: str, secret: str, business: Path) -> None:
    """Is killed at that point, or exits: with 0 if another was killed, and all that was to happen has."""
    line, _, others = at.partition("=")
    pid, _, then = others.partition(">")
    points = [(line, int(pid) if pid else os.getpid()), *([(then, os.getpid())] if then else [])]

    def said(text: str) -> None:
        print(f"{time.monotonic():.1f} {at}: {text}", flush=True)
        if points and text.startswith(points[0][0]):
            os.kill(points.pop(0)[1], signal.SIGKILL)

    PATCHES.get(at, lambda: None)()
    try:
        forget.forget(settings(), subjects([email], secret), business, PATIENCE, said, said)
    except Exception as error:
        print(explained(error) or repr(error), flush=True)
    os._exit(len(points))


def main() -> None:
    """Exits with 1 and the name of a point that was not reached."""
    email, secret, business, *points = sys.argv[1:]
    for at in points:
        if (pid := os.fork()) == 0:
            try:
                run(at, email, secret, Path(business))
            finally:
                os._exit(1)
        _, status = os.waitpid(pid, 0)
        if status not in (0, signal.SIGKILL):
            sys.exit(f"{at}: not reached")


if __name__ == "__main__":
    main()
