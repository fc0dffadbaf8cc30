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
        # A file system never gets smaller than what it holds, which grows meanwhile: the kernel refuses.
        for attempt in range(20):
            found = os.statvfs(self.folder)
            used = (found.f_blocks - found.f_bfree) * found.f_frsize
            if not (refusal := self._resize(max(used + free, 4_096) + attempt * 262_144)):
                return
        raise RuntimeError(f"{self.folder} cannot be made smaller: {refusal}")

    def make_room(self) -> None:
        """As much as at first."""
        if refusal := self._resize(ROOMY_BYTES):
            raise RuntimeError(f"{self.folder} cannot be made larger: {refusal}")

    def _resize(self, size: int) -> str:
        command = ["mount", "-o", f"remount,size={size}", str(self.folder)]
        run = subprocess.run(command, capture_output=True, text=True, check=False)
        return run.stderr.strip() if run.returncode else ""


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
