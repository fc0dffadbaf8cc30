"""Files that are replaced as a whole: a full disk or a crash leaves the former content, never half of the new one."""

import os
from contextlib import suppress
from pathlib import Path


def write_atomically(path: Path, text: str, mode: int = 0o644) -> None:
    """Replaces the file, or makes it. Raises OSError; then the former content stands as it was."""
    scratch = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        descriptor = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
        with os.fdopen(descriptor, "w") as file:
            file.write(text)
            file.flush()
            # Else the new name may reach the disk before the content does.
            os.fsync(file.fileno())
        os.replace(scratch, path)
    except OSError:
        with suppress(OSError):
            scratch.unlink()
        raise
