"""A YAML file about a form service -> its description; an error names file, line and field."""

import re
from pathlib import Path

from connectors.generic.describe import Description
from connectors.marked import FileError, check, read

_NAME = re.compile(r"[a-z0-9_]{1,40}")


def names(folder: Path) -> list[str]:
    """Of all form services that are described there."""
    return sorted(path.stem for path in folder.glob("*.yaml") if _NAME.fullmatch(path.stem))


def load(folder: Path, name: str) -> Description | None:
    """None if there is no such file. Raises FileError."""
    if not _NAME.fullmatch(name):
        return None
    path = folder / f"{name}.yaml"
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise FileError(f"{path}: cannot be read as text ({type(error).__name__}).") from error
    return describe(text, str(path))


def describe(text: str, path: str) -> Description:
    """The description in the text; `path` is for the errors. Raises FileError."""
    return check(read(text, path), Description)
