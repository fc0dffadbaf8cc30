"""A process's heartbeat: a small file, written every second, with whether it makes progress and what fails.

A reader can tell three things apart: a process that has stopped (nothing is written any more), a stuck loop (its thread
writes, but the loop has not completed a turn in time), and work that keeps failing (`failing`).
`python -m process.heartbeat` checks once, for a container: exit status 0 if the process of FUNNEL_HEARTBEAT is healthy.
With `--hung` it is 0 unless the process has stopped or is stuck: only then does a restart help.
"""

import asyncio
import os
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path

from pydantic import ValidationError

from process.beat import WITHIN, Beat, illness

VARIABLE = "FUNNEL_HEARTBEAT"
"""The environment variable that names the file. Without it nothing is written."""
_EVERY = 1.0
_LOOP_WITHIN = 30.0
"""A large batch blocks the event loop, for seconds on a busy machine. Such a worker is reported (SLOW) but gets the
time, because its successor would have to fold the same batch."""
_ROOM = 4096
_LONGEST = 300


class Heartbeat:
    """Writes the file of this process from its own thread. Its methods may be called from any thread.

    A full disk does no harm: the file reserves its space at the start and is overwritten in place.
    """

    def __init__(self, path: Path | None, every: float = _EVERY) -> None:
        """`path`: None writes nothing."""
        self._path = path
        self._every = every
        self._lock = threading.Lock()
        self._progress, self._within, self._doing = time.monotonic(), WITHIN, ""
        self._failing: dict[str, str] = {}
        self.metrics_port: int | None = None
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def beat(self, doing: str = "", within: float = WITHIN) -> None:
        """Records that the loop has completed a turn. The first beat starts the writing.

        `within`: seconds after which it is hung unless it has completed the next turn. SLOW is reported earlier.
        """
        with self._lock:
            self._progress, self._within, self._doing = time.monotonic(), within, doing
            if self._path is not None and self._thread is None:
                self._thread = threading.Thread(target=self._write_on, name="heartbeat", daemon=True)
                self._thread.start()

    def pause(self, seconds: float, stop: threading.Event) -> None:
        """Waits for that long, or until `stop` is set. A pause does not count as a lack of progress."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0 and not stop.wait(min(left, self._every)):
            self.beat()

    def fails(self, name: str, reason: str) -> None:
        """Records that `name` (such as "clickhouse", or a job's name) currently fails, for this reason."""
        with self._lock:
            self._failing[name] = _one_line(reason)

    def works(self, name: str) -> None:
        """Records that `name` works again."""
        with self._lock:
            self._failing.pop(name, None)

    def tell(self, name: str, reason: str) -> None:
        """`fails`, or `works` if there is no reason."""
        if reason:
            self.fails(name, reason)
        else:
            self.works(name)

    @property
    def progress(self) -> float:
        """When the loop last completed a turn, in seconds of the machine's monotonic clock."""
        with self._lock:
            return self._progress

    @property
    def failing(self) -> dict[str, str]:
        """What currently fails, and why."""
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
                metrics_port=self.metrics_port,
            )
            if len(text := beat.model_dump_json().encode()) < _ROOM:
                return text
            failing.pop()

    def _write(self) -> None:
        assert self._path is not None
        with self._lock:
            text = self._said()
        # In place, into an existing block: nothing is allocated, so this works on a full disk too.
        file = os.open(self._path, os.O_WRONLY | os.O_CREAT, 0o600)
        try:
            os.pwrite(file, text.ljust(_ROOM - 1) + b"\n", 0)
        finally:
            os.close(file)


@cache
def heartbeat() -> Heartbeat:
    """The heartbeat of this process, at the path in FUNNEL_HEARTBEAT."""
    named = os.environ.get(VARIABLE)
    return Heartbeat(Path(named) if named else None)


async def beat_on(heart: Heartbeat, look: Callable[[], None] = lambda: None) -> None:
    """A task that proves that an event loop makes progress; calls `look` each turn. Ends when it is cancelled."""
    while True:
        look()
        heart.beat(within=_LOOP_WITHIN)
        await asyncio.sleep(_EVERY)


def read_beat(path: Path) -> Beat | None:
    """The content of the file; None if there is no file, or it holds no heartbeat."""
    # Twice, because it may just have been written.
    return _read_beat(path) or _read_beat(path)


def _read_beat(path: Path) -> Beat | None:
    try:
        return Beat.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return None


def main() -> None:
    """Checks the process of FUNNEL_HEARTBEAT; if something is wrong, prints it and exits with status 1."""
    said = illness(read_beat(Path(os.environ[VARIABLE])), time.monotonic())
    if "--hung" in sys.argv[1:] and not said.startswith("hung"):
        said = ""
    sys.exit(said or 0)


def _one_line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"


if __name__ == "__main__":
    main()
