"""What a process's sign of life says (process/heartbeat.py). Pure."""

from pydantic import BaseModel, ConfigDict

WITHIN = 10.0
"""Seconds within which a loop comes round, where it says nothing else."""
SLOW = 20.0
"""Seconds without progress after which that is told, though the present step may take longer and is not hung."""
SILENT = 10.0
"""Seconds without a sign of life after which a process counts as standing still."""


class Beat(BaseModel):
    """One sign of life. Times are seconds of the machine's monotonic clock."""

    model_config = ConfigDict(frozen=True, extra="ignore", ser_json_inf_nan="constants")

    pid: int
    at: float
    """When it was written."""
    progress: float
    """When the process's own loop came round last."""
    within: float = WITHIN
    """In how many seconds it has to come round again; later it is hung."""
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
        """What fails or takes long, in one line; empty: nothing."""
        silent = self.at - self.progress
        slow = [no_progress(silent, self.doing)] if silent > SLOW else []
        return "; ".join([*(f"{name}: {reason}" for name, reason in self.failing.items()), *slow])


def no_progress(seconds: float, doing: str = "") -> str:
    """How a process that stands still is told."""
    return f"no sign of progress for {seconds:.0f} s" + (f" (while {doing})" if doing else "")


def illness(beat: Beat | None, now: float) -> str:
    """What is wrong with a process that left this sign of life, at `now` of the monotonic clock; empty: nothing."""
    if beat is None:
        return "no sign of life yet"
    if now - beat.at > SILENT:
        return f"hung: {no_progress(now - beat.at, beat.doing)}"
    if beat.stuck:
        return f"hung: {beat.stuck}"
    return f"failing: {beat.trouble}" if beat.trouble else ""
