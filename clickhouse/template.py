"""The template step of all our SQL, in views, dashboards and Python: docs/sql.md. Pure."""

import re
from collections.abc import Callable, Mapping
from typing import TypeAlias

from clickhouse.positions import EACH, POSITIONS

Fragment: TypeAlias = Callable[[str], str]
"""The text after a fragment's name -> its replacement."""

# {name}, {list.name} or {name arguments}: nested names are filled in from the inside out. {name:Type} is a ClickHouse
# parameter, ${name} a Grafana variable.
_USE = re.compile(r"(?<!\$)\{([a-z]\w*)(?:((?:\.\w+)+)|\s+((?:[^{}]|\{\w+:[^{}]*\})+))?\}")
_LEFT = re.compile(r"(?<!\$)\{[a-z]\w*[\s.}][^\n]*")
_EACH = re.compile(r"\{each (\w+): ")
_HEAD = re.compile(r"-- \{(\w+)([^}]*)\}:(?:.*\n)(?:--.*\n)*")
_PIECE = re.compile(r"'(?:[^'\\]|\\.)*'|.", re.DOTALL)
_DEEPEST = 20


class TemplateError(ValueError):
    """A query uses an unknown name; the message lists the known ones."""


def render(text: str, fragments: Mapping[str, Fragment]) -> str:
    """The text with all names filled in. Raises TemplateError."""
    text = repeated(text)
    for _ in range(_DEEPEST):
        text, used = _USE.subn(lambda use: _filled(use, fragments), text)
        if not used:
            break
    else:
        raise TemplateError(f"fragments name each other in a circle: {text[:80]}")
    if left := _LEFT.search(text):
        raise TemplateError(f"cannot be filled in: {left[0]}")
    return text


def fragment(file: str) -> tuple[str, Fragment]:
    """Name and fragment of a file: its first lines say `-- {name parameter, …}: what it is`, the others are its text.

    Raises TemplateError for any other start.
    """
    head = _HEAD.match(file)
    if head is None:
        raise TemplateError(f"a fragment begins with a line like `-- {{name}}: what it is`, not: {file[:60]}")
    name, text = head[1], repeated(file[head.end() :].strip())
    parameters = [parameter.strip() for parameter in head[2].split(",") if parameter.strip()]
    return name, lambda given: _with(name, text, parameters, given)


def repeated(text: str) -> str:
    """The text with each `{each list: text}` replaced by its text once for each element of the list, separated by
    commas; on lines of their own if it starts its line. Raises TemplateError.
    """
    while found := _EACH.search(text):
        name, end = found[1], _closing(text, found.start())
        if name not in EACH:
            raise TemplateError(f"no list {name} to repeat, as in {found[0]}; there are {', '.join(EACH)}")
        before = text[: found.start()].rpartition("\n")[2]
        between = ", " if before.strip() else f",\n{before}"
        all_of_them = between.join(_with_fields(text[found.end() : end], one) for one in EACH[name])
        text = text[: found.start()] + all_of_them + text[end + 1 :]
    return text


def arguments(given: str, most: int) -> list[str]:
    """The parts between commas outside brackets and quoted texts; the last of `most` parts holds the rest."""
    found, depth = [""], 0
    for piece in _PIECE.findall(given):
        depth += {"(": 1, "[": 1, ")": -1, "]": -1}.get(piece, 0)
        if piece == "," and depth == 0 and len(found) < most:
            found.append("")
        else:
            found[-1] += piece
    return [one.strip() for one in found]


def _closing(text: str, start: int) -> int:
    """The position of the brace that closes the one at the start."""
    depth = 0
    for place in range(start, len(text)):
        depth += {"{": 1, "}": -1}.get(text[place], 0)
        if depth == 0:
            return place
    raise TemplateError(f"cannot be filled in: {text[start : start + 60]}")


def _with_fields(text: str, fields: Mapping[str, str]) -> str:
    return re.sub(r"\{(\w+)\}", lambda use: fields.get(use[1], use[0]), text)


def _filled(use: re.Match[str], fragments: Mapping[str, Fragment]) -> str:
    name, path, given = use.groups()
    if path:
        return str(_position(name, path.strip(".").split(".")))
    if name not in fragments:
        raise TemplateError(f"no fragment {name}, as in {use[0]}; there are {', '.join(sorted(fragments))}")
    return fragments[name](given or "")


def _position(name: str, path: list[str]) -> int:
    if name not in POSITIONS:
        raise TemplateError(f"no list {name} in clickhouse/positions.py; there are {', '.join(POSITIONS)}")
    names = POSITIONS[name]
    if path == ["length"]:
        return len(names)
    if path[-1] not in names or path[:-1] not in ([], ["before"]):
        raise TemplateError(f"no {'.'.join(path)} in {name}; there are {', '.join(names)}")
    return names.index(path[-1]) + (len(path) == 1)


def _with(name: str, text: str, parameters: list[str], given: str) -> str:
    values = arguments(given, len(parameters)) if given.strip() else []
    if len(values) != len(parameters):
        raise TemplateError(
            f"{{{name}}} takes {', '.join(parameters) or 'nothing'}; given: {given.strip() or 'nothing'}"
        )
    return _with_fields(text, dict(zip(parameters, values, strict=True)))
