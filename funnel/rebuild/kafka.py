"""What a rebuild reads from Kafka, and changes there. Blocking I/O."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from kafka import KafkaAdminClient
from kafka.errors import GroupIdNotFoundError

from contract.topics import EVENT_TOPICS
from process.errors import ExplainedError
from streams.epoch import Partition
from streams.offsets import COORDINATOR_STARTS, committed, ends, starts

_ASK_AGAIN_SECONDS = 0.5
_UNKNOWN = -1
_NAMES = [topic.name for topic in EVENT_TOPICS]


class RebuildError(ExplainedError):
    """A rebuild is not possible now. The text is one line: why, and what to do."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What Kafka still has of the event topics."""

    records: int
    committed: int
    """How many records the workers had finished, of all that Kafka ever had."""
    gone: int
    """How many records it no longer has."""


def kept(admin: KafkaAdminClient, group: str) -> Kept:
    """Reads it from Kafka."""
    first, last = starts(admin, _NAMES), ends(admin, _NAMES)
    done: dict[Partition, int] = {place: at for place, at in committed(admin, group).items() if place in last}
    return Kept(
        records=sum(last[place] - first.get(place, 0) for place in last),
        committed=sum(max(0, at) for at in done.values()),
        gone=sum(first.values()),
    )


def wait_until_idle(admin: KafkaAdminClient, group: str, seconds: float, progress: Callable[[str], None]) -> None:
    """Returns once no worker is in the group. Raises RebuildError."""
    deadline = time.monotonic() + seconds
    while running := _members(admin, group):
        if time.monotonic() > deadline:
            if running == _UNKNOWN:
                raise RebuildError("Kafka does not report yet whether workers are running: try again")
            raise RebuildError(
                f"workers are running ({running}): stop them first (docker compose stop worker), then try again"
            )
        progress("waiting for Kafka" if running == _UNKNOWN else f"waiting until the workers have stopped ({running})")
        time.sleep(_ASK_AGAIN_SECONDS)


def forget_offsets(admin: KafkaAdminClient, group: str) -> None:
    """Makes the group start at the beginning of every topic. Raises RebuildError if a worker is in it."""
    said = admin.delete_groups([group])[group]
    if said not in ("OK", GroupIdNotFoundError.__name__):
        raise RebuildError(f"Kafka does not delete the offsets of {group} ({said}): stop the workers and try again")


def _members(admin: KafkaAdminClient, group: str) -> int:
    try:
        found = admin.describe_groups([group])[group]
    except COORDINATOR_STARTS:
        return _UNKNOWN
    error = found["error"]
    return _UNKNOWN if error and GroupIdNotFoundError.__name__ not in error else len(found["members"])
