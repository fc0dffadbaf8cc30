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


def write_in_kept_room(path: Path, text: str, room: int) -> None:
    """The same for a text that has to be replaced on a full disk, too. Raises OSError; then the former one stands.

    Beside it stands `.NAME.spare`, into which the next text is written in place before the two change their names. Both
    take up `room` bytes, filled with blanks, or more where a text needed more: the third write and all later ones
    need no other room than that.
    """
    spare, kept = path.with_name(f".{path.name}.spare"), path.with_name(f".{path.name}.kept")
    descriptor = os.open(spare, os.O_WRONLY | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        size = max(room, os.fstat(descriptor).st_size)
        file.write(text.encode().ljust(size))
        file.flush()
        os.fsync(descriptor)
    kept.unlink(missing_ok=True)
    with suppress(FileNotFoundError):
        os.link(path, kept)
    os.replace(spare, path)
    with suppress(FileNotFoundError):
        os.replace(kept, spare)
