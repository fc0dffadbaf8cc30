"""Where a poll puts its events and keeps its cursors in the tests: in memory, or in files that outlive a SIGKILL."""

import json
import os
from pathlib import Path

from connectors.mapped import Mapped, Rejection
from contract.events import EVENT, Event, encode
from contract.reports import ImportedFile


class MemoryOutbox:
    """What was put counts once it was flushed; what was not is lost with the process."""

    def __init__(self) -> None:
        self.pending: list[Mapped] = []
        self.events: list[Event] = []
        self.rejections: list[Rejection] = []

    def put(self, one: Mapped, payload: bytes = b"") -> None:
        assert isinstance(payload, bytes)
        self.pending.append(one)

    def report(self, report: ImportedFile) -> None:
        raise AssertionError("this service has no rows")

    def flush(self) -> None:
        for one in self.pending:
            if isinstance(one, Rejection):
                self.rejections.append(one)
            else:
                self.events.append(one)  # type: ignore[arg-type]
        self.pending = []

    def ids(self) -> list[str]:
        return [event.event_id for event in self.events]


class MemoryCursors(dict[str, str]):
    """Refuses to move while something that was put is not flushed."""

    def __init__(self, outbox: MemoryOutbox) -> None:
        super().__init__()
        self.outbox = outbox

    def put(self, name: str, value: str) -> None:
        assert not self.outbox.pending, "a cursor moved before what it stands for was safe"
        self[name] = value


class FileOutbox(MemoryOutbox):
    """The same, in a file of one event a line."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path

    def flush(self) -> None:
        super().flush()
        with self._path.open("ab") as file:
            file.writelines(encode(event) + b"\n" for event in self.events)
            file.flush()
            os.fsync(file.fileno())
        self.events = []

    def read(self) -> list[Event]:
        return [EVENT.validate_json(line) for line in self._path.read_bytes().splitlines()]


class FileCursors:
    """In one file, replaced as a whole."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def get(self, name: str) -> str | None:
        said: str | None = self._all().get(name)
        return said

    def put(self, name: str, value: str) -> None:
        new = self._path.with_suffix(".new")
        new.write_text(json.dumps({**self._all(), name: value}))
        new.replace(self._path)

    def _all(self) -> dict[str, str]:
        read: dict[str, str] = json.loads(self._path.read_text()) if self._path.exists() else {}
        return read
