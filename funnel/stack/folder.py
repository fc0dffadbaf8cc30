"""The data folder of one local stack: its paths, and its supervisor."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import psutil

from funnel.stack.errors import StackError

_LOOK_SECONDS = 2
"""A process that only checks for a supervisor holds the lock for a moment."""


class StackFolder:
    """The paths below `root`, which is made absolute: children may have another working folder."""

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        self.clickhouse = self.root / "clickhouse"
        self.grafana = self.root / "grafana"
        self.state = self.root / "stack.json"
        self.pid = self.root / "supervisor.pid"
        self.pause = self.root / "pause.lock"
        self.logs = self.root / "logs"
        self.heartbeats = self.root / "heartbeats"

    def log(self, name: str) -> Path:
        """The log file of a child, or of the supervisor."""
        return self.logs / f"{name}.log"

    def heartbeat(self, name: str) -> Path:
        """The heartbeat file of a child, or of the supervisor."""
        return self.heartbeats / name

    def is_supervised(self) -> bool:
        """Whether a supervisor runs. It always holds a lock, which the system releases even after SIGKILL."""
        return _is_locked(self.pid)

    def is_paused(self) -> bool:
        """Whether another process keeps the workers from running."""
        try:
            return _is_locked(self.pause)
        except PermissionError:
            # Created by another user, such as root, whose rebuild then finds the workers running and reports it.
            return False

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Makes the supervisor keep the workers stopped while the context lasts, or until this process dies.

        Raises StackError if another process does so already.
        """
        with os.fdopen(os.open(self.pause, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600), "a") as file:
            deadline = time.monotonic() + _LOOK_SECONDS
            while not _lock(file, fcntl.LOCK_EX):
                if time.monotonic() > deadline:
                    raise StackError("another funnel rebuild is running here: wait until it ends")
                time.sleep(0.05)
            yield

    @contextmanager
    def supervised(self, pid: int) -> Iterator[bool]:
        """Makes this process the supervisor while the context lasts; False if there is another. Raises StackError."""
        with self._open_pid() as file:
            mine = _lock(file, fcntl.LOCK_EX)
            deadline = time.monotonic() + _LOOK_SECONDS
            # Waits for a check to end, never for another supervisor: it would take over when that one is stopped.
            while not (mine or self._has_living_pid()) and time.monotonic() < deadline:
                time.sleep(0.05)
                mine = _lock(file, fcntl.LOCK_EX)
            if mine:
                self._write_pid(file, pid)
            yield mine
            if mine:
                file.truncate(0)

    def _open_pid(self) -> IO[str]:
        try:
            return self.pid.open("a+")
        except OSError as error:
            raise self._unwritable(error) from error

    def _write_pid(self, file: IO[str], pid: int) -> None:
        try:
            file.truncate(0)
            # Unbuffered: a buffer would fail once more when the file is closed.
            os.write(file.fileno(), str(pid).encode())
        except OSError as error:
            raise self._unwritable(error) from error

    def _unwritable(self, error: OSError) -> StackError:
        return StackError(
            f"{self.pid} cannot be written ({error.strerror}): make room on its disk, or change its owner"
        )

    def _has_living_pid(self) -> bool:
        written = self.pid.read_text()
        return bool(written) and psutil.pid_exists(int(written))

    def supervisor_pid(self) -> int | None:
        """The pid of the running supervisor; None if there is none."""
        if not self.is_supervised():
            return None
        written = self.pid.read_text()
        return int(written) if written else None


def _is_locked(path: Path) -> bool:
    try:
        file = path.open()
    except FileNotFoundError:
        return False
    with file:
        # Shared, so that two simultaneous checks do not take each other for the owner.
        return not _lock(file, fcntl.LOCK_SH)


def _lock(file: IO[str], kind: int) -> bool:
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
