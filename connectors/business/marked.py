"""YAML text -> plain values that know their line, checked against a model; errors name file and line. Pure.

Every scalar stays the text that was written: a region `NO` is no boolean and a tag `007` no number.
"""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar, get_args

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

MOST_CHARACTERS = 2_000_000
"""Of one file."""

Path = tuple[str | int, ...]
"""Where in the file: keys and places in lists, from the outside in."""


class BusinessError(Exception):
    """A file of the business cannot be used. The text is one line for each fault: `file:line: what, and what to do`."""


class Model(BaseModel):
    """What stands in a file: unknown keys are errors, texts are trimmed."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class FileModel(Model):
    """A whole file. A key with nothing under it, all its lines commented out, says nothing."""

    @model_validator(mode="before")
    @classmethod
    def _without_empty(cls, values: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in values.items() if value is not None or name not in cls.model_fields}


Found = TypeVar("Found", bound=Model)


@dataclass(frozen=True, slots=True)
class Place:
    """A line of a file."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class Marked:
    """The values of a file, and on which line each begins."""

    file: str
    values: Any
    lines: Mapping[Path, int]

    def place(self, *path: str | int) -> Place:
        """Where the value stands; of one that is not there, the nearest around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return Place(self.file, self.lines.get(path, 1))

    def error(self, path: Path, what: str) -> BusinessError:
        """One line that names the place."""
        return BusinessError(f"{self.place(*path)}: {what}")


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
                raise BusinessError(f"{self.file}:{_line(key)}: a key is plain text")
            if key.value in values:
                raise BusinessError(f"{self.file}:{_line(key)}: {key.value} stands here a second time")
            self.lines[*path, key.value] = _line(key)
            values[key.value] = self.value(value, (*path, key.value))
        return values


def read(text: str, file: str) -> Marked:
    """The values of a YAML file; of an empty one, an empty mapping. Raises BusinessError."""
    if len(text) > MOST_CHARACTERS:
        raise BusinessError(f"{file}:1: longer than {MOST_CHARACTERS:,} characters")
    try:
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            if isinstance(event, yaml.AliasEvent):
                line = event.start_mark.line + 1 if event.start_mark else 1
                raise BusinessError(f'{file}:{line}: a text that begins with * stands in quotes: "*{event.anchor}"')
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        raise BusinessError(_unreadable(error, file)) from error
    except RecursionError as error:
        raise BusinessError(f"{file}:1: lists within lists without end") from error
    if root is None:
        return Marked(file, {}, {})
    reading = _Reading(file)
    values = reading.value(root, ())
    if not isinstance(values, dict):
        raise BusinessError(f"{file}:{_line(root)}: keys are expected, such as `rules:`")
    return Marked(file, values, reading.lines)


def check(marked: Marked, model: type[Found]) -> Found:
    """The file as the model. Raises BusinessError with a line for each fault."""
    try:
        return model.model_validate(marked.values)
    except ValidationError as error:
        faults = error.errors(include_url=False, include_context=False)
        said = [f"{marked.place(*fault['loc'])}: {_explained(fault, model)}" for fault in faults]
        raise BusinessError("\n".join(dict.fromkeys(said))) from error


def near(name: str, known: Sequence[str]) -> str:
    """` Did you mean …?`, or what there is."""
    close = difflib.get_close_matches(name, known, n=1)
    return f"did you mean {close[0]}?" if close else f"there are: {', '.join(known)}"


def _explained(fault: Any, model: type[BaseModel]) -> str:
    name = next((str(part) for part in reversed(fault["loc"]) if isinstance(part, str)), "the file")
    if fault["type"] == "extra_forbidden":
        return f"unknown key {name}; {near(name, _keys(model, fault['loc'][:-1]))}"
    if fault["type"] == "missing":
        return f"{name} is missing"
    if fault["type"] == "value_error":
        return f"{name}: {fault['msg'].removeprefix('Value error, ')}"
    return f"{name}: {fault['msg'][:1].lower()}{fault['msg'][1:]}"


def _keys(model: type[BaseModel], path: Path) -> list[str]:
    """The keys that may stand at the path."""
    for part in path:
        if not isinstance(part, str):
            continue
        known = model.model_fields.get(part)
        inner = _model_in(known.annotation) if known else None
        model = inner or model
    return [known.alias or name for name, known in model.model_fields.items()]


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    if annotation is None or getattr(annotation, "__origin__", None) is Literal:
        return None
    return next((found for one in get_args(annotation) if (found := _model_in(one))), None)


def _unreadable(error: yaml.YAMLError, file: str) -> str:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "not YAML"
    return f"{file}:{mark.line + 1 if mark else 1}: cannot be read: {problem}"


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1 if node.start_mark else 1
