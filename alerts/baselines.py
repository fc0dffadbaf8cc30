"""What is usual for each webinar in numbers: its registrations and conversions at the end, with their range. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from alerts.detection.expected import Earlier, expect
from alerts.detection.lower_tail import total_deviation
from alerts.detection.measurements import METRICS, Counts, total
from alerts.detection.peers import PeerGroup
from alerts.detection.settings import DropSettings
from alerts.known import Final
from contract.measures import CAME, FULL, STAYED

Number = float | None


class BaselineRow(NamedTuple):
    """A row of the table baseline_values but for evaluated_at."""

    webinar_id: str
    likeness: str
    n: int
    members: tuple[str, ...]
    weights: tuple[int, ...]
    registrations: Number
    registrations_low: Number
    registrations_high: Number
    conversion: Number
    conversion_low: Number
    conversion_high: Number
    conversion_full: Number
    conversion_full_low: Number
    conversion_full_high: Number
    stays: tuple[tuple[int, Number, Number, Number], ...]
    """(seconds, usual, low, high) of each bucket."""


def baseline_rows(
    peers: Mapping[str, PeerGroup], finals: Mapping[str, Final], settings: DropSettings
) -> list[BaselineRow]:
    """For each webinar of `peers`: the numbers of its peers, and two total standard deviations around them.

    Null where fewer than `least_peers` of them have the number.
    """
    totals = {webinar_id: total(final.groups.values()) for webinar_id, final in finals.items()}
    return [_row(webinar_id, group, totals, settings) for webinar_id, group in peers.items()]


def _row(webinar_id: str, peers: PeerGroup, totals: Mapping[str, Counts], settings: DropSettings) -> BaselineRow:
    members = [one for one in peers.members if one.webinar_id in totals]
    counted = [totals[one.webinar_id] for one in members]
    own = totals.get(webinar_id)
    main = [one for one in peers.members if one.weight]
    weighed = [(one.weight, totals[one.webinar_id].registrations) for one in main if one.webinar_id in totals]
    registrations = _registrations(weighed, settings)
    found: dict[str, tuple[Number, Number, Number]] = {}
    for column, metric in enumerate(METRICS, start=1):
        people = np.array([0 if one[column] is None else one.registrations for one in counted], dtype=np.float64)
        earlier = Earlier(
            people=people[None, :],
            converted=np.array([one[column] or 0 for one in counted], dtype=np.float64)[None, :],
            weight=np.array([one.weight for one in members], dtype=np.float64)[None, :],
            recency=np.array([one.recency for one in members], dtype=np.float64)[None, :],
            slot=_slots(one.slot for one in members)[None, :],
        )
        n = own.registrations if own is not None and own.registrations else round(registrations[0] or 0)
        found[metric] = _conversion(earlier, n, settings)
    return BaselineRow(
        webinar_id,
        peers.likeness,
        peers.n,
        tuple(one.webinar_id for one in main),
        tuple(one.weight for one in main),
        *registrations,
        *found[CAME.metric],
        *found[FULL.metric],
        tuple((step.seconds or 0, *found[step.metric]) for step in STAYED),
    )


def _registrations(weighed: Sequence[tuple[int, int]], settings: DropSettings) -> tuple[Number, Number, Number]:
    if len(weighed) < settings.least_peers:
        return None, None, None
    weights = np.array([one[0] for one in weighed], dtype=np.float64)
    numbers = np.array([one[1] for one in weighed], dtype=np.float64)
    edge = (1 - settings.pace_range) / 2
    low, high = np.quantile(numbers, [edge, 1 - edge], weights=weights, method="inverted_cdf").tolist()
    return float(np.average(numbers, weights=weights)), low, high


def _conversion(earlier: Earlier, n: int, settings: DropSettings) -> tuple[Number, Number, Number]:
    if int(((earlier.people > 0) & (earlier.weight > 0)).sum()) < settings.least_peers or not n:
        return None, None, None
    expected = expect(earlier, settings)
    rate = float(expected.rate[0])
    deviation = float(total_deviation(np.array([n]), expected)[0])
    return rate, max(0.0, rate - 2 * deviation), min(1.0, rate + 2 * deviation)


def _slots(slots: Iterable[tuple[int, int]]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    known: dict[tuple[int, int], int] = {}
    return np.array([known.setdefault(slot, len(known)) for slot in slots], dtype=np.int64)
