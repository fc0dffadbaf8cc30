"""From earlier counts to the expected rate and how much such rates vary between webinars, for many segments. Pure.

Each array has a row for a segment and a column for an earlier webinar; a column without people in it says nothing.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from alerts.detection.settings import DropSettings

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Earlier(NamedTuple):
    """Counts of the peers, one row for a segment."""

    people: Floats
    """0 where the webinar had nobody in the segment, or its bucket cannot exist."""
    converted: Floats
    weight: Floats
    """In the rate (`peers.Member.weight`)."""
    recency: Floats
    """In the variation (`peers.Member.recency`)."""
    slot: Ints
    """Small numbers from 0: webinars of a row with different ones may differ in their mean."""


class Expected(NamedTuple):
    """What is usual, one entry for a segment."""

    rate: Floats
    """Of all the people of the peers, the recent ones weighing more; nan where there were none."""
    variation: Floats
    """Standard deviation of a webinar's true rate around that: between webinars, and for what N webinars leave open."""
    freedom: Floats
    """Degrees of freedom by which the variation is known."""
    webinars: Ints
    """How many webinars had people."""


def expect(earlier: Earlier, settings: DropSettings) -> Expected:
    """The usual rate with the variation between webinars.

    The variation is the moment estimate of an overdispersed binomial (DerSimonian and Laird's, with weights), drawn a
    little towards the assumed one while there are few webinars.
    """
    people, weight = earlier.people, earlier.weight
    weighed = weight * people
    sums = weighed.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        rate = (weight * earlier.converted).sum(axis=1) / sums
        binomial = rate * (1 - rate)
        between, freedom = _between(earlier, binomial, settings)
        part = weighed / sums[:, None]
        inverse = np.where(people > 0, 1 / people, 0)
        of_the_rate = between * (part**2).sum(axis=1) + binomial * (part**2 * inverse).sum(axis=1)
    webinars = ((people > 0) & (weight > 0)).sum(axis=1)
    return Expected(rate, np.sqrt(between + of_the_rate), freedom, webinars)


def _between(earlier: Earlier, binomial: Floats, settings: DropSettings) -> tuple[Floats, Floats]:
    """The variance between webinars of the same slot, and its degrees of freedom."""
    people, recency = earlier.people, earlier.recency
    weighed = recency * people
    slots = int(earlier.slot.max(initial=0)) + 1
    place = earlier.slot + slots * np.arange(len(people))[:, None]

    def by_slot(values: Floats) -> Floats:
        sums = np.bincount(place.ravel(), values.ravel(), minlength=slots * len(people))
        return np.asarray(sums[place], dtype=np.float64)

    some = weighed > 0
    inverse = np.where(some, 1 / people, 0)
    of_slot = by_slot(weighed)
    share = np.where(some, weighed / of_slot, 0)
    squares = by_slot(share**2)
    mean = by_slot(recency * earlier.converted) / of_slot
    spread = np.where(some, weighed * (earlier.converted * inverse - mean) ** 2, 0).sum(axis=1)
    of_between = (weighed * (1 - 2 * share + squares)).sum(axis=1)
    of_binomial = np.where(some, recency * (1 - 2 * share) + weighed * by_slot(share**2 * inverse), 0).sum(axis=1)

    raw = np.where(of_between > 0, (spread - binomial * of_binomial) / of_between, 0)
    known = weighed * (1 - share)
    freedom = np.where(of_between > 0, known.sum(axis=1) * weighed.sum(axis=1) / (weighed**2).sum(axis=1), 0)
    prior = binomial * (2 * settings.prior_variation) ** 2
    whole = freedom + settings.prior_webinars
    between = np.maximum((freedom * raw + settings.prior_webinars * prior) / np.maximum(whole, 1e-9), 0)
    return between, whole
