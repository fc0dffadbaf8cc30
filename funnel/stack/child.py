"""The processes that the supervisor runs, as data."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

from funnel.stack.ports import LOOPBACK


class Child(BaseModel):
    """One process of the stack. Durations are in seconds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    command: tuple[str, ...]
    ready: Literal["kafka", "http", "line", "exit"]
    """When it is ready: the broker on `port` answers; `port` answers GET `path` with success; it has printed a line
    that begins with "ready"; it has ended with exit status 0 (a task, not a server)."""
    port: int | None = None
    """The port that it listens on."""
    host: str = LOOPBACK
    """The address to which the check connects."""
    path: str = "/ping"
    """The path of an "http" check."""
    needs: tuple[str, ...] = ()
    """Names of the children that must be ready before it starts. They come before it in the plan."""
    fills_disk: bool = False
    """Whether it is stopped while too little is free on the disk (funnel/stack/disk.py)."""
    pausable: bool = False
    """Whether it is stopped while `funnel rebuild` runs."""
    start_seconds: float = 120
    """How long it may take to be ready before it is killed and restarted."""
    stop_seconds: float = 20
    """How long it may take to stop before it is killed."""
    heartbeat: bool = False
    """Whether it writes a heartbeat to the file that FUNNEL_HEARTBEAT names (process/heartbeat.py)."""
    hung_seconds: float = 10
    """How long it may hang before it is killed and restarted."""
    secrets: tuple[str, ...] = ()
    """The secret environment variables that it gets, `*` for any ending; it gets no other secrets."""


class Plan(BaseModel):
    """The children in the order in which they start."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    children: tuple[Child, ...]
    metrics_port: int = 0
    """Where the supervisor shows the metrics of all; 0: nowhere."""
    disk_reserve_mb: int = 0
    """MB that have to stay free on the disks of the data folder; 0: not checked."""
