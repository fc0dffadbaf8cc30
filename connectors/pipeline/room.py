"""The free space on the disks of the data folder, and whether more may be accepted.

The rest is a reserve (FUNNEL_DISK_RESERVE_MB): Kafka, which shares the disk, does not survive a full one
(docs/decisions/0020-a-reserve-on-the-disk.md).
"""

import shutil
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from connectors.pipeline.publish import PublishError

MEGABYTE = 1_000_000


class Free(NamedTuple):
    """The free bytes on the fullest disk, and a folder on it."""

    bytes: int
    folder: Path

    def __str__(self) -> str:
        return f"only {size(self.bytes)} are free on the disk of {self.folder}"


class NoRoomError(PublishError):
    """Less than the reserve is free. The text is one line: where, and what to do."""


def fullest(data_dir: Path) -> Free | None:
    """The fullest of the disks that hold the data folder and the folders in it, each of which may be a mount.

    None: unknown, such as when the folder does not exist yet.
    """
    try:
        folders = [data_dir, *(one for one in data_dir.iterdir() if one.is_dir())]
    except OSError:
        return None
    found = []
    for one in folders:
        # A folder may have been removed meanwhile.
        with suppress(OSError):
            found.append(Free(shutil.disk_usage(one).free, one))
    return min(found, default=None)


def require_room(data_dir: Path, reserve_mb: int) -> None:
    """Raises NoRoomError unless the reserve is free."""
    free = fullest(data_dir)
    if free is not None and free.bytes < reserve_mb * MEGABYTE:
        raise NoRoomError(
            f"{free}, and {size(reserve_mb * MEGABYTE)} have to stay free: make room, then try again "
            "(FUNNEL_DISK_RESERVE_MB)"
        )


def size(count: int) -> str:
    """A number of bytes for people."""
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{count / 1e6:.0f} MB"
