"""Registrations by source against those of earlier webinars. Pure."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple


class Gap(NamedTuple):
    """One source's registrations against usual."""

    value: str
    registrations: int
    baseline: Fraction
    """Mean of the peers, those without it counted as 0."""
    new: bool

    @property
    def more(self) -> Fraction:
        """Above usual; negative: below."""
        return self.registrations - self.baseline


def gaps(now: Mapping[str, int], earlier: Sequence[tuple[int, Mapping[str, int]]]) -> tuple[Gap, ...]:
    """Each source's registrations against the weighted mean of earlier webinars, the most missing first."""
    weights = sum(weight for weight, _ in earlier)
    sums: dict[str, int] = dict.fromkeys(now, 0)
    for weight, groups in earlier:
        for value, n in groups.items():
            sums[value] = sums.get(value, 0) + weight * n
    found = [Gap(value, now.get(value, 0), Fraction(n, weights), n == 0) for value, n in sums.items()]
    return tuple(sorted(found, key=lambda one: (one.more, one.value)))
