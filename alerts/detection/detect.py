"""Every segment of every webinar that has begun, held against what is usual at the same elapsed time. Pure.

A segment is a webinar in total, one of its source groups, or all recent webinars of a region, course or language. Those
of one evaluation are tested together, the wholes and the source groups, so that many segments make no false alarms.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import scipy
from scipy import special

from alerts.detection.expected import Earlier, Floats, Ints, expect
from alerts.detection.findings import POOLED, SOURCE_GROUP, TOTAL, Finding, Segment
from alerts.detection.lower_tail import lower_tail, total_deviation
from alerts.detection.measurements import METRICS, NOBODY, Counts, Moment, can_be_judged, doubtful, total, vacant
from alerts.detection.peers import PeerGroup
from alerts.detection.settings import DropSettings, Metric


class _Row(NamedTuple):
    segment: Segment
    moment: Moment
    peers: PeerGroup
    counts: Counts


def judge(moments: Sequence[Moment], peers: Mapping[str, PeerGroup], settings: DropSettings) -> list[Finding]:
    """All segments that can be judged, metric by metric. `peers`: by webinar_id.

    `moments` are the webinars that are live, and those begun within `recent_hours`, each at its own elapsed time.
    """
    believed = [one for one in moments if not doubtful(one, settings) and not vacant(one)]
    rows = [row for moment in believed for row in _rows(moment, peers[moment.webinar.webinar_id], settings)]
    if not rows:
        return []
    now = np.array([row.counts for row in rows], dtype=np.float64)
    counts, weights, slots = _earlier(rows)
    findings: list[Finding] = []
    for column, metric in enumerate(METRICS, start=1):
        can = {one.webinar.webinar_id for one in believed if can_be_judged(one, metric, settings)}
        chosen = [i for i, row in enumerate(rows) if row.segment.webinar_id in can and row.counts[column] is not None]
        if not chosen:
            continue
        exists = ~np.isnan(counts[chosen, :, column])
        earlier = Earlier(
            people=np.where(exists, counts[chosen, :, 0], 0),
            converted=np.where(exists, counts[chosen, :, column], 0),
            weight=weights[chosen, :, 0],
            recency=weights[chosen, :, 1],
            slot=slots[chosen],
        )
        tested = _test(
            [rows[i] for i in chosen], now[chosen][:, [0, column]].astype(np.int64), earlier, metric, settings
        )
        wholes = [one for one in tested if one.segment.dimension == TOTAL]
        parts = [one for one in tested if one.segment.dimension != TOTAL]
        findings += [*_adjust([*wholes, *_pooled(wholes, believed)], settings), *_adjust(parts, settings)]
    return findings


def _rows(moment: Moment, peers: PeerGroup, settings: DropSettings) -> list[_Row]:
    webinar_id = moment.webinar.webinar_id
    whole = total(moment.groups.values())
    rows = [_Row(Segment(webinar_id, TOTAL, ""), moment, peers, whole)]
    rows += [_Row(Segment(webinar_id, SOURCE_GROUP, group), moment, peers, now) for group, now in moment.groups.items()]
    return [row for row in rows if row.counts.registrations >= settings.least_registrations]


def _earlier(rows: Sequence[_Row]) -> tuple[Floats, Floats, Ints]:
    """Counts (row, webinar, field), weights (row, webinar, in the rate and in the variation), slots (row, webinar)."""
    widest = max(len(row.peers.members) for row in rows)
    counts: list[Counts] = []
    groups: list[PeerGroup] = []  # one for all rows of a webinar, which follow each other
    which: list[int] = []
    for row in rows:
        members, earlier = row.peers.members, row.moment.earlier
        if row.segment.dimension == TOTAL:
            counts += [total(earlier.get(one.webinar_id, {}).values()) for one in members]
        else:
            counts += [earlier.get(one.webinar_id, {}).get(row.segment.value, NOBODY) for one in members]
        counts += [NOBODY] * (widest - len(members))
        if not groups or groups[-1] is not row.peers:
            groups.append(row.peers)
        which.append(len(groups) - 1)
    weights = np.zeros((len(groups), widest, 2))
    slots = np.zeros((len(groups), widest), dtype=np.int64)
    for place, peers in enumerate(groups):
        n = len(peers.members)
        known: dict[tuple[int, int], int] = {}
        weights[place, :n] = [(one.weight, one.recency) for one in peers.members] if n else 0
        slots[place, :n] = [known.setdefault(one.slot, len(known)) for one in peers.members]
    fields = np.array(counts, dtype=np.float64).reshape(len(rows), widest, len(NOBODY))
    return fields, weights[which], slots[which]


def _test(rows: Sequence[_Row], now: Ints, earlier: Earlier, metric: Metric, settings: DropSettings) -> list[Finding]:
    expected = expect(earlier, settings)
    registrations, converted = now[:, 0], now[:, 1]
    columns = (
        registrations,
        converted,
        expected.rate,
        total_deviation(registrations, expected),
        expected.webinars,
        lower_tail(registrations, converted, expected),
    )
    return [
        Finding(row.segment, metric, *numbers)
        for row, *numbers in zip(rows, *(column.tolist() for column in columns), strict=True)
        if numbers[Finding._fields.index("webinars") - 2] >= settings.least_peers
    ]


def _pooled(wholes: Sequence[Finding], moments: Sequence[Moment]) -> list[Finding]:
    """The webinars of a region, course or language together: Stouffer's combination of their exact tails."""
    webinars = {one.webinar.webinar_id: one.webinar for one in moments}
    together: dict[tuple[str, str], list[Finding]] = {}
    for finding in wholes:
        for dimension in POOLED:
            value = str(getattr(webinars[finding.segment.webinar_id], dimension))
            if value:
                together.setdefault((dimension, value), []).append(finding)
    return [
        _combined(Segment("", dimension, value), found)
        for (dimension, value), found in together.items()
        if len(found) > 1
    ]


def _combined(segment: Segment, found: Sequence[Finding]) -> Finding:
    people = np.array([one.registrations for one in found], dtype=np.float64)
    scores = special.ndtri(np.clip([one.p for one in found], 1e-15, 1 - 1e-6))
    share = people / people.sum()
    return Finding(
        segment,
        found[0].metric,
        registrations=int(people.sum()),
        converted=sum(one.converted for one in found),
        baseline=float(share @ [one.baseline for one in found]),
        deviation=float(np.sqrt(share**2 @ [one.deviation**2 for one in found])),
        webinars=len(found),
        p=float(special.ndtr((np.sqrt(people) @ scores) / np.sqrt(people.sum()))),
    )


def _adjust(findings: Sequence[Finding], settings: DropSettings) -> list[Finding]:
    """What all segments together make of each one's probability, and the verdicts."""
    adjusted = scipy.stats.false_discovery_control([one.p for one in findings]).tolist() if findings else []
    return [_verdict(one._replace(adjusted=q), settings) for one, q in zip(findings, adjusted, strict=True)]


def _verdict(one: Finding, settings: DropSettings) -> Finding:
    fallen = one.baseline - one.rate
    least = max(settings.least_drop, settings.least_relative_drop * one.baseline)
    chance = settings.chance if one.segment.dimension == TOTAL else settings.chance_elsewhere
    if one.metric != "visits":
        chance = min(chance, settings.chance_of_stays)
    sure = one.p <= chance and one.adjusted <= settings.false_discoveries
    return one._replace(drop=sure and fallen >= least, calm=one.p >= settings.clear_chance or fallen < least / 2)
