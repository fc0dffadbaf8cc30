"""Rejected input, kept for whoever has to correct it: local, readable by its owner only, never in Kafka."""

import os
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

import orjson


class Quarantine:
    """Appends rejected input to `<data_dir>/quarantine/<name>.jsonl` (mode 0600). The file appears with its first line.

    Raises OSError when it cannot be written: input is never dropped without a trace.
    """

    def __init__(self, data_dir: Path, name: str) -> None:
        self.path = data_dir / "quarantine" / f"{name}.jsonl"
        self._file: BinaryIO | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.close()

    def keep(self, record: dict[str, object]) -> None:
        """Appends one rejected piece of input with what is known of it."""
        if self._file is None:
            self._file = self._open()
        self._file.write(orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE))

    def _open(self) -> BinaryIO:
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.fchmod(descriptor, 0o600)
        return os.fdopen(descriptor, "ab")
