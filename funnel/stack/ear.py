"""Hears the sign of life that a child leaves (process/heartbeat.py)."""

from pathlib import Path

from process.beat import Beat
from process.heartbeat import read_beat

_LOOK_SECONDS = 0.5


class Ear:
    """For one child after the other. `now` is seconds of the listener's own clock, which never steps.

    Silence is measured by that clock, not by what the child wrote: a listener that stood still itself, as on a machine
    that slept, has heard nothing meanwhile and takes nobody for dead.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._pid = 0
        self._looked = self._heard = 0.0
        self.beat: Beat | None = None
        """The newest of this process; None: none yet."""

    def expect(self, pid: int, now: float) -> None:
        """From now on this process is listened to."""
        self._pid, self.beat = pid, None
        self._looked = self._heard = now

    def listen(self, now: float) -> None:
        """Takes note of what was written."""
        if now - self._looked < _LOOK_SECONDS:
            return
        self._looked = now
        beat = read_beat(self._path)
        if beat is not None and beat.pid == self._pid and (self.beat is None or beat.at != self.beat.at):
            self.beat, self._heard = beat, now

    def silent(self, now: float) -> float:
        """For how many seconds nothing was heard."""
        return now - self._heard
