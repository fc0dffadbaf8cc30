"""A person's offsets by topic, packed into one number (docs/performance.md). Pure.

By topic, in the order of EVENT_TOPICS: one more than the highest offset that changed the person's row; 0: none did.
"""

from collections.abc import Iterable

from contract.topics import EVENT_TOPICS

NONE = 0
"""Of a person without events."""

_BITS = 40
_MASK = (1 << _BITS) - 1
_SHIFTS = tuple(range(0, _BITS * len(EVENT_TOPICS), _BITS))


def raised(packed: int, place: int, offset: int) -> int:
    """With at least this offset for the topic at `place`."""
    shift = _SHIFTS[place]
    more = offset - (packed >> shift & _MASK)
    return packed + (more << shift) if more > 0 else packed


def joined(packed: int, other: int) -> int:
    """The greater of both, topic by topic."""
    for place, offset in enumerate(unpacked(other)):
        packed = raised(packed, place, offset)
    return packed


def unpacked(packed: int) -> list[int]:
    """One by one."""
    return [packed >> shift & _MASK for shift in _SHIFTS]


def packed(offsets: Iterable[int]) -> int:
    """What `unpacked` takes apart."""
    return sum(offset << shift for offset, shift in zip(offsets, _SHIFTS, strict=True))
