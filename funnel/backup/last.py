"""When this installation was backed up last, in its data folder, for `funnel doctor`."""

import json
from pathlib import Path

from contract.instants import parse_instant
from process.files import write_atomically

_FILE = "last-backup.json"


def note_backup(data_dir: Path, at: str, folder: Path) -> str:
    """Notes that a backup of the moment `at` (RFC 3339) lies in `folder`. Returns why it could not; empty: it did."""
    path = data_dir / _FILE
    try:
        write_atomically(path, json.dumps({"at": at, "folder": str(folder)}), 0o600)
    except OSError as error:
        return f"{path} cannot be written ({error.strerror}): funnel doctor will not know of this backup"
    return ""


def last_backup(data_dir: Path) -> int | None:
    """The moment of the last one, ms since 1970 UTC; None: there is none, as far as is known."""
    try:
        return parse_instant(json.loads((data_dir / _FILE).read_text())["at"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
