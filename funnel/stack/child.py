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
    start_seconds: float = 120
    """How long it may take to be ready before it is killed and started again."""
    stop_seconds: float = 20
    """How long it may take to end before it is killed."""
    heartbeat: bool = False
    """It leaves a sign of life in the file that FUNNEL_HEARTBEAT names (streams/heartbeat.py)."""
    hung_seconds: float = 10
    """How long it may be hung before it is killed and started again."""


class Plan(BaseModel):
    """The children in the order of their start."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    children: tuple[Child, ...]
