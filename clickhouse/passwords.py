"""The random passwords of one installation's ClickHouse users, in a file that only its owner can read.

The environment and `.env` override it. Its lines have the form of `.env`, so that they may be moved there.
"""

import os
import secrets
from pathlib import Path

FILE = "passwords.env"
NAMES = (
    "FUNNEL_CLICKHOUSE_PASSWORD",
    "FUNNEL_MIGRATOR_CLICKHOUSE_PASSWORD",
    "FUNNEL_GRAFANA_CLICKHOUSE_PASSWORD",
    "FUNNEL_ANALYST_CLICKHOUSE_PASSWORD",
)
_BYTES = 24


def read_passwords(data_dir: Path) -> dict[str, str]:
    """Name -> password, as far as the data folder has them. Raises OSError if they cannot be read."""
    path = data_dir / FILE
    try:
        lines = path.read_text().splitlines()
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        # Another user's installation too: whoever needs a password learns that it is not set.
        return {}
    found = dict(line.partition("=")[::2] for line in lines)
    return {name: found[name] for name in NAMES if found.get(name)}


def make_passwords(data_dir: Path) -> bool:
    """Creates the file or adds missing passwords. False if it has them all. Raises OSError.

    Two processes that start at the same time get the same passwords: the file appears complete, and only once.
    """
    present = read_passwords(data_dir)
    missing = [name for name in NAMES if name not in present]
    if not missing:
        return False
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    lines = [f"{name}={present.get(name) or secrets.token_hex(_BYTES)}" for name in NAMES]
    scratch = data_dir / f"{FILE}.{secrets.token_hex(8)}"
    with os.fdopen(os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(
            "# Passwords of ClickHouse's users, made at random for this installation.\n" + "\n".join(lines) + "\n"
        )
        file.flush()
        os.fsync(file.fileno())
    try:
        if present or (data_dir / FILE).is_file():
            os.replace(scratch, data_dir / FILE)
        else:
            os.link(scratch, data_dir / FILE)
    except FileExistsError:
        return False
    finally:
        scratch.unlink(missing_ok=True)
    return True
