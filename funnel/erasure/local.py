"""What this machine holds of persons beside the tables and Kafka: the connectors' state, and any file. Blocking I/O."""

import errno
import os
from collections.abc import Iterator
from io import FileIO
from pathlib import Path
from typing import Any, NamedTuple

from connectors.pipeline.discard import Send
from connectors.pipeline.forgotten import remember
from connectors.pipeline.quarantine import over_report
from connectors.pipeline.resolve import report_record
from connectors.pipeline.shared_cursors import SharedCursors, all_cursors
from connectors.pipeline.state import State
from contract.reports import Rejected
from funnel.erasure.person import Subjects
from process.kafka import KafkaSettings

_TABLES = {
    "held": ("id",),
    "placed": ("service", "submission", "status"),
    "spool": ("id",),
    "cursors": ("connector", "name"),
}
"""The tables that may hold something personal -> their keys."""
NAMES = {"held": "quarantine", "placed": "assigned registrations", "spool": "spool", "cursors": "cursors of polls"}
_CHUNK = 1 << 20
_OVERLAP = 512


class StateRow(NamedTuple):
    """A row of the state that holds one of the persons."""

    table: str
    key: tuple[Any, ...]
    content: dict[str, Any]


def state_rows(state: State, who: Subjects) -> Iterator[StateRow]:
    """The rows of the connectors' state that name one of them."""
    for table, key in _TABLES.items():
        columns = [name for _, name, *_ in state.rows(f"PRAGMA table_info({table})")]
        for row in state.rows(f"SELECT * FROM {table}"):
            if any(who.are_in(_bytes(value)) for value in row):
                content = dict(zip(columns, row, strict=True))
                yield StateRow(table, tuple(content[name] for name in key), content)


def erase_from_state(state: State, who: Subjects, send: Send, at: int) -> int:
    """Deletes those rows, also from the file's free pages and its log; returns how many. From then on connectors
    publish nothing of these persons. `send` gets the reports that the quarantine holds less; `at`: ms since 1970 UTC.
    Raises sqlite3.Error, and what `send` raises.
    """
    remember(state, who.hashes)
    found = list(state_rows(state, who))
    # Sent first: after a crash in between it is sent again, rather than a record counted for ever.
    if over := [report_record(one) for row in found for one in _over(row, at)]:
        send(over)
    with state.transaction():
        for table, key, _ in found:
            where = " AND ".join(f"{name} = ?" for name in _TABLES[table])
            state.change(f"DELETE FROM {table} WHERE {where}", *key)
    # The log may hold the former pages until its pages are overwritten.
    state.rows("PRAGMA wal_checkpoint(TRUNCATE)")
    return len(found)


def _over(row: StateRow, at: int) -> Iterator[Rejected]:
    said = row.content
    if row.table == "held" and said["released_at"] is None:
        yield over_report(said["connector"], said["key"], said["reason"], said["form"], at)


def cursors_naming(kafka: KafkaSettings, who: Subjects) -> list[StateRow]:
    """The cursors in Kafka that name one of them. No poll of ours stores such a one. Raises PublishError."""
    return [
        StateRow("cursors", (connector, name), {"connector": connector, "name": name, "value": value})
        for connector, values in all_cursors(kafka).items()
        for name, value in values.items()
        if who.are_in(value.encode())
    ]


def erase_cursors(kafka: KafkaSettings, who: Subjects) -> int:
    """Deletes those; returns how many. Whoever polls reads the others anew. Raises PublishError."""
    found = cursors_naming(kafka, who)
    for connector in {one.key[0] for one in found}:
        with SharedCursors(kafka, connector) as cursors:
            cursors.erase(one.key[1] for one in found if one.key[0] == connector)
    return len(found)


def files_naming(folder: Path, who: Subjects) -> list[Path]:
    """The files below the folder in which one of their ids or emails stands as it is."""
    needles = [text.encode() for text in (*who.ids, *who.emails)]
    return sorted(path for path in _files(folder) if _names(path, needles))


def _files(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            yield path


def _names(path: Path, needles: list[bytes]) -> bool:
    try:
        with path.open("rb", buffering=0) as file:
            kept = b""
            while chunk := _next(file):
                text = kept + chunk.lower()
                if any(needle in text for needle in needles):
                    return True
                kept = text[-_OVERLAP:]
    except FileNotFoundError:
        pass
    return False


def _next(file: FileIO) -> bytes:
    """The next bytes that are on the disk: Kafka reserves 20 MB of nothing for each of its files."""
    try:
        file.seek(os.lseek(file.fileno(), file.tell(), os.SEEK_DATA))
    except OSError as error:
        if error.errno == errno.ENXIO:
            return b""
        raise
    return file.read(_CHUNK)


def _bytes(value: object) -> bytes | None:
    return value.encode() if isinstance(value, str) else value if isinstance(value, bytes) else None
