"""Checks that Kafka's folder is complete. Kafka itself would silently continue with what is left."""

import re
from pathlib import Path

from funnel.stack.errors import StackError

METADATA = "__cluster_metadata-0"
_PARTITION = re.compile(r".+-\d+(\.[0-9a-f]{32}-stray)?|.+-stray")


def check_folder(data: Path) -> None:
    """`data`: Kafka's log.dirs. Raises StackError if it has topics that Kafka would no longer recognise.

    Kafka knows its topics only from its metadata log. If that is empty, as after a start on a full disk, it sets all
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
    """Whether neither a segment nor a snapshot holds a record; the snapshot at offset 0 comes from the format step."""
    segments = (one for one in log.glob("*.log") if one.stat().st_size)
    snapshots = (one for one in log.glob("*.checkpoint") if one.stat().st_size and int(one.name.split("-")[0]))
    return not any(segments) and not any(snapshots)


def _lost(data: Path, partitions: int, what: str) -> str:
    return (
        f"Kafka's folder {data} holds {partitions} partitions, but {what}: Kafka would start without topics. "
        f"Restore a backup of {data.parent}; or move it away, raise FUNNEL_EPOCH by one and start: ClickHouse keeps "
        "its data, and data that only Kafka had is lost"
    )
