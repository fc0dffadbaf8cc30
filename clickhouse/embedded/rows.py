"""The rows of one INSERT, kept until all of them are here.

The engine's own way of taking rows piece by piece (`send_insert`) reports success whatever becomes of them; an INSERT
from a file raises (docs/decisions/0017-an-insert-is-proved.md). This is that file, and it has no name.
"""

import os
import shutil
from tempfile import TemporaryFile
from types import TracebackType
from typing import IO, Self

from clickhouse.embedded.errors import NOT_ENOUGH_SPACE, ServerError

_IN_MEMORY_BYTES = 16 * 1024 * 1024


class Rows:
    """Bytes that the engine reads from `path`: in memory, and from 16 MiB on in a temporary file."""

    def __init__(self) -> None:
        self._in_memory = hasattr(os, "memfd_create")
        self._file: IO[bytes] = os.fdopen(os.memfd_create("rows"), "w+b", 0) if self._in_memory else _on_disk()

    @property
    def path(self) -> str:
        return f"/dev/fd/{self._file.fileno()}"

    def add(self, data: bytes) -> None:
        """Keeps the next piece. Raises ServerError NOT_ENOUGH_SPACE."""
        try:
            if self._in_memory and self._file.tell() + len(data) > _IN_MEMORY_BYTES:
                self._move_to_disk()
            rest = memoryview(data)
            while rest:
                rest = rest[self._file.write(rest) :]
        except OSError as error:
            raise ServerError(NOT_ENOUGH_SPACE, f"The rows of the INSERT cannot be kept: {error.strerror}") from error

    def _move_to_disk(self) -> None:
        file = _on_disk()
        with self._file as memory:
            self._file, self._in_memory = file, False
            memory.seek(0)
            shutil.copyfileobj(memory, file, 1024 * 1024)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()


def _on_disk() -> IO[bytes]:
    return TemporaryFile(buffering=0)
