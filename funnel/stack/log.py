"""The log file of one process, which the process itself appends to: kept short while it runs, and read for one run."""

import os
from contextlib import suppress
from pathlib import Path
from typing import IO

LIMIT = 20_000_000
"""Bytes of the file, and of the one with its rotated part. A process may write more between two checks."""
_ENOUGH = 50_000
_AT_ONCE = 1_000_000


class Log:
    """For one thread. It holds the file open, so a deleted file is still read and kept short."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.aside = path.with_suffix(".log.1")
        self._file: IO[bytes] | None = None
        self._begin = 0
        self._begin_aside: int | None = None
        """Where this run begins in the rotated part; None: nothing of it is there."""
        self._ready = False
        self._unmovable = 0

    def begin(self) -> IO[bytes]:
        """Starts a run; returns the file for the process to append to. Raises OSError."""
        self.close()
        self.path.parent.mkdir(parents=True, exist_ok=True)
        file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        self._file = os.fdopen(file, "r+b", buffering=0)
        self.bound()
        self._begin, self._begin_aside, self._ready = self._size(), None, False
        return self._file

    def close(self) -> None:
        """Closes the file: this run is no longer read."""
        if self._file is not None:
            self._file.close()
        self._file = None

    def bound(self) -> None:
        """Rotates a long file: copies it over the former copy, and empties it.

        The process need not open it again: it continues at the new end. Without room for the copy, the file is left.
        """
        size = self._size()
        if size <= max(LIMIT, self._unmovable):
            return
        self._ready = self.says_ready()
        first = size - LIMIT
        try:
            self._put_aside(first)
        except OSError:
            # On a full disk it does not grow either; this is retried once it has.
            self._unmovable = size
            return
        self._begin_aside = 0 if self._begin_aside is not None else max(0, self._begin - first)
        self._begin = self._unmovable = 0

    def says_ready(self) -> bool:
        """Whether this run has printed a line that begins with "ready"."""
        return self._ready or any(line.startswith(b"ready") for line in self._read(self._begin).splitlines())

    def last_lines(self) -> list[bytes]:
        """The last lines of this run."""
        said = self._read(max(self._begin, self._size() - _ENOUGH))
        if self._begin_aside is not None and len(said) < _ENOUGH:
            said = self._last_aside(self._begin_aside, _ENOUGH - len(said)) + said
        return said.splitlines()

    def _size(self) -> int:
        return os.fstat(self._file.fileno()).st_size if self._file is not None else 0

    def _read(self, place: int) -> bytes:
        """The content from that offset to its end. By offset, as the writing process shares the file's position."""
        if self._file is None:
            return b""
        size = self._size()
        # Another process may have emptied it.
        return os.pread(self._file.fileno(), size, place if place <= size else 0)

    def _put_aside(self, first: int) -> None:
        assert self._file is not None
        with os.fdopen(os.open(self.aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600), "wb") as aside:
            while some := os.pread(self._file.fileno(), _AT_ONCE, first):
                aside.write(some)
                first += len(some)
            aside.flush()
            # Output between the last read and this is lost: some microseconds.
            os.ftruncate(self._file.fileno(), 0)

    def _last_aside(self, begin: int, count: int) -> bytes:
        with suppress(OSError), self.aside.open("rb") as file:
            file.seek(max(begin, os.fstat(file.fileno()).st_size - count))
            return file.read()
        return b""
