"""Why a child ended, from the end of its log."""

import re
import signal

from process.logs import parsed
from streams.fatal import FATAL

_LONGEST = 500
_TELLING = re.compile(rb"error|exception|fatal|cannot|could not|failed|refused", re.IGNORECASE)
_NOISE = re.compile(
    rb"""
    ^\s+at\s                                     # Java's frames
    | crash!\s.*(?:reraising|restarting)         # mode: says that something ended, never why
    | ^\s*(?:[|+]\s*)*(?:File\s".*",\sline\s\d|Traceback\s\(|During\shandling|The\sabove\sexception)
    | ^\s*(?:[|+]\s*)*[-^~|+]*\s*$               # frames around and below groups of exceptions
    | ^\s*(?:[|+]\s*)*(?:\+\s)?(?:Exception\sGroup\sTraceback|ExceptionGroup:|BaseExceptionGroup:)
    """,
    re.IGNORECASE | re.VERBOSE,
)


def words(lines: list[bytes], code: int) -> str:
    """The first fatal line, else the last line with an error, else the last line, else how it ended.

    Pure.
    """
    ended = f"ended by {signal.Signals(-code).name}" if code < 0 else f"ended with exit status {code}"
    lines = [line for line in map(_said, lines) if line.strip() and not _NOISE.search(line)]
    fatal = [line.removeprefix(FATAL.encode()) for line in lines if line.startswith(FATAL.encode())]
    telling = fatal[:1] or [line for line in lines if _TELLING.search(line)] or lines
    if not telling or (code < 0 and not fatal):
        return ended
    said = telling[-1].lstrip(b" |").decode(errors="replace").strip().removeprefix("Caused by: ")
    return f"{said[:_LONGEST]} ({ended})"


def _said(line: bytes) -> bytes:
    """What a line says: its message, if it is one of our logs."""
    said = parsed(line)
    return line if said is None else f"{said['level'].upper()}: {said['message']}".encode()
