"""The connectors' state, in one SQLite file that several processes share.

It has the tables of connectors/pipeline: quarantine.py, assignment.py, directory.py, spool.py and zoom_names.py; also
the cursors and wake-ups of releases before 0.3.0 until they are in Kafka (adopting.py). Readable only by its owner. A
commit is on the disk (fsync).
"""

import os
import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tenacity import Retrying, retry_if_exception_type, stop_after_delay, wait_fixed

_LOCK_SECONDS = 30.0

_MIGRATIONS = (
    """
    CREATE TABLE cursors (
        connector TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (connector, name)
    ) WITHOUT ROWID;
    CREATE TABLE wakes (
        connector TEXT NOT NULL, subject TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (connector, subject)
    ) WITHOUT ROWID;
    CREATE TABLE webinars (
        webinar_id TEXT PRIMARY KEY,
        series_id TEXT, series_said TEXT NOT NULL,
        starts_at INTEGER, starts_said TEXT NOT NULL,
        status TEXT, status_said TEXT NOT NULL,
        change INTEGER NOT NULL
    );
    CREATE INDEX webinars_by_change ON webinars (change);
    CREATE TABLE held (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        connector TEXT NOT NULL, key TEXT NOT NULL,
        reason TEXT NOT NULL, detail TEXT NOT NULL, form TEXT NOT NULL,
        received_at INTEGER NOT NULL, payload BLOB, registration BLOB, released_at INTEGER,
        UNIQUE (connector, key)
    );
    CREATE INDEX held_waiting ON held (id) WHERE released_at IS NULL AND registration IS NOT NULL;
    CREATE TABLE placed (
        service TEXT NOT NULL, submission TEXT NOT NULL, status TEXT NOT NULL,
        form TEXT NOT NULL, webinar_id TEXT NOT NULL, moves INTEGER NOT NULL,
        received_at INTEGER NOT NULL, registration BLOB NOT NULL,
        PRIMARY KEY (service, submission, status)
    ) WITHOUT ROWID;
    CREATE INDEX placed_by_webinar ON placed (webinar_id);
    CREATE TABLE spool (
        id INTEGER PRIMARY KEY AUTOINCREMENT, topic TEXT NOT NULL, key BLOB, value BLOB NOT NULL
    );
    """,
    """
    CREATE TABLE zoom_names (
        change INTEGER PRIMARY KEY AUTOINCREMENT,
        number TEXT NOT NULL, day TEXT NOT NULL, said_by TEXT NOT NULL,
        webinar_id TEXT NOT NULL, starts_at INTEGER,
        UNIQUE (number, day, said_by)
    );
    INSERT INTO zoom_names (number, day, said_by, webinar_id, starts_at)
        SELECT substr(webinar_id, 6, length(webinar_id) - 16), substr(webinar_id, -10), 'recurring',
            webinar_id, starts_at
        FROM webinars WHERE webinar_id GLOB 'zoom:[0-9]*:[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]';
    INSERT INTO zoom_names (number, day, said_by, webinar_id, starts_at)
        SELECT substr(webinar_id, 6), date(starts_at / 1000 - 14400, 'unixepoch'), 'single', webinar_id, starts_at
        FROM webinars WHERE webinar_id GLOB 'zoom:[0-9]*' AND substr(webinar_id, 6) NOT GLOB '*[^0-9]*'
        AND starts_at IS NOT NULL;
    """,
    "CREATE TABLE forgotten (forgotten_id TEXT PRIMARY KEY) WITHOUT ROWID",
)
"""Numbered by position, from 1. A released one never changes: append only."""


class StateError(Exception):
    """The state cannot be used. The text is one line: what happened, and what to do."""


class State:
    """The file `<data_dir>/connectors/state.sqlite`: `with State(data_dir) as state:`. For one thread at a time.

    Raises StateError if it cannot be opened; sqlite3.Error if it cannot be written, such as on a full disk.
    """

    def __init__(self, data_dir: Path) -> None:
        self.path = state_path(data_dir)
        try:
            _make_owner_only(self.path)
            found = self.path.stat()
            self._file = (found.st_dev, found.st_ino)
            self._db = sqlite3.connect(self.path, _LOCK_SECONDS, isolation_level=None, check_same_thread=False)
            self._use_wal()
            self._db.execute("PRAGMA synchronous = FULL")
            # Deleted rows may have held emails.
            self._db.execute("PRAGMA secure_delete = ON")
            self._migrate()
        except (OSError, sqlite3.Error) as error:
            raise StateError(
                f"{self.path} cannot be used ({error}). Look at its owner and the disk, or set FUNNEL_DATA_DIR."
            ) from error

    def _use_wal(self) -> None:
        # Of two processes that create the file at the same time one fails at once: SQLite does not wait here.
        trying = Retrying(
            retry=retry_if_exception_type(sqlite3.OperationalError),
            wait=wait_fixed(0.05),
            stop=stop_after_delay(_LOCK_SECONDS),
            reraise=True,
        )
        trying(self._db.execute, "PRAGMA journal_mode = WAL")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Closes the file; everything written before is kept."""
        self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing, and no other process writes meanwhile. Within another transaction it is part of that one."""
        if self._db.in_transaction:
            yield
            return
        self._refuse_if_gone()
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._db.execute("COMMIT")
        except BaseException:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise

    def rows(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """The rows of a query."""
        return self._db.execute(statement, values).fetchall()

    def change(self, statement: str, *values: object) -> int:
        """Runs a statement that writes; returns how many rows it changed."""
        self._refuse_if_gone()
        return self._db.execute(statement, values).rowcount

    def change_each(self, statement: str, rows: Sequence[Sequence[object]]) -> None:
        """The same for each of the rows, in one transaction."""
        with self.transaction():
            self._db.executemany(statement, rows)

    def cursors(self, connector: str) -> "StoredCursors":
        """The cursors under that connector's name."""
        return StoredCursors(self, connector)

    def _refuse_if_gone(self) -> None:
        """Otherwise SQLite would go on writing into a deleted file."""
        try:
            found = self.path.stat()
        except OSError:
            found = None
        if found is None or (found.st_dev, found.st_ino) != self._file:
            raise sqlite3.OperationalError("it was taken away: start again")

    def _migrate(self) -> None:
        with self.transaction():
            ((version,),) = self.rows("PRAGMA user_version")
            if version > len(_MIGRATIONS):
                raise sqlite3.DatabaseError(f"it is of a later release: schema {version}, known {len(_MIGRATIONS)}")
            for number, script in enumerate(_MIGRATIONS[version:], version + 1):
                # executescript would commit the transaction.
                for statement in script.split(";"):
                    self._db.execute(statement)
                self._db.execute(f"PRAGMA user_version = {number}")


@dataclass(frozen=True, slots=True)
class StoredCursors:
    """One connector's cursors (connectors/poll.py, Cursors). `put` returns once the value is on the disk."""

    state: State
    connector: str

    def get(self, name: str) -> str | None:
        """The value last put under that name."""
        found = self.state.rows("SELECT value FROM cursors WHERE connector = ? AND name = ?", self.connector, name)
        return str(found[0][0]) if found else None

    def put(self, name: str, value: str) -> None:
        """Replaces the value."""
        self.state.change("INSERT OR REPLACE INTO cursors VALUES (?, ?, ?)", self.connector, name, value)


def state_path(data_dir: Path) -> Path:
    """The path of the state."""
    return data_dir / "connectors" / "state.sqlite"


def _make_owner_only(path: Path) -> None:
    """Makes the file owner-only; SQLite gives its -wal and -shm files the same mode.

    The file itself is never opened here: closing it would drop the locks of this process's other connections (POSIX),
    and another process would then delete the log that they write to.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.parent.chmod(0o700)
    if not path.exists():
        descriptor, made = tempfile.mkstemp(dir=path.parent)
        os.close(descriptor)
        with suppress(FileExistsError):
            os.link(made, path)
        os.unlink(made)
    path.chmod(0o600)
