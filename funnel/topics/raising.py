"""More partitions, so that more workers can share the work: a new epoch, and all rows under it (decision 0043)."""

import asyncio
from collections.abc import Callable

from kafka import KafkaAdminClient

from contract.topics import ALL_TOPICS, EVENT_TOPICS
from funnel.rebuild.command import log_held, no_worker
from funnel.rebuild.derive import derive
from process.errors import ExplainedError
from process.topics import described
from streams.settings import Settings
from streams.store import Store

_MOST_PARTITIONS, _LAST_EPOCH = 1024, 255

Say = Callable[[str], None]


class RaisingError(ExplainedError):
    """The partitions cannot be raised. The text is one line: why, and what to do."""


def raise_partitions(config: Settings, wanted: int, say: Say, progress: Say) -> tuple[int, int]:
    """Gives every topic as many partitions, and every row the next epoch; returns both numbers for the settings.

    A webinar may be on another partition then, whose offsets begin below those in its rows: only an epoch above them
    makes its next row the greater one. What stands on a former partition and is not read yet is moved by the workers.
    It can be run again if it was interrupted. No worker may run. Raises RaisingError, and what `rebuild` raises.
    """
    with no_worker(config, progress) as admin:
        counts = _counts(admin)
        refuse(counts, wanted, config.partitions)
        known = log_held(config)
        # Above the setting, too: the rows of an installation may be fewer epochs old than it.
        epoch = max(known.next_epoch, config.epoch + 1)
        if epoch > _LAST_EPOCH:
            raise RaisingError(
                "the epochs are used up (255): make a backup, and restore it into a new installation with "
                f"FUNNEL_PARTITIONS={wanted}"
            )
        raised = {name: wanted for name, count in counts.items() if count < wanted}
        if raised:
            admin.create_partitions(raised)
            say(f"Kafka: {len(raised)} topics have {wanted} partitions now.")
        # Before this, a worker with the former settings is refused for its partitions; after it, for its epoch.
        later = config.model_copy(update={"partitions": wanted, "epoch": epoch})
        made = asyncio.run(derive(Store(later, user="migrator"), later, progress))
        say(f"ClickHouse: {made.webinars:,} webinars and {made.persons:,} persons are rows of epoch {epoch} now.")
    return wanted, epoch


def refuse(counts: dict[str, int], wanted: int, known: int) -> None:
    """Raises RaisingError unless these topics can have as many partitions. Pure.

    `known`: those of the settings. Where these are the former ones, nobody has finished: the rows may lack the epoch.
    """
    missing = [topic.name for topic in EVENT_TOPICS if topic.name not in counts]
    if missing:
        raise RaisingError(f"the topic {missing[0]} does not exist: make it with funnel create-topics")
    most, least = max(counts.values()), min(counts.values())
    if wanted < most:
        raise RaisingError(
            f"the topics have {most} partitions, and none can be taken away: records on them would be lost. "
            "Fewer are possible only in a new installation: funnel backup, then funnel restore there"
        )
    if wanted == least == known:
        raise RaisingError(f"the topics have {wanted} partitions already, and the settings say so, too")
    if wanted > _MOST_PARTITIONS:
        raise RaisingError(f"at most {_MOST_PARTITIONS} partitions are possible: more workers than that share nothing")


def _counts(admin: KafkaAdminClient) -> dict[str, int]:
    return {one["name"]: len(one["partitions"]) for one in described(admin, [topic.name for topic in ALL_TOPICS])}
