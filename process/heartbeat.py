"""A process's sign of life: one small file that says each second that it lives, what it does, and what of it fails.

Whoever looks tells three things apart: a process that stands still (nothing is written any more), a loop that is stuck
(its thread writes, but the loop has not come round in time), and work that fails again and again (`failing`).
`python -m process.heartbeat` looks once, for a container: exit status 0 if the process of FUNNEL_HEARTBEAT is well.
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
"""An event loop is kept from everything else by a large batch, for seconds where others want the processor too: such a
worker is told (SLOW) and gets the time, since the next one would have the same batch to fold."""
_ROOM = 4096
_LONGEST = 300


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
        """The loop has come round. The first beat starts the writing.

        `within`: seconds after which it is hung if it has not come round again. That it is slow is told sooner (SLOW).
        """
        with self._lock:
            self._progress, self._within, self._doing = time.monotonic(), within, doing
            if self._path is not None and self._thread is None:
                self._thread = threading.Thread(target=self._write_on, name="heartbeat", daemon=True)
                self._thread.start()

    def pause(self, seconds: float, stop: threading.Event) -> None:
        """Waits for so long, or until `stop` is set. A pause is no lack of progress."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0 and not stop.wait(min(left, self._every)):
            self.beat()

    def fails(self, name: str, reason: str) -> None:
        """`name` (such as "clickhouse", or a job's name) does not do its work at present, for this reason."""
        with self._lock:
            self._failing[name] = _one_line(reason)

    def works(self, name: str) -> None:
        """`name` does its work again."""
        with self._lock:
            self._failing.pop(name, None)

    def tell(self, name: str, reason: str) -> None:
        """`fails`, or `works` if there is no reason."""
        if reason:
            self.fails(name, reason)
        else:
            self.works(name)

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


async def beat_on(heart: Heartbeat, look: Callable[[], None] = lambda: None) -> None:
    """A task that proves that an event loop comes round; `look` is called each time. Ends when it is cancelled."""
    while True:
        look()
        heart.beat(within=_LOOP_WITHIN)
        await asyncio.sleep(_EVERY)


def read_beat(path: Path) -> Beat | None:
    """What the file says; None if there is none, or it says nothing that is a sign of life."""
    # Once more, because it may just have been written.
    return _read_beat(path) or _read_beat(path)


def _read_beat(path: Path) -> Beat | None:
    try:
        return Beat.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return None


def main() -> None:
    """Looks at the process that FUNNEL_HEARTBEAT names; says what is wrong with it, and ends with status 1 then."""
    sys.exit(illness(read_beat(Path(os.environ[VARIABLE])), time.monotonic()) or 0)


def _one_line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"


if __name__ == "__main__":
    main()
