"""A small disk of its own for a test: a tmpfs, where the system lets us mount one."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

_PIECE = bytes(1_000_000)


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Path]:
    """Mounts it on the folder. Skips the test where mounting is not allowed."""
    folder.mkdir(parents=True, exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)]
    mounted = subprocess.run(command, capture_output=True, text=True, check=False)
    if mounted.returncode != 0:
        pytest.skip(f"a small disk needs the right to mount: {mounted.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill(ballast: Path, leave: int = 0) -> None:
    """Makes the file so large that about `leave` bytes of its disk stay free; 0: none at all."""
    with ballast.open("ab", buffering=0) as file:
        try:
            while (free := _free(ballast)) > leave:
                file.write(_PIECE[: max(1, min(len(_PIECE), free - leave))])
            while not leave:
                file.write(b"\0")
        except OSError:
            return


def _free(path: Path) -> int:
    found = os.statvfs(path)
    return found.f_bavail * found.f_frsize
