"""What the supervisor runs, as data."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

from funnel.stack.ports import LOOPBACK


class Child(BaseModel):
    """One process of the stack. Durations are in seconds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    command: tuple[str, ...]
    ready: Literal["kafka", "http", "line", "exit"]
    """When others may rely on it: the broker on `port` answers; `port` answers GET `path` with a good status; it has
    printed a line that begins with "ready"; it has ended with exit status 0 (a task, not a server)."""
    port: int | None = None
    """The port on which it listens."""
    host: str = LOOPBACK
    """The address at which it is asked."""
    path: str = "/ping"
    """What is asked of one that is ready by "http"."""
    needs: tuple[str, ...] = ()
    """Names of those that must be ready before it starts. They stand before it in the plan."""
    fills_disk: bool = False
    """Whether it is stopped while too little is free on the disk (funnel/stack/disk.py)."""
    pausable: bool = False
    """Whether it is stopped while `funnel rebuild` works."""
    start_seconds: float = 120
    """How long it may take to be ready before it is killed and started again."""
    stop_seconds: float = 20
    """How long it may take to end before it is killed."""
    heartbeat: bool = False
    """It leaves a sign of life in the file that FUNNEL_HEARTBEAT names (process/heartbeat.py)."""
    hung_seconds: float = 10
    """How long it may be hung before it is killed and started again."""
    secrets: tuple[str, ...] = ()
    """The environment variables with secrets that it gets, `*` for any ending; it gets no other secret."""


class Plan(BaseModel):
    """The children in the order of their start."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    children: tuple[Child, ...]
    disk_reserve_mb: int = 0
    """What has to stay free on the disks of the data folder; 0: no look is taken."""
