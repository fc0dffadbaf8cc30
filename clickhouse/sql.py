"""Renders SQL before it is sent: fills in the names (docs/sql.md)."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from clickhouse.template import Fragment, TemplateError, fragment, render
from contract.measures import THRESHOLDS

# The buckets of a stored row.
_OF_THE_BUCKETS: Mapping[str, Fragment] = {"thresholds": lambda _: f"'{THRESHOLDS}'"}
FOLDER = Path(__file__).parent / "fragments"


def rendered(text: str, more: Mapping[str, Fragment] | None = None) -> str:
    """The text with positions and fragments in place of their names.

    `more`: fragments besides those of clickhouse/fragments. Raises TemplateError.
    """
    return render(text, {**fragments(FOLDER), **_OF_THE_BUCKETS, **(more or {})})


@cache
def fragments(folder: Path) -> Mapping[str, Fragment]:
    """Name -> fragment of every file of the folder. Raises TemplateError."""
    found = {}
    for path in sorted(folder.glob("*.sql")):
        name, found[path.stem] = fragment(path.read_text())
        if name != path.stem:
            raise TemplateError(f"{path.name}: its first line calls it {name}")
    return found
