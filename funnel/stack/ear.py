"""Reads the heartbeat of a child (process/heartbeat.py)."""

from pathlib import Path

from process.beat import Beat
from process.heartbeat import read_beat

_LOOK_SECONDS = 0.5


class Ear:
    """Reads the heartbeats of successive processes of a child. `now`: monotonic seconds of the reader's own clock.

    Silence is measured by that clock, not by the child's times: a reader that was suspended itself, as on a sleeping
    machine, does not take the child for dead.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._pid = 0
        self._looked = self._beat_at = 0.0
        self.beat: Beat | None = None
        """The newest heartbeat of this process; None: none yet."""

    def expect(self, pid: int, now: float) -> None:
        """Starts to follow this process."""
        self._pid, self.beat = pid, None
        self._looked = self._beat_at = now

    def listen(self, now: float) -> None:
        """Reads the newest heartbeat."""
        if now - self._looked < _LOOK_SECONDS:
            return
        self._looked = now
        beat = read_beat(self._path)
        if beat is not None and beat.pid == self._pid and (self.beat is None or beat.at != self.beat.at):
            self.beat, self._beat_at = beat, now

    def silent(self, now: float) -> float:
        """Seconds since the last heartbeat."""
        return now - self._beat_at
