"""Erasures that have begun and not ended, in the data folder: `funnel doctor` tells of them. Hashes only."""

import json
from collections.abc import Collection
from pathlib import Path
from typing import NamedTuple

from contract.instants import format_instant, parse_instant
from process.files import write_atomically

_FILE = "erasure.json"


class Begun(NamedTuple):
    """The persons whose erasure has not ended."""

    at: int
    """When the first of these runs began, ms since 1970 UTC."""
    hashes: frozenset[str]
    """contract/forgotten.py, of their emails' ids."""


def begun(data_dir: Path) -> Begun | None:
    """None: there is none, as far as is known."""
    try:
        said = json.loads((data_dir / _FILE).read_text())
        return Begun(parse_instant(said["at"]), frozenset(said["forgotten"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def note_begun(data_dir: Path, hashes: Collection[str], at: int) -> Begun | None:
    """Notes that their erasure begins; returns what did not end before. Raises OSError."""
    before = begun(data_dir)
    first = at if before is None else before.at
    _write(data_dir, Begun(first, frozenset(hashes) | (frozenset() if before is None else before.hashes)))
    return before


def note_ended(data_dir: Path, hashes: Collection[str]) -> None:
    """Notes that theirs has ended. Raises OSError."""
    before = begun(data_dir)
    if before is None:
        return
    if left := before.hashes - set(hashes):
        _write(data_dir, before._replace(hashes=left))
    else:
        (data_dir / _FILE).unlink(missing_ok=True)


def _write(data_dir: Path, one: Begun) -> None:
    text = json.dumps({"at": format_instant(one.at), "forgotten": sorted(one.hashes)})
    write_atomically(data_dir / _FILE, text, 0o600)
