"""What a backup takes from this machine: the connectors' state, the business's files, settings."""

import hmac
import os
import shutil
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path

from dotenv import dotenv_values

from clickhouse.passwords import FILE as PASSWORDS
from connectors.pipeline.following import forget_places
from connectors.pipeline.state import State, state_path
from connectors.settings import BusinessSettings
from funnel.backup.errors import BackupError
from funnel.backup.folder import Writing
from funnel.share.register import REGISTER as SHARES
from funnel.share.register import SECRET as SHARE_SECRET
from funnel.stack.private import ENV_FILE, is_secret

STATE = "connectors/state.sqlite"
BUSINESS = "business"
SETTINGS = "settings.env"
SECRETS = "secrets"
_PREFIXES = ("FUNNEL_", "GRAFANA_", "GF_")
_HELD = ("cursors", "wakes", "held", "placed", "spool", "zoom_names", "webinars")


def copy_state(data_dir: Path, cursors: Mapping[str, Mapping[str, str]], writing: Writing) -> bool:
    """Copies quarantine, spool and the rest as they are at one moment, and the cursors of the polls, which are Kafka's:
    from this file the first poll takes them. False: there are none. `cursors`: by connector.
    """
    source = state_path(data_dir)
    if not (source.exists() or any(cursors.values())):
        return False
    target = writing.root / STATE
    try:
        target.parent.mkdir(mode=0o700)
        if source.exists():
            with closing(sqlite3.connect(source, timeout=30)) as database:
                database.execute("VACUUM INTO ?", (str(target),))
            target.chmod(0o600)
        with State(writing.root) as state:
            rows = [(connector, *one) for connector, values in cursors.items() for one in values.items()]
            state.change_each("INSERT OR REPLACE INTO cursors VALUES (?, ?, ?)", rows)
    except (OSError, sqlite3.Error) as error:
        raise BackupError(f"{source} cannot be copied to {target.parent} ({error}): make room there") from error
    writing.add(STATE)
    return True


def copy_business(folder: Path, writing: Writing) -> None:
    """Copies the files of the business, if there are any."""
    for path in business_files(folder):
        writing.copy(path, f"{BUSINESS}/{path.relative_to(folder).as_posix()}")


def copy_settings(environment: Mapping[str, str], writing: Writing) -> None:
    """Writes the settings that are no secrets in the form of `.env`."""
    with writing.file(SETTINGS) as file:
        for name, value in sorted(environment.items()):
            if not is_secret(name):
                file.write(f"{name}={value}\n".encode())


def copy_secrets(data_dir: Path, writing: Writing) -> None:
    """Copies what holds secrets as it is."""
    of_shares = (data_dir / SHARE_SECRET, data_dir / SHARES)
    for path in (ENV_FILE, data_dir / PASSWORDS, data_dir / "goto" / "refresh-token.json", *of_shares):
        if path.is_file():
            writing.copy(path, f"{SECRETS}/{path.name}")


def settings_said(env_file: Path = ENV_FILE) -> dict[str, str]:
    """Every setting of ours that the environment or `.env` says, secrets too."""
    found = {**dotenv_values(env_file), **os.environ}
    return {name: value for name, value in found.items() if value and name.startswith(_PREFIXES)}


def hash_secret_check() -> str:
    """Tells whether another installation has the same FUNNEL_HASH_SECRET; empty: it is not set."""
    secret = BusinessSettings().hash_secret.get_secret_value()
    return hmac.digest(secret.encode(), b"webinar-funnel backup", "sha256").hex()[:16] if secret else ""


def business_files(folder: Path) -> list[Path]:
    """Every file of the folder; none where there is no folder."""
    return sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))


def restore_state(root: Path, data_dir: Path) -> str:
    """Puts the connectors' state back where there is none. Returns what was done, in one line; empty: nothing."""
    source, target = root / STATE, state_path(data_dir)
    if not source.exists():
        return ""
    if held(target):
        return f"Kept {target}: it holds cursors, quarantine or spool of its own. The backup's is {source}"
    try:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        for former in target.parent.glob(f"{target.name}*"):
            former.unlink()
        half = target.with_name(f".{target.name}.half")
        shutil.copyfile(source, half)
        half.chmod(0o600)
        half.replace(target)
    except OSError as error:
        raise BackupError(f"{target} cannot be written ({error.strerror}): make room, or change its owner") from error
    # Brings it to this release's form.
    with State(data_dir) as state:
        forget_places(state)
        waiting = {name: state.rows(f"SELECT count(*) FROM {name}")[0][0] for name in ("held", "spool")}
    return f"Connectors: {waiting['held']:,} rows of quarantine, {waiting['spool']:,} records in the spool"


def restore_business(root: Path, folder: Path) -> Iterator[str]:
    """Puts back what is missing in the folder of the business. Returns a line for each file that differs."""
    source = root / BUSINESS
    for path in business_files(source):
        target = folder / path.relative_to(source)
        try:
            if not target.exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, target)
            elif target.read_bytes() != path.read_bytes():
                yield f"Kept {target}: it differs from {path}"
        except OSError as error:
            yield f"{target} was not restored ({error.strerror}): copy {path}"


def held(path: Path) -> bool:
    """Whether this state holds anything that would be lost with it."""
    if not path.exists():
        return False
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=5)) as database:
            there = {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            return any(
                database.execute(
                    f"SELECT 1 FROM {name}{' WHERE connector != ?' if name == 'cursors' else ''} LIMIT 1",
                    ("",) if name == "cursors" else (),
                ).fetchone()
                for name in _HELD
                if name in there
            )
    except sqlite3.Error:
        return True
