"""Reads the logs of the stack's processes: their last lines, of all in the order of time, and what is added."""

import os
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from heapq import merge
from pathlib import Path
from typing import NamedTuple

from funnel.stack.errors import StackError
from funnel.stack.folder import StackFolder
from process.logs import parsed

_POLL_SECONDS = 0.2
_BLOCK = 65_536
_TIME = re.compile(rb"\W?(\d{4})[-.](\d\d)[-.](\d\d)[T ](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,6}))?")
"""The time at the start of a line that is not ours, in the machine's time zone, as Kafka and ClickHouse write it."""


class Line(NamedTuple):
    """A line of the log of a process."""

    at: float
    """Seconds since 1970 UTC; of a line that names no time that of the one before it."""
    process: str
    text: bytes


def logs_of(folder: StackFolder, process: str | None) -> dict[str, Path]:
    """The logs by process; all, or that one. Raises StackError if there is none."""
    found = {path.stem: path for path in sorted(folder.logs.glob("*.log"))}
    if not found:
        raise StackError(f"there are no logs in {folder.logs}: funnel up starts processes that write there")
    if process is None:
        return found
    if process not in found:
        raise StackError(f"there is no log of {process}; there are those of {', '.join(found)}")
    return {process: found[process]}


def last_lines(logs: Mapping[str, Path], count: int) -> list[Line]:
    """The last lines of all of them together, the oldest first. Of a rotated log the older part counts, too."""
    each = [_dated(name, _tail(path, count)) for name, path in logs.items()]
    lines = list(merge(*each, key=lambda line: line.at))
    return lines[max(0, len(lines) - count) :]


class Following:
    """What is added to logs from now on, also after a rotation."""

    def __init__(self, logs: Mapping[str, Path]) -> None:
        self._logs = logs
        self._places = {name: _size(path) for name, path in logs.items()}
        self._begun = dict.fromkeys(logs, b"")

    def lines(self) -> Iterator[Line]:
        """The whole lines since the last call."""
        for name, path in self._logs.items():
            for text in filter(bytes.strip, self._added(name, path)):
                yield Line(time.time(), name, text)

    def run(self, show: Callable[[Line], None]) -> None:
        """Shows line after line, until the caller is interrupted."""
        while True:
            for line in self.lines():
                show(line)
            time.sleep(_POLL_SECONDS)

    def _added(self, name: str, path: Path) -> Sequence[bytes]:
        size = _size(path)
        if size < self._places[name]:
            # It was rotated: emptied in place.
            self._places[name], self._begun[name] = 0, b""
        if size == self._places[name]:
            return ()
        try:
            with path.open("rb") as file:
                file.seek(self._places[name])
                added = file.read()
        except OSError:
            return ()
        self._places[name] += len(added)
        *whole, self._begun[name] = (self._begun[name] + added).split(b"\n")
        return whole


def _tail(path: Path, count: int) -> list[bytes]:
    lines = _last(path, count)
    if len(lines) < count:
        lines = _last(path.with_suffix(".log.1"), count - len(lines)) + lines
    return lines


def _last(path: Path, count: int) -> list[bytes]:
    if count <= 0:
        return []
    try:
        with path.open("rb") as file:
            place = file.seek(0, os.SEEK_END)
            said = b""
            # One line more than wanted, for the first one may be cut.
            while place and said.count(b"\n") <= count:
                step = min(_BLOCK, place)
                place -= step
                file.seek(place)
                said = file.read(step) + said
    except OSError:
        return []
    return said.splitlines()[-count:]


def _dated(process: str, lines: Sequence[bytes]) -> Iterator[Line]:
    at = 0.0
    for text in filter(bytes.strip, lines):
        at = max(at, _time(text) or at)
        yield Line(at, process, text)


def _time(text: bytes) -> float | None:
    try:
        if (said := parsed(text)) is not None:
            return datetime.fromisoformat(said["time"]).timestamp()
        if (found := _TIME.match(text)) is not None:
            year, month, day, hour, minute, second, part = (one.decode() for one in found.groups(b"0"))
            whole = datetime.fromisoformat(f"{year}-{month}-{day}T{hour}:{minute}:{second}")
            return whole.timestamp() + float(f"0.{part}")
    except (ValueError, TypeError):
        pass
    return None


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
