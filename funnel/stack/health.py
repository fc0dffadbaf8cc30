"""The state of a running child, from its signs. Pure."""

from collections.abc import Sequence
from typing import NamedTuple

from funnel.stack.state import State
from process.beat import SILENT, Beat, no_progress


class Signs(NamedTuple):
    """What is known about a child that has started."""

    unmet: Sequence[str] = ()
    """What it waits for, such as "kafka (backing off)"."""
    unanswered: float = 0.0
    """Seconds for which it has not answered checks; 0: it answers, or is not checked."""
    trouble: str = ""
    """Its answer, if it reported a problem."""
    silent: float = 0.0
    """Seconds since its last heartbeat; 0 for a child without one."""
    beat: Beat | None = None
    """The last heartbeat."""


def judge(signs: Signs) -> tuple[State, str]:
    """READY, FAILING or HUNG, and why in one line."""
    doing = signs.beat.doing if signs.beat else ""
    if signs.silent > SILENT:
        return State.HUNG, no_progress(signs.silent, doing)
    if signs.beat is not None and signs.beat.stuck:
        return State.HUNG, signs.beat.stuck
    if signs.unanswered > SILENT:
        return State.HUNG, f"no answer for {signs.unanswered:.0f} s"
    if signs.unanswered:
        return State.FAILING, f"no answer for {signs.unanswered:.0f} s"
    waits = f"waiting for {', '.join(signs.unmet)}" if signs.unmet else ""
    reasons = [one for one in (waits, signs.trouble, signs.beat.trouble if signs.beat else "") if one]
    return (State.FAILING, "; ".join(reasons)) if reasons else (State.READY, "")
