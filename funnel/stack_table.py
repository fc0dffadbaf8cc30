"""What `funnel status` prints. Pure."""

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from funnel.stack.state import ChildStatus, State

_STYLES = {State.READY: "green", State.DONE: "dim", State.BACKING_OFF: "red", State.STOPPED: "dim"}


def stack_table(children: Sequence[ChildStatus]) -> Table:
    """One line a process of the local stack."""
    drawn = Table(header_style="bold")
    for label in ("Process", "State", "Since (UTC)", "Pid", "Port", "Restarts", "Log", "Last error"):
        drawn.add_column(label, overflow="fold")
    for child in children:
        drawn.add_row(
            child.name,
            Text(child.state, _STYLES.get(child.state, "yellow")),
            f"{child.since:%Y-%m-%d %H:%M:%S}",
            *("" if number is None else str(number) for number in (child.pid, child.port)),
            str(child.restarts),
            str(child.log),
            Text(child.error),
        )
    return drawn


def all_run(children: Sequence[ChildStatus]) -> bool:
    """Whether there is a stack and each process of it can be relied on."""
    return bool(children) and all(child.state in (State.READY, State.DONE) for child in children)
