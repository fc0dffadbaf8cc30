"""What a poll has put before, so that reading a list again says only what is new in it.

Kept among the cursors, and only after Kafka has acknowledged it: a pass that breaks off is made good by the next one.
"""

import json
from hashlib import blake2b

from connectors.mapped import FormRegistration, Mapped, Rejection
from connectors.poll import Cursors, Outbox

_KEY_DIGITS = 16


class Once:
    """Puts what was not put before about one webinar. `again`: a backfill puts everything anew.

    64 bits of an event's id are remembered, and nothing else of it.
    """

    def __init__(self, outbox: Outbox, cursors: Cursors, webinar_id: str, again: bool) -> None:
        self._outbox = outbox
        self._cursors = cursors
        self._cursor = f"sent:{webinar_id}"
        kept = cursors.get(self._cursor) or ""
        self._before = {kept[at : at + _KEY_DIGITS] for at in range(0, len(kept), _KEY_DIGITS)}
        self._known = set() if again else set(self._before)

    def put(self, mapped: list[Mapped], row: object) -> None:
        """`row`: what it was made of; kept with a rejection."""
        for one in mapped:
            payload = _as_json(row) if isinstance(one, Rejection) else b""
            key = _key(one, payload)
            if key not in self._known:
                self._known.add(key)
                self._outbox.put(one, payload)

    def flushed(self, over: bool) -> None:
        """To be called after a flush. `over`: nothing more will be read, so nothing need be remembered."""
        known = set() if over else self._before | self._known
        if known != self._before:
            self._cursors.put(self._cursor, "".join(sorted(known)))


def reject_once(outbox: Outbox, cursors: Cursors, name: str, again: bool, rejection: Rejection, row: object) -> None:
    """Keeps what cannot be read for a person to look at, not anew at every pass."""
    once = Once(outbox, cursors, name, again)
    once.put([rejection], row)
    outbox.flush()
    once.flushed(over=False)


def _key(one: Mapped, payload: bytes) -> str:
    if isinstance(one, Rejection | FormRegistration):
        return blake2b(str(one).encode() + payload, digest_size=_KEY_DIGITS // 2).hexdigest()
    return one.event_id.rpartition(":")[2][:_KEY_DIGITS]


def _as_json(row: object) -> bytes:
    """Of whatever Zoom's answer held; half characters and long numbers too, which orjson refuses."""
    return json.dumps(row, sort_keys=True).encode()
