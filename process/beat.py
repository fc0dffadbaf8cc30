"""The content of a process's heartbeat (process/heartbeat.py). Pure."""

from pydantic import BaseModel, ConfigDict

WITHIN = 10.0
"""Seconds within which a loop completes a turn, unless it sets another limit."""
SLOW = 20.0
"""Seconds without progress after which a process is reported as slow; its step may still be within its own limit."""
SILENT = 10.0
"""Seconds without a heartbeat after which a process counts as stopped."""


class Beat(BaseModel):
    """One heartbeat. Times are seconds of the machine's monotonic clock."""

    model_config = ConfigDict(frozen=True, extra="ignore", ser_json_inf_nan="constants")

    pid: int
    at: float
    """When it was written."""
    progress: float
    """When the process's own loop last completed a turn."""
    within: float = WITHIN
    """Seconds within which it has to complete the next turn; after that it is hung."""
    doing: str = ""
    failing: dict[str, str] = {}
    """What currently fails, by name, and why, each in one line."""
    metrics_port: int | None = None
    """Where it shows its metrics (process/meters.py); None: nowhere."""

    @property
    def stuck(self) -> str:
        """Why its loop counts as stuck although the process lives; empty if it is not stuck."""
        silent = self.at - self.progress
        return no_progress(silent, self.doing) if silent > self.within else ""

    @property
    def trouble(self) -> str:
        """What fails or is slow, in one line; empty: nothing."""
        silent = self.at - self.progress
        slow = [no_progress(silent, self.doing)] if silent > SLOW else []
        return "; ".join([*(f"{name}: {reason}" for name, reason in self.failing.items()), *slow])


def no_progress(seconds: float, doing: str = "") -> str:
    """The line for a process that has stopped."""
    return f"no sign of progress for {seconds:.0f} s" + (f" (while {doing})" if doing else "")


def illness(beat: Beat | None, now: float) -> str:
    """What is wrong with a process that left this heartbeat, at `now` of the monotonic clock; empty: nothing."""
    if beat is None:
        return "no sign of life yet"
    if now - beat.at > SILENT:
        return f"hung: {no_progress(now - beat.at, beat.doing)}"
    if beat.stuck:
        return f"hung: {beat.stuck}"
    return f"failing: {beat.trouble}" if beat.trouble else ""
