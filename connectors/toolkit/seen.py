"""What a poll has put before of a list that it reads again and again: the one memory of all polls. Pure.

Its text is kept among the cursors, and only after Kafka has acknowledged what is in it: a pass that breaks off is made
good by the next one.
"""

from base64 import b64decode, b64encode
from binascii import Error as NotBase64

_DIGITS = 16
_BYTES = _DIGITS // 2
"""Of a key: with a million rows, one pair in 37 million lists is taken for the same."""


class Seen:
    """Keys of the readings before, and those of this one. A key is a hash in hex, of a row or of an event."""

    def __init__(self, text: str = "", of: str = "") -> None:
        """`text`: what `text` or `text_of_all` gave before; nothing of it counts if it was `of` something else, nor
        what cannot be read: that is put once more, under the same event ids.
        """
        self._of = of
        self._before = _read(text, of)
        self._now: set[bytes] = set()

    def is_new(self, key: str) -> bool:
        """Whether it was not there before; from now on it is there."""
        short = bytes.fromhex(key[:_DIGITS])
        self._now.add(short)
        return short not in self._before

    def text(self) -> str:
        """For the next reading, with this one alone: a row that was edited and edited back is new again."""
        return self._written(self._now)

    def text_of_all(self) -> str:
        """The same with all readings before: what is no longer listed stays known."""
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
