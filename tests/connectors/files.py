"""An outbox and cursors in files, which outlive a killed process."""

import json
import os
from pathlib import Path

from connectors.mapped import FormRegistration, Mapped, Rejection
from contract.events import EVENT, Event, encode
from contract.reports import ImportedFile


class FileOutbox:
    """Appends every event to a file at once, as Kafka would have it."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("ab", buffering=0)

    def put(self, one: Mapped, payload: bytes = b"") -> None:
        assert not isinstance(one, FormRegistration | Rejection)
        self._file.write(encode(one) + b"\n")

    def report(self, report: ImportedFile) -> None:
        raise AssertionError("this service has no rows")

    def flush(self) -> None:
        os.fsync(self._file.fileno())


def events_in(path: Path) -> list[Event]:
    """What a FileOutbox wrote; a line that a kill cut short is none."""
    return [EVENT.validate_json(line) for line in path.read_bytes().split(b"\n")[:-1]] if path.exists() else []


class FileCursors:
    """A JSON file, replaced as a whole."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def get(self, name: str) -> str | None:
        value: str | None = self._all().get(name)
        return value

    def put(self, name: str, value: str) -> None:
        fresh = self._path.with_suffix(".new")
        fresh.write_text(json.dumps(self._all() | {name: value}))
        fresh.replace(self._path)

    def _all(self) -> dict[str, str]:
        found: dict[str, str] = json.loads(self._path.read_text()) if self._path.exists() else {}
        return found
