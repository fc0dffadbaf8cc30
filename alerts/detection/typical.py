"""What is typical for a webinar: one band for marks, curves and words. Pure.

Of a rate: the quantiles between which eight of ten of the webinars like it lie, the recent ones weighing more, and
beyond them what chance makes of its own number of registrants. The fragments typical_low and typical_high say the same
in SQL; tests/clickhouse/test_typical.py holds the two against each other. Of a number of people, which varies by
ratios: the mean of its logarithms and a little over two of their standard deviations.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

EDGE = 0.1
"""So much lies below the lower quantile, and above the upper one."""
CHANCE = 1.2816
"""Standard deviations that hold the same share of what chance does."""
_DEVIATIONS = 2.2
"""Of logarithms: marks about one of twenty that are as they ever were."""


class Band(NamedTuple):
    """What is typical. Of rates: fractions."""

    low: float
    middle: float
    high: float

    def side(self, value: float) -> int:
        """-1 below, 1 above, 0 within."""
        return (value > self.high) - (value < self.low)


class Peer(NamedTuple):
    """A number of an earlier webinar: `part` of `of` people; of a count `of` is 1."""

    weight: int
    part: int
    of: int = 1


def rates(peers: Sequence[Peer], people: int) -> Band | None:
    """The band of a share of so many people. None: no peer has anybody, or there are no people."""
    known = [one for one in peers if one.of > 0]
    if not known or people <= 0:
        return None
    shares = [(one.part / one.of, one.weight) for one in known]
    middle = sum(one.weight * one.part for one in known) / sum(one.weight * one.of for one in known)
    low, high = quantile(shares, EDGE), quantile(shares, 1 - EDGE)
    return Band(lower(low, people), middle, upper(high, people))


def counts(peers: Sequence[Peer]) -> Band | None:
    """The band of a number of people. None: there are no peers."""
    if not peers:
        return None
    weights = sum(one.weight for one in peers)
    middle = sum(one.weight * one.part for one in peers) / weights
    logs = [(one.weight, math.log(max(one.part, 1))) for one in peers]
    mean = sum(weight * value for weight, value in logs) / weights
    effective = weights**2 / sum(weight**2 for weight, _ in logs)
    spread = sum(weight * (value - mean) ** 2 for weight, value in logs) / weights
    # Unbiased, and with what so few peers leave open of the mean; at least that of so many who decide each by himself.
    variance = spread * (effective + 1) / max(effective - 1, 1)
    reach = _DEVIATIONS * math.sqrt(max(variance, 1 / max(middle, 1)))
    return Band(math.exp(mean - reach), middle, math.exp(mean + reach))


def lower(share: float, people: int) -> float:
    """The lower end for so many people of a share that is the lower quantile."""
    return max(0.0, share - CHANCE * math.sqrt(share * (1 - share) / people))


def upper(share: float, people: int) -> float:
    """The upper end, likewise."""
    return min(1.0, share + CHANCE * math.sqrt(share * (1 - share) / people))


def quantile(weighed: Sequence[tuple[float, int]], share: float) -> float:
    """The smallest value that so large a share of the weight does not exceed, as ClickHouse's quantileExactWeighted."""
    enough = math.ceil(share * sum(weight for _, weight in weighed))
    reached = 0
    for value, weight in sorted(weighed):
        reached += weight
        if reached >= enough:
            return value
    return weighed[-1][0]
