"""The last line of a process that cannot continue, which tells its starter the reason."""

import sys
import threading

from process.errors import HELD, HeldError

FATAL = "fatal: "
"""The start of the line. The first such line of a run is the reason; later ones of a framework follow from it."""
_said: list[str] = []
_held = threading.Event()


def say_fatal(error: BaseException | str) -> None:
    """Prints why this process ends. Only the first call prints."""
    if _said:
        return
    if isinstance(error, BaseException) and isinstance(_innermost(error), HeldError):
        _held.set()
    _said.append(error if isinstance(error, str) else root_cause(error))
    # The line break comes first, because a framework may have begun the line with a control sequence (Faust's spinner).
    print(f"\n{FATAL}{reason()}", file=sys.__stderr__, flush=True)


def reason() -> str:
    """Why this process ends, once that was said; else empty."""
    return _said[0] if _said else ""


def exit_status() -> int:
    """That of a process that has said why it ends: HELD where somebody has to act first, else 1."""
    return HELD if _held.is_set() else 1


def root_cause(error: BaseException) -> str:
    """What went wrong, in one line, also for a group of exceptions."""
    error = _innermost(error)
    said = " ".join(str(error).split())
    if said and type(error).__module__.startswith("streams."):
        return said
    return f"{type(error).__name__}: {said}" if said else type(error).__name__


def _innermost(error: BaseException) -> BaseException:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
