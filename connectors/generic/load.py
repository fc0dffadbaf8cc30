"""A YAML file about a form service -> its description; an error names file, line and field."""

import re
from dataclasses import replace
from pathlib import Path

from connectors.generic.describe import Description
from connectors.toolkit.io.text_file import text_of
from connectors.toolkit.marked import Marked, check, near, read

READY = Path(__file__).parent / "services"
"""Descriptions of well-known form services, one `<name>.yaml` each."""
_NAME = re.compile(r"[a-z0-9_]{1,40}")
_MERGED = ("fields", "rule_fields", "only", "erasure")


def names(folder: Path) -> list[str]:
    """All form services described there."""
    return sorted(path.stem for path in folder.glob("*.yaml") if _NAME.fullmatch(path.stem))


def load(folder: Path, name: str) -> Description | None:
    """None if there is no such file. Raises FileError."""
    if not _NAME.fullmatch(name):
        return None
    path = folder / f"{name}.yaml"
    text = text_of(path)
    return None if text is None else describe(text, str(path))


def describe(text: str, path: str) -> Description:
    """The description in the text; `path` is shown in errors. Raises FileError."""
    return check(_with_ready(read(text, path)), Description)


def _with_ready(marked: Marked) -> Marked:
    """The file's content, extended by the built-in description that it names, if any."""
    name = marked.values.get("service")
    if name is None:
        return marked
    if name not in names(READY):
        raise marked.error(("service",), f"no description of {name} comes along; {near(str(name), names(READY))}")
    ready = read(text_of(READY / f"{name}.yaml") or "", name).values
    values = {**ready, **marked.values}
    for part in _MERGED:
        own, base = marked.values.get(part), ready.get(part)
        if isinstance(own, dict) and isinstance(base, dict):
            values[part] = {**base, **own}
    return replace(marked, values=values)
