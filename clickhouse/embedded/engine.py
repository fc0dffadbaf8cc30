"""ClickHouse's engine in this process: its data folder, its memory bound, and one connection a query.

The engine prepends what a failed query had already produced to the next result of the same connection, so that a
connection is never used twice; a new one takes 0.2 ms.
"""

import fcntl
import os
import shutil
import threading
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO, Any
from xml.sax.saxutils import escape

from clickhouse.embedded.access import Access
from clickhouse.embedded.errors import CANNOT_WRITE, NOT_ENOUGH_SPACE, EngineError, ServerError
from process.files import write_atomically

_CONFIG = """<clickhouse>
    <max_server_memory_usage>{memory}</max_server_memory_usage>
    <mark_cache_size>{cache}</mark_cache_size>
    <background_pool_size>2</background_pool_size>
    <users_config>{users}</users_config>
    <storage_configuration>
        <disks><default><keep_free_space_bytes>{reserve}</keep_free_space_bytes></default></disks>
    </storage_configuration>
</clickhouse>
"""
_NOTHING = "nothing"
_DEFAULT = ("", "default")
_CACHE = 128 * 1024 * 1024
# The engine does not raise when write(2) fails, but counts it (docs/decisions/0017-an-insert-is-proved.md).
_FAILED_WRITES = "SELECT value FROM system.events WHERE event = 'WriteBufferFromFileDescriptorWriteFailed'"


class FolderTakenError(Exception):
    """Another process owns the data folder."""


class Engine:
    """The engine on one data folder. All methods may be called from any thread."""

    def __init__(self, folder: Path, *, memory: int, users: str, keep_free: int) -> None:
        """Takes the folder (made where missing) and starts the engine: `memory` bytes for all queries, half for one.

        `users` is the engine's own file of users (access.users_config). `keep_free`: bytes of the disk that inserts and
        merges leave free, of a small disk at most a tenth.
        Raises FolderTakenError, OSError, and EngineError when the engine does not start.
        """
        folder = folder.resolve()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._lock = _take(folder)
        self._query_memory = memory // 2
        self._folder = folder
        self._reserve = min(keep_free, shutil.disk_usage(folder).total // 10)
        config, of_users = folder / "engine.xml", folder / "users.xml"
        _write_where_new(of_users, users)
        cache = min(_CACHE, memory // 8)
        _write_where_new(
            config, _CONFIG.format(memory=memory, cache=cache, users=escape(str(of_users)), reserve=self._reserve)
        )
        self._place = f"{folder / 'engine'}?config-file={config}"
        # The engine lives as long as one connection does.
        self._keeper = self.connect()
        answer = self._keeper.run("SELECT version(), timezone()", "TabSeparated", {}).decode().split()
        self.version, self.timezone = answer[0], answer[1]
        # The engine's default database shows files of this machine as tables; this one shows nothing.
        self._keeper.run(f"CREATE DATABASE IF NOT EXISTS {_NOTHING} ENGINE = Memory", "Null", {})
        self._asking = threading.Lock()
        self._failed_before = self._failed_writes()

    def names(self, sql: str) -> list[str]:
        """The first column of a statement of our own, run with all rights."""
        connection = self.connect()
        try:
            return connection.run(sql, "TabSeparated", {}).decode().splitlines()
        finally:
            connection.close()

    def connect(self) -> "Connection":
        """A fresh connection. Raises EngineError."""
        # Imported when first needed: loading half a gigabyte takes its time, and a busy port or folder is said before.
        # The engine takes its time zone from the environment, once; everything is stored in UTC.
        os.environ["TZ"] = "UTC"
        import chdb  # noqa: PLC0415

        with _engine_errors():
            return Connection(chdb.connect(self._place), self._query_memory)

    def cancel(self, query_id: str | None) -> None:
        """Asks the engine to end the query with this id, or all of them."""
        which = f"Settings['log_comment'] = {_quote(query_id)}" if query_id else "Settings['log_comment'] != ''"
        connection = self.connect()
        try:
            connection.run(f"KILL QUERY WHERE {which} ASYNC", "Null", {})
        finally:
            connection.close()

    def check_room(self) -> None:
        """Raises ServerError NOT_ENOUGH_SPACE when the disk has no room but the reserve, before anything is written."""
        free = shutil.disk_usage(self._folder).free
        if free < self._reserve:
            message = f"The disk of {self._folder} is full: {free:,} bytes are free, {self._reserve:,} kept in reserve"
            raise ServerError(NOT_ENOUGH_SPACE, message)

    def check_writes(self) -> None:
        """Raises ServerError CANNOT_WRITE when a write to the disk has failed since the start.

        What was being written then may be damaged although the engine calls it done. It is set aside when the engine
        starts anew, and what a damaged merge was made of is there again: this process has to end.
        """
        if self._failed_writes() != self._failed_before:
            message = f"A write to {self._folder} has failed: its disk is full or broken. This server ends"
            raise ServerError(CANNOT_WRITE, f"{message}; started anew, it sets aside what is damaged")

    def _failed_writes(self) -> int:
        # On one connection for all: it never fails halfway, and a new one takes half of the time.
        with self._asking:
            return int(self._keeper.run(_FAILED_WRITES, "TabSeparated", {}) or 0)

    def close(self) -> None:
        """Ends the engine and gives the folder back."""
        self._keeper.close()
        self._lock.close()


class Connection:
    """One connection for one query. Not to be used by two threads at once. Methods raise EngineError."""

    def __init__(self, connection: Any, memory: int) -> None:
        self._connection = connection
        self._memory = memory
        self._stream: Any = None
        self.summary: dict[str, int] = {}
        """X-ClickHouse-Summary of what ran so far."""

    def prepare(
        self, query_id: str, database: str, settings: Mapping[str, str], readonly: int, *, access: Access
    ) -> None:
        """Sets what holds for the query. `readonly` is ClickHouse's setting of that name: 0 or 1.

        From here on the connection has the rights of `access`, and no other.
        """
        database = _NOTHING if database in _DEFAULT else database
        self.run("USE `" + database.replace("\\", "\\\\").replace("`", "\\`") + "`", "Null", {})
        self.run(f"SET ROLE {access.role}", "Null", {})
        settings = {**self._bounded(access.limits), **settings}
        # log_comment is how the query is found again to be cancelled: the engine gives it an id of its own.
        changes = [f"max_memory_usage = {self._memory}"] if "max_memory_usage" not in settings else []
        changes += [f"{name} = {_quote(value)}" for name, value in settings.items()]
        changes.append(f"log_comment = {_quote(query_id)}")
        if readonly:
            changes.append(f"readonly = {readonly}")
        self.run("SET " + ", ".join(changes), "Null", {})

    def _bounded(self, limits: Mapping[str, str]) -> dict[str, str]:
        memory = "max_memory_usage"
        return {**limits, memory: str(min(int(limits[memory]), self._memory))} if memory in limits else dict(limits)

    def run(self, sql: str, output_format: str, parameters: Mapping[str, str]) -> bytes:
        """Runs a statement to its end. Returns its whole output."""
        with _engine_errors():
            result = self._connection.query(sql, output_format, params=dict(parameters))
            self._count(result)
            data: bytes = result.bytes()
            return data

    def start(self, sql: str, output_format: str, parameters: Mapping[str, str]) -> bytes:
        """Starts a SELECT. Returns the first piece of its output, empty when there is none."""
        with _engine_errors():
            self._stream = self._connection.send_query(sql, output_format, params=dict(parameters))
        return self.next()

    def next(self) -> bytes:
        """The next piece of the output of the SELECT that was started, empty at its end."""
        with _engine_errors():
            piece = self._stream.fetch()
            if piece is None:
                return b""
            self._count(piece)
            data: bytes = piece.bytes()
            return data

    def _count(self, piece: Any) -> None:
        self.summary = {
            "read_rows": piece.storage_rows_read(),
            "read_bytes": piece.storage_bytes_read(),
            "written_rows": piece.rows_written(),
            "written_bytes": piece.bytes_written(),
            "result_rows": self.summary.get("result_rows", 0) + piece.rows_read(),
            "elapsed_ns": int(piece.elapsed() * 1e9),
        }

    def close(self) -> None:
        """Gives the connection back; what still runs on it is dropped."""
        # Whatever the cancelled query has to say, nobody listens any more.
        with suppress(Exception):
            if self._stream is not None:
                self._stream.cancel()
        self._connection.close()


class _engine_errors:  # noqa: N801 (reads as a block, like suppress)
    """Turns the library's exceptions (RuntimeError and its own) into EngineError."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if isinstance(error, Exception) and not isinstance(error, EngineError):
            raise EngineError(str(error)) from error


def _write_where_new(file: Path, text: str) -> None:
    # A full disk has no room to write the same once more, and what is on it can still be read.
    if not file.exists() or file.read_text() != text:
        write_atomically(file, text, 0o600)


def _take(folder: Path) -> IO[bytes]:
    lock = os.fdopen(os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600), "r+b")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        lock.close()
        raise FolderTakenError(str(folder)) from error
    return lock


def _quote(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
