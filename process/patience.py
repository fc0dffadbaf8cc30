"""Prints on standard error what a command is waiting for, when that takes long."""

import sys
from contextlib import AbstractContextManager

from process.late import SOON, said_if_late


def waiting_for(what: str, seconds: float = SOON) -> AbstractContextManager[None]:
    """Prints one line if the block takes longer than that: it continues, and funnel status shows more."""
    line = f"funnel: still waiting for {what}; funnel status says how it does"
    return said_if_late(lambda said: print(said, file=sys.stderr, flush=True), line, seconds)
