"""Expands a query of a dashboard as Grafana and its ClickHouse data source 4.20 do, before it reaches the server.

In their order: $__conditionalAll and the dashboard's variables in the browser (CHDatasource.applyTemplateVariables,
scenes' format registry), then the time macros in the backend (pkg/macros).
"""

import re
from collections.abc import Mapping

ALL = ["$__all"]
"""The value of a variable where All is chosen."""

_CONDITIONAL = "$__conditionalAll("
_VARIABLE = re.compile(r"\$\{(\w+)(?::(\w+))?\}|\$(?!__)(\w+)")
_MACRO = re.compile(r"\$__(\w+)(?:\(([^()]*)\))?")


def expand(raw_sql: str, variables: Mapping[str, list[str]], begin_ms: int, end_ms: int) -> str:
    """The statement that the server gets. Raises ValueError for what would reach it unexpanded."""
    return _macros(_variables(_conditional_all(raw_sql, variables), variables), begin_ms, end_ms)


def _conditional_all(text: str, variables: Mapping[str, list[str]]) -> str:
    while (at := text.rfind(_CONDITIONAL)) != -1:
        arguments = _arguments(text[at + len(_CONDITIONAL) - 1 :])
        if len(arguments) != 2:
            raise ValueError(f"stays unexpanded: {text[at : at + 80]}")
        condition, name = arguments[0], re.search(r"(?<=\$\{)\w+(?=\})|(?<=\$)\w+", arguments[1].strip())
        if name is not None and ",".join(variables[name[0]]) in ("", *ALL):
            condition = "1=1"
        text = text.replace(f"{_CONDITIONAL}{arguments[0]},{arguments[1]})", condition, 1)
    return text


def _arguments(text: str) -> list[str]:
    """The arguments of a call that begins with the first character; it knows brackets but no strings."""
    depth, start, found = 0, 1, []
    for match in re.finditer(r"[(),]", text):
        depth += {"(": 1, ")": -1, ",": 0}[match[0]]
        if match[0] == "," and depth == 1:
            found.append(text[start : match.start()])
            start = match.end()
        if depth == 0:
            return [*found, text[start : match.start()]]
    return []


def _variables(text: str, variables: Mapping[str, list[str]]) -> str:
    def value(match: re.Match[str]) -> str:
        name, form = match[1] or match[3], match[2]
        if name not in variables:
            raise ValueError(f"no variable {name}")
        if variables[name] == ALL:
            raise ValueError(f"{name}: All reaches the query; put it into $__conditionalAll")
        return _formatted(variables[name], form)

    return _VARIABLE.sub(value, text)


def _formatted(values: list[str], form: str | None) -> str:
    if form == "singlequote":
        return ",".join("'" + value.replace("'", "\\'") + "'" for value in values)
    if form is None:
        # The data source's own form: nothing is escaped.
        return ",".join(f"'{value}'" for value in values)
    raise ValueError(f"a form that is not described here: {form}")


def _macros(text: str, begin_ms: int, end_ms: int) -> str:
    def expanded(match: re.Match[str]) -> str:
        name, argument = match[1], match[2] or ""
        begin, end = f"toDateTime({begin_ms // 1000})", f"toDateTime({end_ms // 1000})"
        begin_64, end_64 = f"fromUnixTimestamp64Milli({begin_ms})", f"fromUnixTimestamp64Milli({end_ms})"
        # The ones without an argument leave what follows them alone.
        bare = {"fromTime": begin, "toTime": end, "fromTime_ms": begin_64, "toTime_ms": end_64}
        if name in bare:
            return bare[name] + ("" if match[2] is None else f"({argument})")
        called = {
            "timeFilter": f"{argument} >= {begin} AND {argument} <= {end}",
            "timeFilter_ms": f"{argument} >= {begin_64} AND {argument} <= {end_64}",
        }
        if name not in called or not argument:
            raise ValueError(f"a macro that is not described here: {match[0]}")
        return called[name]

    return _MACRO.sub(expanded, text)
