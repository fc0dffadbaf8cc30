"""What the last `funnel verify` of this installation found: a file in the data folder, for what passes numbers on."""

import json
from pathlib import Path
from typing import NamedTuple

from process.files import write_atomically

_FILE = "verified.json"


class Verified(NamedTuple):
    """One comparison of every number with the raw events."""

    at: int
    """The moment of the numbers, ms since 1970 UTC."""
    right: bool


def remember(data_dir: Path, found: Verified) -> None:
    """Keeps it if there is such a folder: there is none where only a command runs. Raises OSError."""
    if not data_dir.is_dir():
        return
    write_atomically(data_dir / _FILE, json.dumps(found._asdict()), mode=0o600)


def last_verified(data_dir: Path) -> Verified | None:
    """None: nobody has verified here, or the file is unreadable."""
    try:
        said = json.loads((data_dir / _FILE).read_text())
        return Verified(int(said["at"]), said["right"] is True)
    except (OSError, ValueError, KeyError, TypeError):
        return None
