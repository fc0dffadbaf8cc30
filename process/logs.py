"""The logs of our processes: a line an event of importance, JSON where standard error is no terminal (docs/logs.md).

Nothing personal enters a line: of an exception its type and where it was raised, never its text, which may quote input.
"""

import logging
import logging.config
import os
import sys
import traceback
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import orjson

VARIABLE = "FUNNEL_LOG_LEVEL"
"""The environment variable with the least level that is written: debug, info (the default), warning or error."""
NAMED = "FUNNEL_PROCESS"
"""The environment variable with the name that `funnel status` has for this process, such as worker-1."""
OURS = ("alerts", "clickhouse", "connectors", "funnel", "grafana", "process", "streams", "supervisor")
"""The loggers of our own. Of libraries, only warnings are written."""
_LEVELS = ("debug", "info", "warning", "error")
_KNOWN = {*vars(logging.makeLogRecord({})), "message", "asctime", "taskName", "data", "color_message"}
"""The fields of every record; others are ours."""
_FRAMES = 12


class JsonLines(logging.Formatter):
    """One JSON object a line."""

    def __init__(self, process: str) -> None:
        super().__init__()
        self._process = process

    def format(self, record: logging.LogRecord) -> str:
        """`time` (RFC 3339, UTC), `level`, `process`, `logger`, `message`, and what the line says besides."""
        line: dict[str, Any] = {
            "time": _time(record).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "process": self._process,
            "logger": record.name,
            "message": _message(record),
            **_more(record),
        }
        return orjson.dumps(line, default=str, option=orjson.OPT_NON_STR_KEYS).decode()


class Text(logging.Formatter):
    """The same for people."""

    def format(self, record: logging.LogRecord) -> str:
        """Time of day, level, message, and the rest."""
        more = "".join(f" {name}={value}" for name, value in _more(record).items())
        return f"{_time(record):%H:%M:%S} {record.levelname:<7} {_message(record)}{more}"


def logging_config(process: str) -> dict[str, Any]:
    """What logging.config.dictConfig takes. `process`: what this one is, such as worker."""
    level = os.environ.get(VARIABLE, "info").lower()
    name = os.environ.get(NAMED, process)
    known = level if level in _LEVELS else "info"
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": Text} if sys.stderr.isatty() else {"()": JsonLines, "process": name}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"level": "WARNING", "handlers": ["stderr"]},
        "loggers": {
            **{name: {"level": known.upper()} for name in OURS},
            # They come with the framework, which tells each step of a start.
            "streams.transport": {"level": "WARNING"},
            # Its errors are logged in our own words.
            "kafka": {"level": logging.CRITICAL + 1},
        },
    }


def log_to_stderr(process: str) -> None:
    """Sets up the logs of this process."""
    logging.config.dictConfig(logging_config(process))
    if (level := os.environ.get(VARIABLE, "info")).lower() not in _LEVELS:
        logging.getLogger(__name__).warning("%s=%s is none of %s: info holds", VARIABLE, level, ", ".join(_LEVELS))


def follow(log: logging.Logger, stage: str, event_ids: Iterable[str]) -> None:
    """A line for each event that reaches the stage, at debug only: an id can be followed through all stages."""
    if log.isEnabledFor(logging.DEBUG):
        for one in event_ids:
            log.debug("%s", stage, extra={"event_id": one})


def as_text(line: bytes) -> str:
    """A line of a log for people: one of ours in words, any other as it is."""
    said = parsed(line)
    if said is None:
        return line.decode(errors="replace").rstrip()
    more = "".join(
        f" {name}={value}"
        for name, value in said.items()
        if name not in ("time", "level", "process", "logger", "message")
    )
    return f"{said['time']} {said['level'].upper():<7} {said['message']}{more}"


def parsed(line: bytes) -> dict[str, Any] | None:
    """What a line of ours says; None: it is not one of JsonLines."""
    if not line.startswith(b"{"):
        return None
    try:
        said = orjson.loads(line)
    except orjson.JSONDecodeError:
        return None
    return said if isinstance(said, dict) and {"time", "level", "message"} <= said.keys() else None


def _time(record: logging.LogRecord) -> datetime:
    return datetime.fromtimestamp(record.created, UTC)


def _message(record: logging.LogRecord) -> str:
    return " ".join(record.getMessage().split())


def _more(record: logging.LogRecord) -> dict[str, Any]:
    more = {name: value for name, value in vars(record).items() if name not in _KNOWN}
    if record.exc_info and record.exc_info[0] is not None:
        frames = traceback.extract_tb(record.exc_info[2])[-_FRAMES:]
        more["error"] = record.exc_info[0].__name__
        more["raised"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
    return more
