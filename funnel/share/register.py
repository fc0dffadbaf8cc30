"""The shares of an installation, and the secret that signs their links: two files of the data folder, its owner's only.

A link counts only while its share is in the register: what is withdrawn, or lost with the folder, opens nothing.
"""

import fcntl
import json
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from process.files import write_atomically

What = Literal["webinar", "sources", "week"]

SECRET, REGISTER = "share.secret", "shares.json"
_BYTES = 32
_KEPT_MS = 90 * 86_400_000
"""For how long an expired share stays in the list."""


class ShareError(Exception):
    """The register cannot be read or written. The text is one line."""


@dataclass(frozen=True, slots=True)
class Share:
    """One page for others."""

    share_id: str
    what: What
    of: str
    """The webinar, or the week such as 2026-W47; empty: sources."""
    made: int
    expires: int
    """ms since 1970 UTC, like `made`."""


class Register:
    """Of one data folder."""

    def __init__(self, data_dir: Path) -> None:
        self._folder = data_dir

    def secret(self) -> bytes:
        """The secret; made at the first call. Raises ShareError."""
        path = self._folder / SECRET
        try:
            with self._locked():
                if not path.exists():
                    write_atomically(path, secrets.token_hex(_BYTES), mode=0o600)
                secret = bytes.fromhex(path.read_text())
            if len(secret) < _BYTES:
                raise ValueError("it is too short; without the file a new secret is made")
            return secret
        except (OSError, ValueError) as error:
            raise ShareError(f"{path} cannot be used ({error}): look at the folder and its owner") from error

    def add(self, share: Share) -> None:
        """Raises ShareError."""
        self._change(lambda known: [*(one for one in known if one.expires > share.made - _KEPT_MS), share])

    def revoke(self, share_id: str) -> bool:
        """Withdraws it; False: it is not there. Raises ShareError."""
        before = self.all()
        self._change(lambda known: [one for one in known if one.share_id != share_id])
        return any(one.share_id == share_id for one in before)

    def all(self) -> list[Share]:
        """In the order in which they were made. Raises ShareError."""
        path = self._folder / REGISTER
        try:
            return [Share(**one) for one in json.loads(path.read_text())] if path.exists() else []
        except (OSError, ValueError, TypeError) as error:
            raise ShareError(f"{path} cannot be read ({error}): links open nothing until it can") from error

    def get(self, share_id: str) -> Share | None:
        """Raises ShareError."""
        return next((one for one in self.all() if one.share_id == share_id), None)

    def _change(self, change: Callable[[list[Share]], list[Share]]) -> None:
        path = self._folder / REGISTER
        try:
            with self._locked():
                shares = [asdict(one) for one in change(self.all())]
                write_atomically(path, json.dumps(shares, indent=1), mode=0o600)
        except OSError as error:
            raise ShareError(f"{path} cannot be written ({error.strerror}): look at the folder") from error

    @contextmanager
    def _locked(self) -> Iterator[None]:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(self._folder / f".{REGISTER}.lock", os.O_CREAT | os.O_RDWR, 0o600)) as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
