"""Says on standard error what a command waits for, when that takes long."""

import sys
from contextlib import AbstractContextManager

from process.late import SOON, said_if_late


def waiting_for(what: str, seconds: float = SOON) -> AbstractContextManager[None]:
    """One line if the block takes longer than that: it goes on, and whoever waits may look at funnel status."""
    line = f"funnel: still waiting for {what}; funnel status says how it does"
    return said_if_late(lambda said: print(said, file=sys.stderr, flush=True), line, seconds)
