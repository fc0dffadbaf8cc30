"""The macros that the ClickHouse data source 4.20 expands in its back end (pkg/macros/macros.go). Pure.

Inner macros are expanded before outer ones. Macros in comments are ignored, as in the data source.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

_TOKEN = re.compile(r"'(?:\\.|''|[^'\\])*'|--[^\n]*|/\*.*?\*/", re.DOTALL)
"""A text or a comment; a comment's start within a text does not count."""
_NAME = re.compile(r"\$__(\w+)")
_STEP = re.compile(r"'(?:\\.|''|[^'\\])*'|[(),]")
"""The tokens of arguments: texts (whose brackets and commas do not count), brackets and commas."""
_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h)")
_SECONDS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600}


@dataclass(frozen=True, slots=True)
class Span:
    """The time range of a query and the width of its buckets, ms (since 1970 UTC)."""

    begin: int
    end: int
    interval: int = 60_000


def expand_macros(text: str, span: Span) -> str:
    """The text with every macro expanded. Raises ValueError for a macro unknown to the data source."""
    text = _TOKEN.sub(lambda found: found[0] if found[0].startswith("'") else " ", text)
    # The last one first: a macro within another's arguments comes after it.
    while (at := text.rfind("$__")) != -1:
        found = _NAME.match(text, at)
        if found is None:
            raise ValueError(f"stays unexpanded: {text[at : at + 40]}")
        expansion, end = _expanded(found[1], text, found.end(), span)
        text = text[:at] + expansion + text[end:]
    return text


def _expanded(name: str, text: str, end: int, span: Span) -> tuple[str, int]:
    """The macro's expansion, and where the macro ends, including its arguments; `end`: the end of its name."""
    if name in _BARE:
        return _BARE[name](span), end
    if name not in _CALLED:
        raise ValueError(f"$__{name} is no macro of the ClickHouse data source 4.20")
    number, expansion = _CALLED[name]
    found, end = _arguments(text, end)
    if len(found) != number:
        raise ValueError(f"the macro $__{name} takes {number} argument{'s' if number > 1 else ''} in brackets")
    return expansion(span, *found), end


def _arguments(text: str, start: int) -> tuple[list[str], int]:
    """The arguments of the call whose bracket may open at `start`, and where it ends. No bracket: no arguments."""
    if text[start : start + 1] != "(":
        return [], start
    found, depth, begin = [], 0, start + 1
    for step in _STEP.finditer(text, start):
        depth += {"(": 1, ")": -1}.get(step[0], 0)
        if depth == 0 or (depth == 1 and step[0] == ","):
            found.append(text[begin : step.start()].strip())
            begin = step.end()
        if depth == 0:
            return ([] if found == [""] else found), step.end()
    raise ValueError(f"a bracket is not closed: {text[start : start + 40]}")


def _second(at: int) -> str:
    return f"toDateTime({at // 1000})"


def _milli(at: int) -> str:
    return f"fromUnixTimestamp64Milli({at})"


def _day(at: int) -> str:
    # The plugin writes the day of its own process's time zone, which is UTC in a container.
    return f"toDate('{datetime.fromtimestamp(at / 1000, UTC):%Y-%m-%d}')"


def _between(form: Callable[[int], str], column: str, span: Span) -> str:
    return f"{column} >= {form(span.begin)} AND {column} <= {form(span.end)}"


def _interval_s(span: Span) -> int:
    return max(span.interval // 1000, 1)


def _time_group(_: Span, column: str, period: str) -> str:
    text = period.strip("'\"")
    if not re.fullmatch(rf"(?:{_DURATION.pattern})+", text):
        raise ValueError(f"$__timeGroup: {text} is no length such as 5m or 1h")
    seconds = round(sum(float(number) * _SECONDS[unit] for number, unit in _DURATION.findall(text)))
    if seconds <= 0:
        raise ValueError(f"$__timeGroup: {text} is shorter than a second")
    return f"toStartOfInterval(toDateTime({column}), INTERVAL {seconds} second)"


def _date_time_filter(span: Span, date: str, time: str) -> str:
    return f"({_between(_day, date, span)}) AND ({_between(_second, time, span)})"


_BARE: dict[str, Callable[[Span], str]] = {
    "fromTime": lambda span: _second(span.begin),
    "toTime": lambda span: _second(span.end),
    "fromTime_ms": lambda span: _milli(span.begin),
    "toTime_ms": lambda span: _milli(span.end),
    "interval_s": lambda span: str(_interval_s(span)),
}
_CALLED: dict[str, tuple[int, Callable[..., str]]] = {
    "timeFilter": (1, lambda span, column: _between(_second, column, span)),
    "timeFilter_ms": (1, lambda span, column: _between(_milli, column, span)),
    "dateFilter": (1, lambda span, column: _between(_day, column, span)),
    "dateTimeFilter": (2, _date_time_filter),
    "dt": (2, _date_time_filter),
    "timeFrom": (1, lambda span, column: f"{column} >= {_second(span.begin)}"),
    "timeTo": (1, lambda span, column: f"{column} <= {_second(span.end)}"),
    "timeInterval": (
        1,
        lambda span, column: f"toStartOfInterval(toDateTime({column}), INTERVAL {_interval_s(span)} second)",
    ),
    "timeInterval_ms": (
        1,
        lambda span, column: (
            f"toStartOfInterval(toDateTime64({column}, 3), INTERVAL {max(span.interval, 1)} millisecond)"
        ),
    ),
    "timeGroup": (2, _time_group),
}
