"""Atomic file writes: a full disk or a crash leaves the old content, never half of the new."""

import os
from contextlib import suppress
from pathlib import Path


def write_atomically(path: Path, content: str | bytes, mode: int = 0o644) -> None:
    """Replaces or creates the file; a text is written in UTF-8. Raises OSError; the old content is then unchanged."""
    data = content.encode() if isinstance(content, str) else content
    scratch = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        descriptor = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            # Otherwise the new name may reach the disk before the content does.
            os.fsync(file.fileno())
        os.replace(scratch, path)
    except BaseException:  # Ctrl-C too
        with suppress(OSError):
            scratch.unlink()
        raise


def write_in_kept_room(path: Path, text: str, room: int) -> None:
    """The same for a text that must be replaceable even on a full disk. Raises OSError; the old text is then unchanged.

    The next text is written in place into `.NAME.spare` beside it, and then the two swap names. Both take up `room`
    bytes, padded with blanks, or more if a text needed more: from the third write on no other space is needed.
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
