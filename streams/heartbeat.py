"""A process's sign of life: one small file that says each second that it lives, what it does, and what of it fails.

Whoever looks tells three things apart: a process that stands still (nothing is written any more), a loop that is stuck
(its thread writes, but the loop has not come round in time), and work that fails again and again (`failing`).
`python -m streams.heartbeat` looks once, for a container: exit status 0 if the process of FUNNEL_HEARTBEAT is well.
"""

import os
import sys
import threading
import time
from contextlib import suppress
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

VARIABLE = "FUNNEL_HEARTBEAT"
"""The environment variable that names the file. Without it nothing is written."""
WITHIN = 10.0
"""Seconds within which a loop comes round, where it says nothing else."""
SILENT = 10.0
"""Seconds without a sign of life after which a process counts as standing still."""
_EVERY = 1.0
_ROOM = 4096
_LONGEST = 300


class Beat(BaseModel):
    """One sign of life. Times are seconds of the machine's monotonic clock."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    pid: int
    at: float
    """When it was written."""
    progress: float
    """When the process's own loop came round last."""
    within: float = WITHIN
    """In how many seconds it is to come round again."""
    doing: str = ""
    failing: dict[str, str] = {}
    """What fails at present, by name, and why, each in one line."""

    @property
    def stuck(self) -> str:
        """Why its loop counts as stuck, though the process lives; empty if it does not."""
        silent = self.at - self.progress
        return no_progress(silent, self.doing) if silent > self.within else ""

    @property
    def trouble(self) -> str:
        """What fails, in one line; empty: nothing."""
        return "; ".join(f"{name}: {reason}" for name, reason in self.failing.items())


def no_progress(seconds: float, doing: str = "") -> str:
    """How a process that stands still is told."""
    return f"no sign of progress for {seconds:.0f} s" + (f" (while {doing})" if doing else "")


class Heartbeat:
    """Writes the file of this process, from a thread of its own. Its methods may be called from any thread.

    A full disk does no harm: the file has its room from the start and is written over in place.
    """

    def __init__(self, path: Path | None, every: float = _EVERY) -> None:
        """`path`: None writes nothing."""
        self._path = path
        self._every = every
        self._lock = threading.Lock()
        self._progress, self._within, self._doing = time.monotonic(), WITHIN, ""
        self._failing: dict[str, str] = {}
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def beat(self, doing: str = "", within: float = WITHIN) -> None:
        """The loop has come round, and will again within so many seconds. The first beat starts the writing."""
        with self._lock:
            self._progress, self._within, self._doing = time.monotonic(), within, doing
            if self._path is not None and self._thread is None:
                self._thread = threading.Thread(target=self._write_on, name="heartbeat", daemon=True)
                self._thread.start()

    def fails(self, name: str, reason: str) -> None:
        """`name` (such as "clickhouse", or a job's name) does not do its work at present, for this reason."""
        with self._lock:
            self._failing[name] = _one_line(reason)

    def works(self, name: str) -> None:
        """`name` does its work again."""
        with self._lock:
            self._failing.pop(name, None)

    @property
    def failing(self) -> dict[str, str]:
        """What fails at present, and why."""
        with self._lock:
            return dict(self._failing)

    def close(self) -> None:
        """Ends the writing."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()

    def _write_on(self) -> None:
        while True:
            with suppress(OSError):
                self._write()
            if self._stopping.wait(self._every):
                return

    def _said(self) -> bytes:
        failing = list(self._failing.items())
        while True:
            beat = Beat(
                pid=os.getpid(),
                at=time.monotonic(),
                progress=self._progress,
                within=self._within,
                doing=_one_line(self._doing),
                failing=dict(failing),
            )
            if len(text := beat.model_dump_json().encode()) < _ROOM:
                return text
            failing.pop()

    def _write(self) -> None:
        assert self._path is not None
        with self._lock:
            text = self._said()
        # In place, in a block that is there: nothing is allocated, so it can be written on a full disk, too.
        file = os.open(self._path, os.O_WRONLY | os.O_CREAT, 0o600)
        try:
            os.pwrite(file, text.ljust(_ROOM - 1) + b"\n", 0)
        finally:
            os.close(file)


@cache
def heartbeat() -> Heartbeat:
    """The one of this process, at the place that FUNNEL_HEARTBEAT names."""
    named = os.environ.get(VARIABLE)
    return Heartbeat(Path(named) if named else None)


def read_beat(path: Path) -> Beat | None:
    """What the file says; None if there is none, or it is just being written."""
    try:
        return Beat.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return None


def illness(beat: Beat | None, now: float) -> str:
    """What is wrong with a process that left this sign of life, at `now` of the monotonic clock; empty: nothing."""
    if beat is None:
        return "no sign of life yet"
    if now - beat.at > SILENT:
        return f"hung: {no_progress(now - beat.at, beat.doing)}"
    if beat.stuck:
        return f"hung: {beat.stuck}"
    return f"failing: {beat.trouble}" if beat.trouble else ""


def main() -> None:
    """Looks at the process that FUNNEL_HEARTBEAT names; says what is wrong with it, and ends with status 1 then."""
    sys.exit(illness(read_beat(Path(os.environ[VARIABLE])), time.monotonic()) or 0)


def _one_line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"


if __name__ == "__main__":
    main()
