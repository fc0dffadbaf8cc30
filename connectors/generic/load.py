"""A YAML file about a form service -> its description; an error names file, line and field."""

import re
from pathlib import Path

from connectors.generic.describe import Description
from connectors.marked import check, read
from connectors.text_file import text_of

_NAME = re.compile(r"[a-z0-9_]{1,40}")


def names(folder: Path) -> list[str]:
    """Of all form services that are described there."""
    return sorted(path.stem for path in folder.glob("*.yaml") if _NAME.fullmatch(path.stem))


def load(folder: Path, name: str) -> Description | None:
    """None if there is no such file. Raises FileError."""
    if not _NAME.fullmatch(name):
        return None
    path = folder / f"{name}.yaml"
    text = text_of(path)
    return None if text is None else describe(text, str(path))


def describe(text: str, path: str) -> Description:
    """The description in the text; `path` is for the errors. Raises FileError."""
    return check(read(text, path), Description)
