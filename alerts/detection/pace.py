"""Upcoming webinars: registrations against usual at the same time before the start, and what may come of it. Pure."""

from collections.abc import Mapping
from fractions import Fraction
from typing import NamedTuple

import numpy as np

from alerts.detection.gaps import Gap, gaps
from alerts.detection.peers import PeerGroup
from alerts.detection.settings import DropSettings
from alerts.detection.typical import Peer, counts

Groups = Mapping[str, int]
"""Registrations by source group."""


class Grown(NamedTuple):
    """An earlier webinar's registrations: at the same time before its start, and at its end."""

    then: Groups
    final: int


class Pace(NamedTuple):
    """How an upcoming webinar stands."""

    registrations: int
    baseline: Fraction
    """Mean of the peers at the same time before their start, the recent ones weighing more."""
    baseline_final: Fraction
    expected: float
    """The final number to expect."""
    low: float
    high: float
    """The range of it: the middle `pace_range` of how the peers went on from there."""
    webinars: int
    likeness: str
    gaps: tuple[Gap, ...]
    """By source group, the most missing first; their sum is exactly registrations - usual."""
    behind: bool
    """Surely and considerably fewer than usual will come."""
    beyond: bool = False
    """And fewer than chance makes of such webinars: the range of what is expected lies below their typical band."""


def pace(now: Groups, peers: PeerGroup, earlier: Mapping[str, Grown], settings: DropSettings) -> Pace | None:
    """`earlier`: by webinar_id, those that `peers` names. None while there are too few of them.

    Each peer says one way to go on: what it still gained, scaled by how this one stands against it. While
    hardly anybody has registered that scale says little, so it is drawn to one by a tenth of the usual final number.
    """
    members = [
        (one.weight, earlier[one.webinar_id]) for one in peers.members if one.weight and one.webinar_id in earlier
    ]
    if len(members) < settings.least_peers:
        return None
    registrations = sum(now.values())
    weights = sum(weight for weight, _ in members)
    baseline_final = Fraction(sum(weight * one.final for weight, one in members), weights)
    parts = gaps(now, [(weight, one.then) for weight, one in members])
    baseline = sum((one.baseline for one in parts), Fraction(0))
    steady = 0.1 * float(baseline_final) + 1
    ways = np.array(
        [
            registrations + max(one.final - then, 0) * (registrations + steady) / (then + steady)
            for one, then in ((one, sum(one.then.values())) for _, one in members)
        ]
    )
    shares = np.array([weight for weight, _ in members], dtype=np.float64)
    edge = (1 - settings.pace_range) / 2
    low, high = np.quantile(ways, [edge, 1 - edge], weights=shares, method="inverted_cdf").tolist()
    expected = float(np.average(ways, weights=shares))
    behind = expected < settings.pace_behind * float(baseline_final) and high < float(baseline_final)
    band = counts([Peer(weight, one.final) for weight, one in members])
    beyond = behind and band is not None and high < band.low
    return Pace(
        registrations,
        baseline,
        baseline_final,
        expected,
        low,
        high,
        len(members),
        peers.likeness,
        parts,
        behind,
        beyond,
    )
