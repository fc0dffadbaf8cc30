"""Whether the topics are those of the settings: partitions, and copies.

With other partitions a worker would send a record on without end, because it stands on the wrong one wherever it is;
with fewer copies a dead broker takes records with it.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from kafka import KafkaAdminClient
from kafka.admin import ConfigResource, ConfigResourceType

from contract.topics import ALL_TOPICS
from process.errors import ExplainedError
from process.topics import described
from streams.settings import Settings

IN_SYNC = "min.insync.replicas"
"""Kafka's name of the setting of a topic."""


class TopicsDifferError(ExplainedError):
    """The topics are others than the settings ask for. The text is one line."""


def refuse_other_topics(admin: KafkaAdminClient, config: Settings) -> None:
    """Raises TopicsDifferError, and Kafka's errors. Topics that do not exist are left out."""
    there = described(admin, [topic.name for topic in ALL_TOPICS])
    found = other_partitions(there, config.partitions) or fewer(there, config.replication_factor)
    if there and not found and config.min_insync_replicas > 1:
        names = [one["name"] for one in there]
        configs = admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, name) for name in names])["topic"]
        # What nobody has set is not among them; then Kafka's own default holds.
        held = {name: int(configs[name].get(IN_SYNC, {}).get("value", 1)) for name in names}
        found = fewer_in_sync(held, config.min_insync_replicas)
    if found:
        raise TopicsDifferError(found)


def other_partitions(topics: Iterable[Mapping[str, Any]], wanted: int) -> str:
    """Which topic has another number of partitions, and the way out; empty: none. Pure. `topics`: by Kafka."""
    for topic in topics:
        count = len(topic["partitions"])
        if count < wanted:
            return (
                f"topic {topic['name']} has {count} partitions, the settings say {wanted}, and the number is fixed: "
                f"set FUNNEL_PARTITIONS={count}, or raise it with funnel topics --raise {wanted}"
            )
        if count > wanted:
            return (
                f"topic {topic['name']} has {count} partitions, the settings say {wanted}, and none can be taken away: "
                f"set FUNNEL_PARTITIONS={count}, and FUNNEL_EPOCH as funnel topics --raise has said; "
                f"if that was not run, run it (--raise {count})"
            )
    return ""


def fewer(topics: Iterable[Mapping[str, Any]], wanted: int) -> str:
    """Which topic has fewer copies than wanted, and the way out; empty: none. Pure. `topics`: by Kafka."""
    for topic in topics:
        copies = min(len(part["replica_nodes"]) for part in topic["partitions"])
        if copies < wanted:
            return (
                f"the topic {topic['name']} has {number(copies)}, the setting FUNNEL_REPLICATION_FACTOR says {wanted}: "
                f"make more with funnel topics --copies {wanted}, or set it to {copies}"
            )
    return ""


def fewer_in_sync(held: Mapping[str, int], wanted: int) -> str:
    """Which topic accepts records with fewer copies than wanted, and the way out; empty: none. Pure."""
    for name, count in sorted(held.items()):
        if count < wanted:
            return (
                f"the topic {name} accepts records that {number(count)} of it {'has' if count == 1 else 'have'} "
                f"({IN_SYNC}), the setting FUNNEL_MIN_INSYNC_REPLICAS says {wanted}: run funnel create-topics"
            )
    return ""


def number(copies: int) -> str:
    """`1 copy`, `2 copies`. Pure."""
    return f"{copies} {'copy' if copies == 1 else 'copies'}"
