"""What a poll has already put of a list that it reads repeatedly; shared by all polls. Pure.

Its text is stored among the cursors, and only after Kafka has acknowledged the items: the next pass makes up for an
interrupted one.
"""

from base64 import b64decode, b64encode
from binascii import Error as NotBase64

_DIGITS = 16
_BYTES = _DIGITS // 2
"""Length of a stored key: with a million rows, one list in 37 million has two rows that count as the same."""


class Seen:
    """The keys of earlier readings, and those of this one. A key is a hash in hex, of a row or of an event."""

    def __init__(self, text: str = "", of: str = "") -> None:
        """`text`: an earlier result of `text` or `text_of_all`. It is ignored if it was `of` something else or is
        unreadable: everything is then put once more, under the same event ids.
        """
        self._of = of
        self._before = _read(text, of)
        self._now: set[bytes] = set()

    def is_new(self, key: str) -> bool:
        """Whether the key was not there before; adds it."""
        short = bytes.fromhex(key[:_DIGITS])
        self._now.add(short)
        return short not in self._before

    def text(self) -> str:
        """The keys of this reading only: a row that was edited and edited back is new again."""
        return self._written(self._now)

    def text_of_all(self) -> str:
        """The same with those of all earlier readings: a row that is no longer listed stays known."""
        return self._written(self._now | self._before)

    def _written(self, keys: set[bytes]) -> str:
        return f"{self._of} {b64encode(b''.join(sorted(keys))).decode()}" if keys or self._of else ""


def _read(text: str, of: str) -> frozenset[bytes]:
    try:
        packed = _packed(text, of)
    except (ValueError, NotBase64):
        packed = b""
    return frozenset(packed[place : place + _BYTES] for place in range(0, len(packed), _BYTES))


def _packed(text: str, of: str) -> bytes:
    was_of, space, keys = text.partition(" ")
    if not space:
        # Before 0.2.0: the keys in hex, one after the other.
        return b"" if of else bytes.fromhex(text)
    return b64decode(keys) if was_of == of else b""
