"""Folders on file systems of their own, in memory, which a test makes full and gives room again."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOMY_BYTES = 3_000_000_000
"""Only a limit: memory is taken for what is stored."""


RESERVE_MB = 64
"""What an installation of these tests keeps free: small, so that little has to be filled."""


class Disk:
    """One mounted folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def leave(self, free: int) -> None:
        """So many bytes stay free; 0: full at once."""
        found = os.statvfs(self.folder)
        used = (found.f_blocks - found.f_bfree) * found.f_frsize
        self._resize(used + free)

    def make_room(self) -> None:
        """As much as at first."""
        self._resize(ROOMY_BYTES)

    def _resize(self, size: int) -> None:
        # A file system never gets smaller than what it holds, which may have grown meanwhile: the kernel refuses.
        for attempt in range(20):
            command = ["mount", "-o", f"remount,size={max(size, 4096) + attempt * 262_144}", str(self.folder)]
            if (run := subprocess.run(command, capture_output=True, text=True, check=False)).returncode == 0:
                return
        raise RuntimeError(f"{self.folder} cannot be made smaller: {run.stderr.strip()}")


def why_not() -> str:
    """Why no file system can be mounted here; empty: one can."""
    if os.geteuid() != 0:
        return "only root can mount a file system of limited size"
    return ""


@contextmanager
def mounted(folder: Path) -> Iterator[Disk | None]:
    """The folder, made if need be, on a file system of its own; None where none can be mounted (it stays a folder)."""
    folder.mkdir(parents=True, exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", f"size={ROOMY_BYTES},mode=700", "faults", str(folder)]
    if why_not() or subprocess.run(command, capture_output=True, check=False).returncode != 0:
        yield None
        return
    try:
        yield Disk(folder)
    finally:
        # Lazily: a process that still ends may hold a file in it.
        subprocess.run(["umount", "-l", str(folder)], check=False)
