"""A YAML file about a form service -> its description; an error names file, line and field."""

import re
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from connectors.generic.describe import Description

_NAME = re.compile(r"[a-z0-9_]{1,40}")


class DescriptionError(Exception):
    """A file cannot be used. The text is one line: file, line, and what to correct."""


def names(folder: Path) -> list[str]:
    """Of all form services that are described there."""
    return sorted(path.stem for path in folder.glob("*.yaml") if _NAME.fullmatch(path.stem))


def load(folder: Path, name: str) -> Description | None:
    """None if there is no such file. Raises DescriptionError."""
    if not _NAME.fullmatch(name):
        return None
    path = folder / f"{name}.yaml"
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise DescriptionError(f"{path}: cannot be read as text ({type(error).__name__}).") from error
    return describe(text, str(path))


def describe(text: str, path: str) -> Description:
    """The description in the text; `path` is for the errors. Raises DescriptionError."""
    try:
        _refuse_aliases(text, path)
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        said = yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise DescriptionError(f"{path}:{line}: no valid YAML: {error.problem}.") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise DescriptionError(f"{path}:1: no valid YAML ({type(error).__name__}).") from error
    _refuse_repeated_names(root, path)
    try:
        return Description.model_validate(said)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        # pydantic names the kind of protection as if it were a level of the file.
        place = [part for at, part in enumerate(first["loc"]) if not (at == 1 and first["loc"][0] == "protection")]
        what = first["msg"].removeprefix("Value error, ")
        where = ".".join(map(str, place)) or "file"
        raise DescriptionError(f"{path}:{_line_of(root, place)}: {where}: {what}.") from error


def _line_of(node: yaml.Node | None, place: list[Any]) -> int:
    """The line, from 1, of the deepest part of the place that is there."""
    line = node.start_mark.line + 1 if node is not None else 1
    for part in place:
        if isinstance(node, yaml.MappingNode):
            found = next(((key, value) for key, value in node.value if key.value == str(part)), None)
            if found is None:
                break
            line, node = found[0].start_mark.line + 1, found[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            node = node.value[part]
            line = node.start_mark.line + 1
    return line


def _refuse_aliases(text: str, path: str) -> None:
    """A file that refers to parts of itself can be endless; nobody needs that here."""
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        if isinstance(event, yaml.AliasEvent):
            line = event.start_mark.line + 1 if event.start_mark else 1
            raise DescriptionError(f"{path}:{line}: *{event.anchor}: write the value out instead.")


def _refuse_repeated_names(node: yaml.Node | None, path: str) -> None:
    """YAML would let the last of them count without a word."""
    if isinstance(node, yaml.SequenceNode):
        for one in node.value:
            _refuse_repeated_names(one, path)
    if not isinstance(node, yaml.MappingNode):
        return
    seen: set[str] = set()
    for key, value in node.value:
        if str(key.value) in seen:
            raise DescriptionError(f"{path}:{key.start_mark.line + 1}: {key.value}: is said twice.")
        seen.add(str(key.value))
        _refuse_repeated_names(value, path)
