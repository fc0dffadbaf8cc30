"""ClickHouse's format RowBinary: the pieces of which rows of the busiest tables are made (docs/performance.md). Pure.

https://clickhouse.com/docs/interfaces/formats/RowBinary. Numbers are little-endian; texts and lists begin with their
length.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from struct import Struct
from typing import Any

uint64 = Struct("<Q").pack
int64 = Struct("<q").pack


class _Lengths(dict[int, bytes]):
    def __missing__(self, size: int) -> bytes:
        return bytes(_leb128(size))


def _leb128(size: int) -> Iterator[int]:
    while size > 127:
        yield size & 127 | 128
        size >>= 7
    yield size


LENGTH = _Lengths((size, bytes(_leb128(size))) for size in range(4_096))
"""What stands before a text of so many bytes, or a list of so many elements (LEB128)."""


def text(value: str) -> bytes:
    """A String."""
    encoded = value.encode()
    return LENGTH[len(encoded)] + encoded


@lru_cache(maxsize=16_384)
def frequent_text(value: str) -> bytes:
    """The same of a text that many rows share."""
    return text(value)


def int64s(values: Sequence[int]) -> bytes:
    """An Array(Int64)."""
    return _many(values, int64)


def texts(values: Sequence[str]) -> bytes:
    """An Array(String)."""
    return _many(values, text) if values else b"\0"


def _many(values: Sequence[Any], of_one: Callable[[Any], bytes]) -> bytes:
    return LENGTH[len(values)] + b"".join(map(of_one, values))
