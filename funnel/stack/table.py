"""The output of `funnel status`. Pure."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TypeAlias

from rich import box
from rich.table import Table
from rich.text import Text

from funnel.stack.state import ChildStatus, Restart, State

Json: TypeAlias = dict[str, float | None]
_STYLES = {State.READY: "green", State.DONE: "dim", State.STOPPED: "dim"}
_WIDE = 110
_BAD = (State.BACKING_OFF, State.FAILING, State.HUNG, State.HELD)


def stack_table(children: Sequence[ChildStatus], now: datetime, width: int = _WIDE) -> Table:
    """One line per process of the local stack, as of `now`, for a terminal of `width` columns.

    A narrow one leaves out the year, and what is wrong, which `problems` also lists.
    """
    drawn = Table(header_style="bold", box=box.HORIZONTALS, padding=(0, 1, 0, 0), pad_edge=False)
    labels = ("Process", "State", "Since (UTC)", "Pid", "Port", "Restarts\n(last hour)", "What is wrong")
    wide = width >= _WIDE and any(child.trouble for child in children)
    for label in labels if wide else labels[:-1]:
        drawn.add_column(label, overflow="fold", no_wrap=label != labels[-1])
    for child in children:
        drawn.add_row(
            child.name,
            Text(child.state, "red" if child.state in _BAD else _STYLES.get(child.state, "yellow")),
            f"{child.since:{'%Y-%m-%d' if width >= _WIDE else '%d %b'} %H:%M:%S}",
            *("" if number is None else str(number) for number in (child.pid, child.port)),
            f"{child.restarts} ({len(child.restarted_lately(now))})" if child.restarts else "0",
            *([Text(child.trouble)] if wide else []),
        )
    return drawn


def problems(children: Sequence[ChildStatus], supervisor: str, now: datetime) -> list[str]:
    """Why the stack is not healthy, one line each; empty: it is. `supervisor`: what is wrong with the supervisor."""
    # Without a supervisor, a stopped child was stopped together with all others.
    bad = [one for one in children if _bad(one) and not (supervisor and one.state is State.STOPPED)]
    alike: dict[tuple[State, str], list[str]] = {}
    for one in bad:
        alike.setdefault((one.state, one.trouble), []).append(one.name)
    found = [_stands(names, state, trouble) for (state, trouble), names in alike.items()]
    if supervisor:
        found.append(supervisor)
    return found + [_restarted(child, lately) for child in children if (lately := child.restarted_lately(now))]


def stack_json(
    children: Sequence[ChildStatus],
    found: Sequence[str],
    dashboards: str,
    now: datetime,
    probe: Json | None = None,
    polls: Sequence[Mapping[str, object]] = (),
) -> str:
    """Everything as JSON for programs: `healthy` corresponds to the exit status."""
    said = {
        "healthy": not found,
        "at": now.isoformat(timespec="seconds"),
        "problems": list(found),
        "dashboards": dashboards,
        "probe": probe,
        "polls": list(polls),
        "children": [
            child.model_dump(mode="json") | {"restarts_last_hour": len(child.restarted_lately(now))}
            for child in children
        ],
    }
    return json.dumps(said, indent=2)


def _stands(names: Sequence[str], state: State, trouble: str) -> str:
    subject = f"{names[0]} is" if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]} are"
    # Some reasons begin with the state, such as "waiting for kafka (stopped)".
    said = trouble if trouble.startswith(state) else f"{state}: {trouble}" if trouble else state
    return f"{subject} {said}"


def _restarted(child: ChildStatus, lately: Sequence[Restart]) -> str:
    times = {1: "once", 2: "twice"}.get(len(lately), f"{len(lately)} times")
    last = f"{'' if len(lately) == 1 else 'last '}at {lately[-1].at:%H:%M:%S} UTC"
    why = f" ({lately[-1].reason})" if lately[-1].reason != child.trouble else ""
    now = "; it is ready again" if child.state is State.READY else ""
    return f"{child.name} was restarted {times} in the last hour, {last}{why}{now}"


def _bad(child: ChildStatus) -> bool:
    return child.state not in (State.READY, State.DONE)
