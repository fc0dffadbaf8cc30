"""What a poll has already put, so that reading a list again puts only what is new in it.

Stored among the cursors, and only after Kafka has acknowledged it: the next pass makes up for an interrupted one.
"""

import json
import re
from hashlib import blake2b

from connectors.mapped import FormRegistration, Mapped, Rejection
from connectors.poll import Cursors, Outbox
from connectors.toolkit.seen import Seen

_HASH = re.compile(r"[0-9a-f]{16,}")


class Once:
    """Puts what was not put before about one webinar. `again`: a backfill puts everything again.

    Only 64 bits of an event's id are stored (connectors/toolkit/seen.py).
    """

    def __init__(self, outbox: Outbox, cursors: Cursors, webinar_id: str, again: bool) -> None:
        self._outbox = outbox
        self._cursors = cursors
        self._cursor = f"sent:{webinar_id}"
        self._kept = cursors.get(self._cursor) or ""
        self._seen = Seen(self._kept)
        self._again = again
        self._put: set[str] = set()

    def put(self, mapped: list[Mapped], row: object) -> None:
        """`row`: the source of `mapped`, stored with a rejection."""
        for one in mapped:
            payload = _as_json(row) if isinstance(one, Rejection) else b""
            key = _key(one, payload)
            new = self._seen.is_new(key) or self._again
            if new and key not in self._put:
                self._put.add(key)
                self._outbox.put(one, payload)

    def flushed(self, over: bool) -> None:
        """Call it after a flush. `over`: nothing more will be read, so nothing has to be stored."""
        known = "" if over else self._seen.text_of_all()
        if known != self._kept:
            self._cursors.put(self._cursor, known)


def reject_once(outbox: Outbox, cursors: Cursors, name: str, again: bool, rejection: Rejection, row: object) -> None:
    """Quarantines an unreadable row once, not again in every pass."""
    once = Once(outbox, cursors, name, again)
    once.put([rejection], row)
    outbox.flush()
    once.flushed(over=False)


def _key(one: Mapped, payload: bytes) -> str:
    if isinstance(one, Rejection | FormRegistration):
        return blake2b(str(one).encode() + payload, digest_size=8).hexdigest()
    of_content = one.event_id.rpartition(":")[2]
    return of_content if _HASH.fullmatch(of_content) else blake2b(one.event_id.encode(), digest_size=8).hexdigest()


def _as_json(row: object) -> bytes:
    """For any JSON in a response, including lone surrogates and long numbers, which orjson refuses."""
    return json.dumps(row, sort_keys=True).encode()
