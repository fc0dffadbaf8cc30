"""What Kafka has of each topic: partitions, copies, sizes, retention, records. Blocking I/O."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from kafka import KafkaAdminClient
from kafka.admin import ConfigResource, ConfigResourceType
from rich.table import Table

from connectors.pipeline.room import size
from contract.instants import DAY, HOUR
from contract.topics import ALL_TOPICS
from process.topics import described
from streams import offsets
from streams.copies import IN_SYNC
from streams.epoch import Partition

OF_KAFKA = ("__consumer_offsets", "__transaction_state")
"""Kafka's own topics, of what workers have committed, and of the transactions in which polls write their cursors:
without their copies neither can go on.
"""
_FOREVER = -1


@dataclass(frozen=True, slots=True)
class Listed:
    """One topic. Of partitions that differ the worst counts."""

    name: str
    partitions: int
    copies: int
    in_sync: int
    """Copies that are up to date."""
    acknowledging: int
    """Copies that have to hold a record before it is acknowledged."""
    bytes: int
    """On the disks of all brokers."""
    retention_ms: int
    """-1: forever."""
    records: int
    """That Kafka still has."""
    first: int
    """Records that it no longer has."""


def listed(admin: KafkaAdminClient) -> list[Listed]:
    """Ours, in their order, and those of Kafka where they may be seen. Raises KafkaError."""
    wanted = (*(topic.name for topic in ALL_TOPICS), *OF_KAFKA)
    partitions = {one["name"]: one["partitions"] for one in described(admin, wanted)}
    names = [name for name in wanted if name in partitions]
    if not names:
        return []
    configs = admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, name) for name in names])["topic"]
    begins, ends, sizes = offsets.starts(admin, names), offsets.ends(admin, names), _sizes(admin, names)
    return [_one(name, partitions[name], configs[name], begins, ends, sizes[name]) for name in names]


def as_json(topics: Sequence[Listed]) -> list[dict[str, Any]]:
    """For programs. Pure."""
    return [asdict(one) for one in topics]


def as_table(topics: Sequence[Listed]) -> Table:
    """For people; what is short of copies stands in red. Pure."""
    table = Table(box=None, header_style="bold")
    table.add_column("Topic", no_wrap=True)
    for name in ("Partitions", "Copies", "In sync", "Needed", "Size", "Kept", "Records", "Deleted"):
        table.add_column(name, justify="right")
    for one in topics:
        style = "red" if one.in_sync < one.copies else ""
        numbers = (one.partitions, one.copies, one.in_sync, one.acknowledging)
        counted = (f"{one.records:,}", f"{one.first:,}")
        table.add_row(one.name, *map(str, numbers), size(one.bytes), kept(one.retention_ms), *counted, style=style)
    return table


def kept(retention_ms: int) -> str:
    """For how long records are kept. Pure."""
    if retention_ms == _FOREVER:
        return "forever"
    return f"{retention_ms / DAY:g} days" if retention_ms >= DAY else f"{retention_ms / HOUR:g} h"


def _one(
    name: str,
    parts: Collection[Mapping[str, Any]],
    config: Mapping[str, Mapping[str, str]],
    begins: Mapping[Partition, int],
    ends: Mapping[Partition, int],
    size_on_disk: int,
) -> Listed:
    own = [(name, number) for number in range(len(parts))]
    policy = config.get("cleanup.policy", {}).get("value", "delete")
    return Listed(
        name=name,
        partitions=len(parts),
        copies=min(len(part["replica_nodes"]) for part in parts),
        in_sync=min(len(part["isr_nodes"]) for part in parts),
        acknowledging=int(config.get(IN_SYNC, {}).get("value", 1)),
        bytes=size_on_disk,
        # Of what is compacted the newest stays; Kafka's own default is a week.
        retention_ms=_FOREVER if "compact" in policy else int(config.get("retention.ms", {}).get("value", 7 * DAY)),
        records=sum(ends.get(place, 0) - begins.get(place, 0) for place in own),
        first=sum(begins.get(place, 0) for place in own),
    )


def _sizes(admin: KafkaAdminClient, names: Collection[str]) -> dict[str, int]:
    found: dict[str, int] = defaultdict(int)
    for broker in admin.describe_log_dirs():
        for folder in broker["log_dirs"]:
            for topic in folder["topics"]:
                if topic["name"] in names:
                    found[topic["name"]] += sum(part["partition_size"] for part in topic["partitions"])
    return found
