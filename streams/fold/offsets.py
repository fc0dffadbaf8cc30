"""A person's offsets by topic, packed into one number (docs/performance.md). Pure.

By topic, in the order of EVENT_TOPICS: one more than the highest offset that changed the person's row; 0: none did.
"""

from collections.abc import Iterable

NONE = 0
"""Of a person without events."""

_BITS = 40
_MASK = (1 << _BITS) - 1
_SECOND, _THIRD, _FOURTH = _BITS, 2 * _BITS, 3 * _BITS


def raised(packed: int, place: int, offset: int) -> int:
    """With at least this offset for the topic at `place`."""
    shift = place * _BITS
    more = offset - (packed >> shift & _MASK)
    return packed + (more << shift) if more > 0 else packed


def joined(packed: int, other: int) -> int:
    """The greater of both, topic by topic."""
    for place, offset in enumerate(unpacked(other)):
        packed = raised(packed, place, offset)
    return packed


def unpacked(packed: int) -> tuple[int, int, int, int]:
    """One by one."""
    return packed & _MASK, packed >> _SECOND & _MASK, packed >> _THIRD & _MASK, packed >> _FOURTH


def total(packed: int) -> int:
    """Their sum."""
    return (packed & _MASK) + (packed >> _SECOND & _MASK) + (packed >> _THIRD & _MASK) + (packed >> _FOURTH)


def packed(offsets: Iterable[int]) -> int:
    """What `unpacked` takes apart."""
    return sum(offset << place * _BITS for place, offset in enumerate(offsets))
