"""What the supervisor says about itself and its children: one JSON file, replaced as a whole."""

from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

from pydantic import AwareDatetime, BaseModel, ValidationError

from process.files import write_in_kept_room


class State(StrEnum):
    """Where a child stands."""

    WAITING = "waiting"
    """For those that it needs."""
    STARTING = "starting"
    READY = "ready"
    FAILING = "failing"
    """It runs, but something that it does fails, or what it needs is away."""
    HUNG = "hung"
    """It gives no sign of progress; it will be killed and started again."""
    DONE = "done"
    """A task that has ended well."""
    BACKING_OFF = "backing off"
    """It has ended; it will be started again after a pause."""
    HELD = "held"
    """It has ended and must not be started again before somebody has acted: then funnel down, and funnel up."""
    STOPPED = "stopped"


UNSTEADY = timedelta(hours=1)
"""A child that was started again within it is not steady."""
_MOST_RESTARTS = 500
_ROOM = 65_536
"""Bytes kept for the file on the disk: a dozen children that were started again 50 times within the hour."""


class Restart(BaseModel):
    """One time that a child ended which should not have."""

    at: AwareDatetime
    reason: str


class ChildStatus(BaseModel):
    """One child as it stands. `pid` and `created` (the system's start time of that process) name its process."""

    name: str
    state: State = State.WAITING
    since: AwareDatetime
    pid: int | None = None
    created: float | None = None
    port: int | None = None
    restarts: int = 0
    failures: int = 0
    """How many times it has failed in a row."""
    trouble: str = ""
    """What is wrong with it now; empty: nothing."""
    error: str = ""
    """Why it ended last: the line of its log that says it best."""
    restarted: list[Restart] = []
    """Its ends of the last hour, the newest last."""
    log: Path

    def note_end(self, at: datetime, reason: str) -> None:
        """It ended, and will be started again."""
        self.restarts += 1
        self.error = reason
        self.restarted = [*self.restarted_lately(at), Restart(at=at, reason=reason)][-_MOST_RESTARTS:]

    def restarted_lately(self, now: datetime) -> list[Restart]:
        """Its ends within the hour before."""
        return [one for one in self.restarted if now - one.at < UNSTEADY]


class StackState(BaseModel):
    """The whole stack as it stands."""

    supervisor: int
    """Pid."""
    children: list[ChildStatus]

    @property
    def is_up(self) -> bool:
        """Whether every child has begun its work, however well it does it."""
        return all(child.state in (State.READY, State.DONE, State.FAILING) for child in self.children)


def write_state(path: Path, state: StackState) -> None:
    """Replaces the file as a whole, so that a reader never sees half of it, on a full disk, too. Raises OSError."""
    write_in_kept_room(path, state.model_dump_json(indent=2), _ROOM)


def read_state(path: Path) -> StackState | None:
    """What the file says; None if there is none, or it is not one of ours."""
    try:
        return StackState.model_validate_json(path.read_bytes())
    except (FileNotFoundError, ValidationError):
        return None
