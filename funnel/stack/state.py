"""What the supervisor says about itself and its children: one JSON file, replaced as a whole."""

from enum import StrEnum
from pathlib import Path

from pydantic import AwareDatetime, BaseModel, ValidationError

from streams.files import write_atomically


class State(StrEnum):
    """Where a child stands."""

    WAITING = "waiting"
    """For those that it needs."""
    STARTING = "starting"
    READY = "ready"
    DONE = "done"
    """A task that has ended well."""
    BACKING_OFF = "backing off"
    """It has ended; it will be started again after a pause."""
    STOPPED = "stopped"


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
    error: str = ""
    """The line of its log that says best why it ended last."""
    log: Path


class StackState(BaseModel):
    """The whole stack as it stands."""

    supervisor: int
    """Pid."""
    children: list[ChildStatus]

    @property
    def is_ready(self) -> bool:
        """Whether every child can be relied on."""
        return all(child.state in (State.READY, State.DONE) for child in self.children)


def write_state(path: Path, state: StackState) -> None:
    """Replaces the file as a whole, so that a reader never sees half of it. Raises OSError."""
    write_atomically(path, state.model_dump_json(indent=2))


def read_state(path: Path) -> StackState | None:
    """What the file says; None if there is none, or it is not one of ours."""
    try:
        return StackState.model_validate_json(path.read_bytes())
    except (FileNotFoundError, ValidationError):
        return None
