"""Replaces a dashboard's variables in a query like Grafana's browser side (format registry of its scenes). Pure."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote

ALL = ["$__all"]
"""The value of a variable with All chosen."""

Value = str | list[str]
"""The choice: a text, or a list for multiple selection."""

_CONDITIONAL = "$__conditionalAll("
_USE = re.compile(r"\$\{(?!__)(\w+)(?::(\w+))?\}|\$(?!__)(\w+)")
_NAMED = re.compile(r"(?<=\$\{)\w+(?=\})|(?<=\$)\w+")


@dataclass(frozen=True, slots=True)
class Chosen:
    """The values of a dashboard's variables."""

    values: Mapping[str, Value]
    every: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """For a variable with All chosen: all its values."""
    all_values: Mapping[str, str] = field(default_factory=dict)
    """For a variable that has one: its custom value for All, verbatim."""


def write_variables(text: str, chosen: Chosen) -> str:
    """The text with every variable replaced. Raises ValueError if one would reach the server."""

    def written(use: re.Match[str]) -> str:
        name, form = use[1] or use[3], use[2]
        if name not in chosen.values:
            raise ValueError(f"the dashboard has no variable {name}")
        value = chosen.values[name]
        if value in (ALL, ALL[0]):
            if form == "queryparam":
                # In a URL, All stays All.
                return formatted(name, ALL[0], form)
            if name in chosen.all_values:
                return chosen.all_values[name]
            if name not in chosen.every:
                raise ValueError(f"{name}: All reaches the query; put it into $__conditionalAll")
            value = list(chosen.every[name])
        return formatted(name, value, form)

    return _USE.sub(written, _conditional_all(text, chosen.values))


def formatted(name: str, value: Value, form: str | None) -> str:
    """One value in one of Grafana's formats. Raises ValueError for an unknown format."""
    if form is None:
        # The data source's own format: nothing is escaped, a single text is not quoted.
        return value if isinstance(value, str) else ",".join(f"'{one}'" for one in value)
    if form not in _FORMS:
        raise ValueError(f"${{{name}:{form}}}: this form is not one of {', '.join(_FORMS)}")
    return _FORMS[form](name, value)


def _conditional_all(text: str, values: Mapping[str, Value]) -> str:
    """The data source's own browser macro: no condition if All or an empty text is chosen."""
    while (at := text.rfind(_CONDITIONAL)) != -1:
        arguments = _arguments(text[at + len(_CONDITIONAL) - 1 :])
        if len(arguments) != 2:
            raise ValueError(f"stays unexpanded: {text[at : at + 80]}")
        condition, name = arguments[0], _NAMED.search(arguments[1].strip())
        if name is not None:
            if name[0] not in values:
                raise ValueError(f"the dashboard has no variable {name[0]}")
            value = values[name[0]]
            if (value if isinstance(value, str) else ",".join(value)) in ("", *ALL):
                condition = "1=1"
        text = text.replace(f"{_CONDITIONAL}{arguments[0]},{arguments[1]})", condition, 1)
    return text


def _arguments(text: str) -> list[str]:
    """The arguments of a call that begins with the first character; it handles brackets but not strings."""
    depth, start, found = 0, 1, []
    for match in re.finditer(r"[(),]", text):
        depth += {"(": 1, ")": -1, ",": 0}[match[0]]
        if match[0] == "," and depth == 1:
            found.append(text[start : match.start()])
            start = match.end()
        if depth == 0:
            return [*found, text[start : match.start()]]
    return []


def _list(value: Value) -> list[str]:
    return [value] if isinstance(value, str) else value


def _joined(separator: str) -> Callable[[str, Value], str]:
    return lambda _, value: separator.join(_list(value))


def _quoted(mark: str, escapes: Mapping[str, str]) -> Callable[[str, Value], str]:
    # Unlike Grafana, which leaves a backslash as it is: it would escape the one before a quote, and end the text there.
    table = str.maketrans({"\\": "\\\\", **escapes})
    return lambda _, value: ",".join(mark + one.translate(table) + mark for one in _list(value))


def _glob(_: str, value: Value) -> str:
    found = _list(value)
    return "{" + ",".join(found) + "}" if len(found) > 1 else ",".join(found)


def _word(name: str, value: Value) -> str:
    """As it is. What is no word would be SQL that the browser sends."""
    words = _list(value)
    if not all(re.fullmatch(r"\w+", one) for one in words):
        raise ValueError(f"${{{name}:raw}} stands for a word only")
    return ",".join(words)


def _query_parameter(name: str, value: Value) -> str:
    return "&".join(f"var-{name}={quote(one, safe='-_.~')}" for one in _list(value))


_FORMS: dict[str, Callable[[str, Value], str]] = {
    "raw": _word,
    "csv": _joined(","),
    "pipe": _joined("|"),
    "glob": _glob,
    "json": lambda _, value: (
        value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    ),
    "singlequote": _quoted("'", {"'": "\\'"}),
    "doublequote": _quoted('"', {'"': '\\"'}),
    "sqlstring": _quoted("'", {"'": "''", '"': '\\"'}),
    "queryparam": _query_parameter,
}
