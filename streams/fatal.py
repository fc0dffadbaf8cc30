"""The last line of a process that cannot continue, which tells its starter the reason."""

import sys
import threading

FATAL = "fatal: "
"""The start of the line. The first such line of a run is the reason; later ones of a framework follow from it."""
_said = threading.Event()


def say_fatal(error: BaseException | str) -> None:
    """Prints why this process ends. Only the first call prints."""
    if _said.is_set():
        return
    _said.set()
    reason = error if isinstance(error, str) else root_cause(error)
    # The line break comes first, because a framework may have begun the line with a control sequence (Faust's spinner).
    print(f"\n{FATAL}{reason}", file=sys.__stderr__, flush=True)


def root_cause(error: BaseException) -> str:
    """What went wrong, in one line, also for a group of exceptions."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    said = " ".join(str(error).split())
    if said and type(error).__module__.startswith("streams."):
        return said
    return f"{type(error).__name__}: {said}" if said else type(error).__name__
