"""Which rows of a sheet were there at the last reading, so that a poll puts only what is new or edited. Pure."""

from base64 import b64decode, b64encode

_DIGITS = 16
_BYTES = _DIGITS // 2
"""Of a row's key: with a million rows, one pair in 37 million sheets is taken for the same."""


class Seen:
    """Keys of the last reading, and those of this one.

    A row that was edited and edited back is new again: only the last reading counts.
    """

    def __init__(self, text: str = "", of: str = "") -> None:
        """`text`: what `text()` gave at the last reading; nothing of it counts if it was `of` something else."""
        was_of, _, keys = text.partition(" ")
        packed = b64decode(keys) if was_of == of else b""
        self._of = of
        self._before = frozenset(packed[place : place + _BYTES] for place in range(0, len(packed), _BYTES))
        self._now: set[bytes] = set()

    def is_new(self, key: str) -> bool:
        """Whether the row was not there at the last reading; from now on it is there."""
        short = bytes.fromhex(key[:_DIGITS])
        self._now.add(short)
        return short not in self._before

    def text(self) -> str:
        """For the next reading."""
        return f"{self._of} {b64encode(b''.join(sorted(self._now))).decode()}"
