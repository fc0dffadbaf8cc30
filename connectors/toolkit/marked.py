"""YAML text -> plain values with their lines, checked against a model; errors name file and line. Pure.

Every scalar stays text as written: a region `NO` is no boolean and a tag `007` no number.
"""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar, get_args

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from contract.faults import in_words

MOST_CHARACTERS = 2_000_000
"""The largest size of one file."""

_KEYS_EXPECTED = "keys are expected, such as `key: value`"
_EXPECTED = {
    "string_type": "one text is expected",
    "list_type": "a list is expected; begin each entry with a dash",
    "tuple_type": "a list is expected; begin each entry with a dash",
    "dict_type": _KEYS_EXPECTED,
    "model_type": _KEYS_EXPECTED,
}
"""Our texts for pydantic's types of errors."""

Path = tuple[str | int, ...]
"""Where in the file: keys and positions in lists, from the outside in."""


class FileError(Exception):
    """A file that people write cannot be used. One line for each fault: `file:line: what, and what to do`."""

    @property
    def in_one_line(self) -> str:
        """The first fault, and how many follow, where there is room for only one line."""
        first, *more = str(self).split("\n")
        return f"{first} (and {len(more)} more)" if more else first


class RuleError(FileError):
    """A rule of a valid file turns out to be unusable."""

    def __init__(self, place: "Place", what: str) -> None:
        super().__init__(_fault(place, what))
        self.file = place.file


class Model(BaseModel):
    """A part of a file: unknown keys are errors, texts are trimmed."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class FileModel(Model):
    """A whole file. A key with nothing under it, such as with all its lines commented out, counts as missing."""

    @model_validator(mode="before")
    @classmethod
    def _without_empty(cls, values: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in values.items() if value is not None or name not in cls.model_fields}


Found = TypeVar("Found", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Place:
    """A line of a file."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class Marked:
    """The values of a file, and the line on which each begins."""

    file: str
    values: Any
    lines: Mapping[Path, int]

    def place(self, *path: str | int) -> Place:
        """The place of the value; if it is missing, of the nearest value around it.

        Parts that are not in the file are skipped: pydantic adds the member of a union as if it were a level.
        """
        known: Path = ()
        for part in path:
            if (*known, part) in self.lines:
                known = (*known, part)
        return Place(self.file, self.lines.get(known, 1))

    def error(self, path: Path, what: str) -> FileError:
        """An error in one line that names the place."""
        return FileError(_fault(self.place(*path), what))


@dataclass(slots=True)
class _Reading:
    file: str
    lines: dict[Path, int] = field(default_factory=dict)

    def value(self, node: yaml.Node, path: Path) -> Any:
        self.lines.setdefault(path, _line(node))
        if isinstance(node, yaml.ScalarNode):
            return None if node.tag == "tag:yaml.org,2002:null" else node.value
        if isinstance(node, yaml.SequenceNode):
            return [self.value(one, (*path, place)) for place, one in enumerate(node.value)]
        assert isinstance(node, yaml.MappingNode)
        values: dict[str, Any] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise FileError(_fault(Place(self.file, _line(key)), "a key is plain text"))
            if key.value in values:
                what = f"{key.value} is set twice; leave one out"
                raise FileError(_fault(Place(self.file, _line(key)), what))
            self.lines[*path, key.value] = _line(key)
            values[key.value] = self.value(value, (*path, key.value))
        return values


def read(text: str, file: str) -> Marked:
    """The values of a YAML file; an empty mapping for an empty file. Raises FileError."""
    if len(text) > MOST_CHARACTERS:
        raise FileError(f"{file}:1: longer than {MOST_CHARACTERS:,} characters")
    try:
        _refuse_aliases(text, file)
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        raise FileError(_unreadable(error, file)) from error
    except (ValueError, OverflowError) as error:
        raise FileError(f"{file}:1: no valid YAML: there is no such character") from error
    except RecursionError as error:
        raise FileError(f"{file}:1: lists within lists without end") from error
    reading = _Reading(file)
    values = None if root is None else reading.value(root, ())
    if values is None:
        return Marked(file, {}, {})
    if not isinstance(values, dict):
        raise FileError(f"{file}:{reading.lines[()]}: {_KEYS_EXPECTED}")
    return Marked(file, values, reading.lines)


def check(marked: Marked, model: type[Found]) -> Found:
    """The file as the model. Raises FileError with a line for each fault."""
    try:
        return model.model_validate(marked.values)
    except ValidationError as error:
        faults = error.errors(include_url=False, include_context=False)
        said = [_fault(marked.place(*fault["loc"]), _explained(fault, model)) for fault in faults]
        raise FileError("\n".join(dict.fromkeys(said))) from error


def near(name: str, known: Sequence[str]) -> str:
    """`did you mean …?`, or the list of known names."""
    close = difflib.get_close_matches(name, known, n=1)
    return f"did you mean {close[0]}?" if close else f"there are: {', '.join(known)}"


def _refuse_aliases(text: str, file: str) -> None:
    """A file that refers to its own parts can be endless, and people who write *python mostly mean the text."""
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        if isinstance(event, yaml.AliasEvent):
            line = event.start_mark.line + 1 if event.start_mark else 1
            what = f'put a text that begins with * into quotes: "*{event.anchor}"; an alias is written out instead'
            raise FileError(_fault(Place(file, line), what))


def _fault(place: Place, what: str) -> str:
    """A fault in one line, though keys and messages may hold line breaks."""
    return f"{place}: {' '.join(what.split())}"


def _explained(fault: Any, model: type[BaseModel]) -> str:
    name = next((str(part) for part in reversed(fault["loc"]) if isinstance(part, str)), "the file")
    if fault["type"] == "extra_forbidden":
        return f"unknown key {name}; {near(name, _keys(model, fault['loc'][:-1]))}"
    if fault["type"] == "missing":
        return f"{name} is missing"
    return f"{name}: {_EXPECTED.get(fault['type']) or in_words(fault)}"


def _keys(model: type[BaseModel], path: Path) -> list[str]:
    """The keys that are allowed at the path."""
    models = [model]
    for part in path:
        fields = [one.model_fields[part] for one in models if part in one.model_fields]
        inner = [found for one in fields for found in _models_in(one.annotation)]
        models = inner or [one for one in models if _is_kind(one, part)] or models
    return list(dict.fromkeys(known.alias or name for one in models for name, known in one.model_fields.items()))


def _is_kind(model: type[BaseModel], part: str | int) -> bool:
    """Whether the part is pydantic's name of this model in a union: the only value of one of its fields."""
    return any(get_args(known.annotation) == (part,) for known in model.model_fields.values())


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    if annotation is None or getattr(annotation, "__origin__", None) is Literal:
        return []
    return [found for one in get_args(annotation) for found in _models_in(one)]


def _unreadable(error: yaml.YAMLError, file: str) -> str:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "it cannot be read"
    return f"{file}:{mark.line + 1 if mark else 1}: no valid YAML: {problem}"


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1 if node.start_mark else 1
