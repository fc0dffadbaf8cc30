"""Keeps a local stack private: its passwords, its files, and which process gets which secret."""

import re
import stat
from collections.abc import Mapping
from fnmatch import fnmatch
from pathlib import Path

from pydantic import SecretStr

from clickhouse.passwords import make_passwords, read_passwords
from funnel.stack.child import Child
from funnel.stack.errors import StackError
from streams.settings import Settings

UMASK = 0o077
"""The umask: others may neither read nor write the stack's files."""
ENV_FILE = Path(".env")
_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_SECRET = re.compile(
    r"(?!\w+_FILE$)(FUNNEL|GRAFANA|GF)_\w*(PASSWORD|SECRET|TOKEN|KEY|CREDENTIALS|SLACK_\w*URL|WEBHOOK_URL)", re.ASCII
)


def with_passwords(settings: Settings) -> Settings:
    """The settings with missing passwords filled in from their data folder, which gets random ones if it has none.

    Raises StackError if they cannot be written.
    """
    fields = [name for name in Settings.model_fields if name.endswith("clickhouse_password")]
    missing = [name for name in fields if not getattr(settings, name).get_secret_value()]
    if not missing:
        return settings
    try:
        make_passwords(settings.data_dir)
    except OSError as error:
        reason = f"the passwords cannot be written into {settings.data_dir} ({error.strerror})"
        raise StackError(f"{reason}: change its owner, or set FUNNEL_DATA_DIR to another folder") from error
    prefix = str(settings.model_config["env_prefix"])
    found = {name.removeprefix(prefix).lower(): value for name, value in read_passwords(settings.data_dir).items()}
    return settings.model_copy(update={name: SecretStr(found[name]) for name in missing})


def open_to_others(root: Path, env_file: Path = ENV_FILE) -> list[Path]:
    """Paths that other users may read or write: `.env`, the data folder, its content and that of logs/."""
    found = [env_file, root, *_inside(root), *_inside(root / "logs")]
    return [path for path in found if _mode(path) & _OTHERS]


def close_to_others(root: Path, env_file: Path = ENV_FILE) -> list[str]:
    """Closes these to others. Returns a line for each: that it was open, or how to close it manually."""
    said = []
    for path in open_to_others(root, env_file):
        mode = _mode(path)
        try:
            path.chmod(mode & ~_OTHERS)
        except OSError:
            said.append(f"{path} is open to other users of this machine (mode {mode:o}): chmod go= {path}")
        else:
            said.append(
                f"{path} was open to other users of this machine (mode {mode:o}); now only its owner may use it"
            )
    return said


def environment_of(child: Child, environment: Mapping[str, str]) -> dict[str, str]:
    """The environment without the secrets that this child does not need."""
    return {
        name: value
        for name, value in environment.items()
        if not is_secret(name) or any(fnmatch(name, pattern) for pattern in child.secrets)
    }


def is_secret(name: str) -> bool:
    """Whether an environment variable holds one of our secrets. The path of a file is none."""
    return _SECRET.match(name) is not None


def _inside(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if not path.is_symlink())
    except OSError:
        return []


def _mode(path: Path) -> int:
    try:
        return stat.S_IMODE(path.stat().st_mode)
    except OSError:
        return 0
