"""The supervisor's report about itself and its children: one JSON file, replaced atomically."""

from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

from pydantic import AwareDatetime, BaseModel, ValidationError

from process.files import write_in_kept_room


class State(StrEnum):
    """The state of a child."""

    WAITING = "waiting"
    """Waiting for the children that it needs."""
    STARTING = "starting"
    READY = "ready"
    FAILING = "failing"
    """It runs, but part of its work fails, or a child that it needs is away."""
    HUNG = "hung"
    """It makes no progress; it will be killed and restarted."""
    DONE = "done"
    """A task that has succeeded."""
    BACKING_OFF = "backing off"
    """It has ended; it will be restarted after a pause."""
    HELD = "held"
    """It has ended and must not be restarted before somebody acts: then funnel down, and funnel up."""
    STOPPED = "stopped"


UNSTEADY = timedelta(hours=1)
"""A child that was restarted within this time is not stable."""
_MOST_RESTARTS = 500
_ROOM = 65_536
"""Bytes reserved for the file on the disk: a dozen children that were each restarted 50 times within the hour."""


class Restart(BaseModel):
    """One unexpected end of a child."""

    at: AwareDatetime
    reason: str


class ChildStatus(BaseModel):
    """The current state of a child. `pid` and `created` (the system's start time) identify its process."""

    name: str
    state: State = State.WAITING
    since: AwareDatetime
    pid: int | None = None
    created: float | None = None
    port: int | None = None
    restarts: int = 0
    failures: int = 0
    """How many times in a row it has failed."""
    trouble: str = ""
    """What is wrong with it now; empty: nothing."""
    error: str = ""
    """Why it last ended: the most telling line of its log."""
    restarted: list[Restart] = []
    """Its restarts of the last hour, newest last."""
    log: Path

    def note_end(self, at: datetime, reason: str) -> None:
        """Records that it ended and will be restarted."""
        self.restarts += 1
        self.error = reason
        self.restarted = [*self.restarted_lately(at), Restart(at=at, reason=reason)][-_MOST_RESTARTS:]

    def restarted_lately(self, now: datetime) -> list[Restart]:
        """Its restarts within the hour before `now`."""
        return [one for one in self.restarted if now - one.at < UNSTEADY]


class StackState(BaseModel):
    """The current state of the whole stack."""

    supervisor: int
    """Pid."""
    children: list[ChildStatus]

    @property
    def is_up(self) -> bool:
        """Whether every child has started, whether healthy or not."""
        return all(child.state in (State.READY, State.DONE, State.FAILING) for child in self.children)


def write_state(path: Path, state: StackState) -> None:
    """Replaces the file atomically, so that readers never see half of it, even on a full disk. Raises OSError."""
    write_in_kept_room(path, state.model_dump_json(indent=2), _ROOM)


def read_state(path: Path) -> StackState | None:
    """The stored state; None if there is no file, or it is not one of ours."""
    try:
        return StackState.model_validate_json(path.read_bytes())
    except (FileNotFoundError, ValidationError):
        return None
