"""The text of `.env`: its settings, and the same text with other ones. Pure."""

import re
from collections.abc import Mapping
from io import StringIO

from dotenv import dotenv_values

_SETS = re.compile(r"\s*(?:export\s+)?([A-Za-z_]\w*)\s*=", re.ASCII)
_PLAIN = re.compile(r"[\w.:/@%+,=-]*", re.ASCII)
_HEADING = "# funnel setup wrote the lines below."


def values_of(text: str) -> dict[str, str]:
    """The settings, as every process of ours reads them."""
    return {name: value for name, value in dotenv_values(stream=StringIO(text)).items() if value}


def with_values(text: str, new: Mapping[str, str]) -> str:
    """The text with these settings, each in the line that set it, else at the end; all other lines as they are.

    Raises ValueError, which names the setting, for a value that could not be read back.
    """
    lines = text.splitlines()
    left = {name: value for name, value in new.items() if values_of(text).get(name) != value}
    # The last of two lines with the same name counts.
    for place in reversed(range(len(lines))):
        found = _SETS.match(lines[place])
        if found and found[1] in left:
            lines[place] = _line(found[1], left.pop(found[1]))
    if left:
        if _HEADING not in lines:
            lines += [*([""] if lines and lines[-1].strip() else []), _HEADING]
        lines += [_line(name, value) for name, value in left.items()]
    changed = "\n".join(lines) + "\n" if lines else ""
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
