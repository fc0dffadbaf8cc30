"""Registrations far above or below what such a webinar usually has, and which sources make the difference. Pure."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

from scipy import stats

from alerts.detection.peers import PeerGroup
from alerts.detection.settings import DropSettings


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


class StandOut(NamedTuple):
    """A webinar whose registrations are unusual."""

    registrations: int
    baseline: Fraction
    p: float
    """How probable so many, or so few, are among such webinars."""
    webinars: int
    likeness: str
    gaps: tuple[Gap, ...]
    """By source, the one that makes most of the difference first; their sum is exactly registrations - usual."""

    @property
    def above(self) -> bool:
        """More than usual, not fewer."""
        return self.registrations > self.baseline


def stand_out(
    now: Mapping[str, int], peers: PeerGroup, earlier: Mapping[str, Mapping[str, int]], settings: DropSettings
) -> StandOut | None:
    """Whether the registrations by source stand out among the peers'. None: they do not, or nobody can say.

    The test is the exact tail of a negative binomial with their weighted mean and variance: registrations vary more
    between webinars than a Poisson number.
    """
    members = [
        (one.weight, earlier[one.webinar_id]) for one in peers.members if one.weight and one.webinar_id in earlier
    ]
    if len(members) < settings.least_peers:
        return None
    registrations = sum(now.values())
    parts = gaps(now, members)
    baseline = sum((one.baseline for one in parts), Fraction(0))
    if (
        not baseline
        or float(baseline) / settings.standout_ratio < registrations < float(baseline) * settings.standout_ratio
    ):
        return None
    p = _tail(registrations, baseline, [(weight, sum(groups.values())) for weight, groups in members])
    if p > settings.standout_chance:
        return None
    ordered = parts[::-1] if registrations > baseline else parts
    return StandOut(registrations, baseline, p, len(members), peers.likeness, ordered)


def gaps(now: Mapping[str, int], earlier: Sequence[tuple[int, Mapping[str, int]]]) -> tuple[Gap, ...]:
    """Each source's registrations against the weighted mean of earlier webinars, the most missing first."""
    weights = sum(weight for weight, _ in earlier)
    sums: dict[str, int] = dict.fromkeys(now, 0)
    for weight, groups in earlier:
        for value, n in groups.items():
            sums[value] = sums.get(value, 0) + weight * n
    found = [Gap(value, now.get(value, 0), Fraction(n, weights), n == 0) for value, n in sums.items()]
    return tuple(sorted(found, key=lambda one: (one.more, one.value)))


def sentence(one: StandOut) -> str:
    """In words: how many instead of how many, and what makes most of the difference."""
    first = one.gaps[0]
    difference = one.registrations - one.baseline
    many = "more" if one.above else "fewer"
    name = f"the new source group '{first.value}'" if first.new else f"source group '{first.value}'"
    return (
        f"{one.registrations} registered instead of {round(one.baseline)} (usual of {one.webinars} like it);"
        f" of {abs(round(difference))} {many}, {abs(round(first.more))} are from {name}"
    )


def _tail(registrations: int, baseline: Fraction, earlier: Sequence[tuple[int, int]]) -> float:
    mean = float(baseline)
    weights = sum(weight for weight, _ in earlier)
    squares = sum(weight**2 for weight, _ in earlier) / weights
    # unbiased for weights of reliability; at least Poisson's
    variance = sum(weight * (n - mean) ** 2 for weight, n in earlier) / (weights - squares)
    variance = max(variance * (1 + squares / weights), mean * 1.001)
    size, success = mean**2 / (variance - mean), mean / variance
    tail = stats.nbinom.sf(registrations - 1, size, success) if registrations > mean else None
    return float(stats.nbinom.cdf(registrations, size, success) if tail is None else tail)
