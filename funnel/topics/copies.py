"""More copies of each partition, on brokers that have none of it yet. Blocking I/O."""

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import cycle

from kafka import KafkaAdminClient, TopicPartition

from contract.topics import ALL_TOPICS
from funnel.topics.listing import OF_KAFKA
from process.errors import ExplainedError
from process.topics import described
from streams.epoch import Partition

_LOOK_SECONDS = 0.5


class CopiesError(ExplainedError):
    """There cannot be as many copies. The text is one line."""


def more_copies(admin: KafkaAdminClient, wanted: int, timeout: float, progress: Callable[[str], None]) -> int:
    """Makes as many copies of each partition of our topics and of OF_KAFKA; returns of how many it made some.

    Returns once the new ones are up to date, or after `timeout` seconds: Kafka goes on then. Raises CopiesError,
    KafkaError.
    """
    brokers = sorted(int(one["broker_id"]) for one in admin.describe_cluster()["brokers"])
    if wanted > len(brokers):
        raise CopiesError(f"{wanted} copies need as many brokers, and Kafka has {len(brokers)}: start more of them")
    held: dict[Partition, list[int]] = {
        (topic["name"], part["partition_index"]): list(part["replica_nodes"])
        for topic in described(admin, [*(topic.name for topic in ALL_TOPICS), *OF_KAFKA])
        for part in topic["partitions"]
    }
    changed = spread(held, brokers, wanted)
    if not changed:
        return 0
    asked = {TopicPartition(*place): copies for place, copies in changed.items()}
    refused = [error for error in admin.alter_partition_reassignments(asked).values() if error is not None]
    if refused:
        raise CopiesError(f"Kafka does not make the copies ({refused[0].__name__}): look at the logs of its brokers")
    _wait(admin, set(changed), timeout, progress)
    return len(changed)


def spread(held: Mapping[Partition, Sequence[int]], brokers: Sequence[int], wanted: int) -> dict[Partition, list[int]]:
    """Where the partitions go that have fewer copies than wanted; those that there are stay, and their leader. Pure."""
    turns, changed = cycle(brokers), {}
    for place, copies in sorted(held.items()):
        if len(copies) >= wanted:
            continue
        there = list(copies)
        while len(there) < wanted:
            broker = next(turns)
            if broker not in there:
                there.append(broker)
        changed[place] = there
    return changed


def _wait(
    admin: KafkaAdminClient, places: Collection[Partition], timeout: float, progress: Callable[[str], None]
) -> None:
    deadline = time.monotonic() + timeout
    while left := [one for one in admin.list_partition_reassignments() if tuple(one)[:2] in places]:
        if time.monotonic() > deadline:
            return
        progress(f"Kafka copies {len(left)} of {len(places)} partitions")
        time.sleep(_LOOK_SECONDS)
