"""Where tests keep what they throw away: in memory, if this machine has a file system there and room for it.

A server of a test makes and removes thousands of small files. On ext4 without a journal, as virtual machines have it,
each removal makes every later file dearer for minutes; an insert then takes three times as long (docs/performance.md).
"""

import os
import shutil
import tempfile
from collections.abc import MutableMapping
from pathlib import Path

FOLDER = Path("/dev/shm")
NEEDED_BYTES = 8_000_000_000
"""Ten times what a whole run takes at once. Docker gives a container 64 MB unless told otherwise."""


def use_memory(environment: MutableMapping[str, str], folder: Path = FOLDER) -> None:
    """Makes `folder` the place of temporary files, unless the environment names one or it is not fit for it."""
    if "TMPDIR" not in environment and is_fit(folder):
        environment["TMPDIR"] = str(folder)
        tempfile.tempdir = None


def is_fit(folder: Path, needed: int = NEEDED_BYTES) -> bool:
    """Whether it is there, may be written to, lets programs run from it, and has room."""
    if not os.access(folder, os.W_OK | os.X_OK):
        return False
    runs = not os.statvfs(folder).f_flag & os.ST_NOEXEC
    return runs and shutil.disk_usage(folder).free >= needed
