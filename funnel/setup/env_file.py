"""The text of `.env`: its settings, and the same text with other ones. Pure."""

import re
from collections.abc import Mapping
from io import StringIO

from dotenv import dotenv_values
from dotenv.parser import parse_stream

_PLAIN = re.compile(r"[\w.:/@%+,=-]*", re.ASCII)
_HEADING = "# funnel setup wrote the lines below."


def values_of(text: str) -> dict[str, str]:
    """The settings, as every process of ours reads them."""
    return {name: value for name, value in dotenv_values(stream=StringIO(text)).items() if value}


def with_values(text: str, new: Mapping[str, str]) -> str:
    """The text with these settings, each in the line that set it, else at the end; all other lines as they are.

    Raises ValueError, which names the setting, for a value that could not be read back.
    """
    # As it is read: other characters than line feeds end a line for splitlines, and a value may have several lines.
    lines = [(one.key, one.original.string) for one in parse_stream(StringIO(text))]
    left = {name: value for name, value in new.items() if values_of(text).get(name) != value}
    # The last of two lines with the same name counts.
    for place in reversed(range(len(lines))):
        name, line = lines[place]
        if name in left:
            above = line[: len(line) - len(line.lstrip())].rpartition("\n")
            lines[place] = (name, "".join(above[:2]) + _line(name, left.pop(name)) + "\n")
    changed = "".join(line for _, line in lines)
    if changed and not changed.endswith("\n"):
        changed += "\n"
    if left:
        if f"{_HEADING}\n" not in changed:
            changed += ("" if not changed or changed.endswith("\n\n") else "\n") + f"{_HEADING}\n"
        changed += "".join(f"{_line(name, value)}\n" for name, value in left.items())
    read = values_of(changed)
    for name, value in new.items():
        if read.get(name) != value or not value.isprintable():
            raise ValueError(f"{name} cannot be written into .env: it holds a line break, or ${{…}}")
    return changed


def _line(name: str, value: str) -> str:
    if _PLAIN.fullmatch(value):
        return f"{name}={value}"
    quoted = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"{name}='{quoted}'"
