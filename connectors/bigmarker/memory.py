"""What the poll stores about a conference between passes, in one cursor: `conference:<id>`, JSON, no personal data."""

import hmac
import json
from collections.abc import Mapping
from typing import Any

from connectors.mapped import Rejection
from connectors.poll import Cursors
from connectors.toolkit.content_id import content_hash
from connectors.toolkit.seen import Seen


class Memory:
    """The stored state of one conference.

    BigMarker's statements carry no time, but a later one must win over an earlier one. So the moment when each content
    was first seen is stored **before** it is published: if the process is killed at any point, the next pass gives the
    same content the same time, and so publishes the same event.
    """

    def __init__(self, cursors: Cursors, conference_id: str, secret: str) -> None:
        self._cursors = cursors
        self._name = f"conference:{conference_id}"
        self._secret = secret
        kept: dict[str, Any] = json.loads(cursors.get(self._name) or "{}")
        self._said: dict[str, tuple[str, int]] = {what: (one[0], one[1]) for what, one in kept.get("said", {}).items()}
        self._rejected = _rejected(kept)
        self.read_at: int | None = kept.get("read_at")
        """When the conference was last read in full and acknowledged; ms since 1970 UTC."""
        self.looks: str | None = kept.get("looks")
        """A hash of its entry in the list at that time."""

    def said_at(self, what: str, content: object, now: int) -> int:
        """When this content was first seen: now if it is new. Always later than any earlier content."""
        digest = content_hash(content)
        known = self._said.get(what)
        if known is not None and known[0] == digest:
            return known[1]
        at = now if known is None else max(now, known[1] + 1)
        self._said[what] = (digest, at)
        self._keep()
        return at

    def has_said(self, what: str, content: object) -> bool:
        """Whether this is the latest content."""
        known = self._said.get(what)
        return known is not None and known[0] == content_hash(content)

    def is_new(self, rejection: Rejection, payload: bytes) -> bool:
        """Whether this was not rejected before: each pass reads the same rows, and people correct each only once."""
        digest = hmac.digest(self._secret.encode(), rejection.detail.encode() + b"\0" + payload, "sha256").hex()
        return self._rejected.is_new(digest)

    def read_whole(self, now: int, looks: str) -> None:
        """Stores that everything read is acknowledged."""
        self.read_at, self.looks = now, looks
        self._keep(rejected=self._rejected.text_of_all())

    def _keep(self, rejected: str | None = None) -> None:
        before = json.loads(self._cursors.get(self._name) or "{}")
        # Rejections since then are not acknowledged yet, so they are stored only together with the rest.
        kept = {
            "said": self._said,
            "read_at": self.read_at,
            "looks": self.looks,
            "rejected": before.get("rejected", "") if rejected is None else rejected,
        }
        self._cursors.put(self._name, json.dumps(kept, separators=(",", ":")))


def _rejected(kept: Mapping[str, Any]) -> Seen:
    said = kept.get("rejected", "")
    # Before 0.2.0: a list of the same keys.
    return Seen(said if isinstance(said, str) else "".join(said))
