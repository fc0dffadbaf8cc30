"""What a verdict says of one webinar, as it is written down: its numbers, and a sentence with the main cause. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

from alerts.detection.cause import alone
from alerts.detection.findings import TOTAL, Finding, Segment
from alerts.detection.gaps import gaps
from alerts.detection.measurements import Counts
from alerts.detection.pace import Pace
from alerts.detection.peers import Member, PeerGroup
from alerts.detection.reason import Cell, cell_of, explain
from alerts.detection.sentence import absent, behind, blame, main_gap, nobody, outside
from alerts.detection.verdict import Found, Own, Verdict

People: TypeAlias = Mapping[str, Sequence[Mapping[str, Any]]]
"""Webinar -> rows of the view reason_cells."""
JudgementRow: TypeAlias = tuple[str, str, float, float, float, float, int, str]
"""Kind, metric, value, typical, low, high, since when (ms), the sentence."""
_MOST = 20
"""Webinars like one whose people are looked at for a cause: the latest ones."""


def explaining(peers: PeerGroup) -> list[Member]:
    """Those whose people say what a cause is held against."""
    return [one for one in peers.members if one.weight][:_MOST]


def judgement_rows(
    webinar_id: str, own: Own, found: Verdict, peers: PeerGroup, people: People, since: int, minutes: int = 0
) -> list[JudgementRow]:
    """`people`: of the webinar and of `explaining`; `since`: ms; `minutes`: since the start, of one that runs."""
    said: list[JudgementRow] = []
    for one in found.found:
        if one.kind in ("empty_room", "no_events"):
            words = absent(one.kind == "no_events", own.counts.registrations, minutes)
            if not minutes:
                words = nobody(own.counts.registrations)
        else:
            words = outside(one, own.counts.registrations)
            if one.kind != "rise":
                words += f" {_because(webinar_id, own.counts, one, peers, people)}"
        said.append((*_numbers(one), since, words.rstrip()))
    return said


def pace_rows(found: Verdict, going: Pace | None, hours: float, since: int) -> list[JudgementRow]:
    """Of an upcoming webinar, so many hours before its start."""
    return [(*_numbers(one), since, behind(going, hours / 24)) for one in found.found if going is not None]


def _numbers(one: Found) -> tuple[str, str, float, float, float, float]:
    return one.kind, one.metric, one.value, one.band.middle, one.band.low, one.band.high


def _because(webinar_id: str, own: Counts, found: Found, peers: PeerGroup, people: People) -> str:
    metric = "visits" if found.kind == "standout" else found.metric
    cells = [cell_of(row, metric) for row in people.get(webinar_id, ())]
    earlier = [
        (one.weight, [cell_of(row, metric) for row in people[one.webinar_id]])
        for one in explaining(peers)
        if one.webinar_id in people
    ]
    if found.kind == "standout":
        parts = gaps(_by_group(cells), [(weight, _by_group(of)) for weight, of in earlier])
        return main_gap(parts[::-1] if found.value > found.band.middle else parts)
    reason = explain(cells, earlier)
    if reason is None:
        return ""
    segment, part = Segment(webinar_id, TOTAL, ""), own.of(found.metric) or 0
    lead = Finding(segment, found.metric, own.registrations, part, found.band.middle, 0, len(earlier), 0)
    return blame(lead, reason, alone(lead, reason))


def _by_group(cells: Iterable[Cell]) -> dict[str, int]:
    found: dict[str, int] = {}
    for one in cells:
        found[one.source_group] = found.get(one.source_group, 0) + one.registrations
    return found
