"""Whether Kafka's folder is as Kafka left it. Kafka itself would go on with what is left, and say nothing."""

import re
from pathlib import Path

from funnel.stack.errors import StackError

METADATA = "__cluster_metadata-0"
_PARTITION = re.compile(r".+-\d+(\.[0-9a-f]{32}-stray)?|.+-stray")


def check_folder(data: Path) -> None:
    """`data`: Kafka's log.dirs. Raises StackError where topics lie in it that Kafka would no longer know of.

    Kafka knows its topics by its metadata log only. Where that is empty, as after a start on a full disk, it sets all
    partitions aside as strays, and answers as if there had never been a topic.
    """
    partitions = [one.name for one in _folders(data) if one.name != METADATA and _PARTITION.fullmatch(one.name)]
    if not partitions:
        return
    if not (data / "meta.properties").exists():
        raise StackError(_lost(data, len(partitions), "its meta.properties is gone"))
    if _is_empty(data / METADATA):
        raise StackError(_lost(data, len(partitions), "its metadata log is empty"))


def _folders(data: Path) -> list[Path]:
    return [one for one in data.iterdir() if one.is_dir()] if data.is_dir() else []


def _is_empty(log: Path) -> bool:
    """Whether neither a segment nor a snapshot holds a record; the snapshot of offset 0 is of the format."""
    segments = (one for one in log.glob("*.log") if one.stat().st_size)
    snapshots = (one for one in log.glob("*.checkpoint") if one.stat().st_size and int(one.name.split("-")[0]))
    return not any(segments) and not any(snapshots)


def _lost(data: Path, partitions: int, what: str) -> str:
    return (
        f"Kafka's folder {data} holds {partitions} partitions, but {what}: Kafka would start without a topic. Put a "
        f"backup of {data.parent} back; or move it away, raise FUNNEL_EPOCH by one and start: ClickHouse keeps what it "
        "has, and what only Kafka had is gone"
    )
