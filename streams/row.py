"""State -> row of the table `persons`: a pure function of the state and the begin of the webinar (docs/design.md 3).

No clock: the row holds instants, and a view compares them with the moment it is asked about.
"""

from typing import Any, TypedDict

from streams.instants import FAR_FUTURE, SECOND
from streams.person import STATUS_RANK, PersonState, Session, Touch, dump
from streams.source import NO_SOURCE, WALK_IN

VISIT = 1 * SECOND
VISIT_5M = 300 * SECOND
VISIT_30M = 1800 * SECOND

Intervals = list[tuple[int, int]]

_GOOD = (STATUS_RANK["registered"], STATUS_RANK["approved"])


class PersonRow(TypedDict):
    """One row of the table `persons`, column by column (clickhouse/migrations). Instants in ms since 1970 UTC."""

    webinar_id: str
    person_id: str
    version: int
    same_as: str
    left_out: int
    domain_ids: list[str]
    source: str
    registration_at: list[int]
    registration_status: list[int]
    first_session_at: int
    first_open_session_at: int
    interval_start: list[int]
    interval_end: list[int]
    begin_used: int
    reached_visit_at: int
    reached_5m_at: int
    reached_30m_at: int
    summary_at: int
    summary_seconds: int
    recording_view_at: list[int]
    state: dict[str, Any]


def row(
    webinar_id: str,
    person_id: str,
    own: PersonState,
    whole: PersonState,
    *,
    begin: int,
    fence: int,
    sign_of_life: int,
) -> PersonRow:
    """The row of a person. `whole` is `own` joined with the states of the ids that point to it; `own` is what is
    stored. `begin` is the webinar's (FAR_FUTURE: unknown), `sign_of_life` the milliseconds that a session without
    a leave goes on after its last sign of life, `fence` the top of the version (see `version`).
    """
    turns = turning_points(whole.touches.values())
    spans = [(span(session, sign_of_life), session.left == 0) for session in whole.sessions.values()]
    intervals = union([one for one, _ in spans])
    return {
        "webinar_id": webinar_id,
        "person_id": person_id,
        "version": version(fence, sum(own.offsets)),
        "same_as": own.link.same_as if own.link else "",
        "left_out": int(whole.left_out),
        "domain_ids": sorted(whole.domain_ids),
        "source": first_source(whole.touches),
        "registration_at": [at for at, _ in turns],
        "registration_status": [status for _, status in turns],
        "first_session_at": min((one[0] for one, _ in spans), default=FAR_FUTURE),
        "first_open_session_at": min((one[0] for one, is_open in spans if is_open), default=FAR_FUTURE),
        "interval_start": [start for start, _ in intervals],
        "interval_end": [end for _, end in intervals],
        "begin_used": begin,
        "reached_visit_at": reached(intervals, begin, VISIT),
        "reached_5m_at": reached(intervals, begin, VISIT_5M),
        "reached_30m_at": reached(intervals, begin, VISIT_30M),
        "summary_at": whole.total_since,
        "summary_seconds": min(whole.total.total_seconds, LONGEST_SECONDS) if whole.total else 0,
        "recording_view_at": sorted(whole.recording_views.values()),
        "state": dump(own),
    }


LONGEST_SECONDS = 1_000_000_000
"""Longer totals and durations are cut to 31 years: no window is longer, so no number changes, and sums fit."""


OFFSET_BITS = 36
"""68 billion records a partition."""
GENERATION_BITS = 20
"""A million rebalances; the epoch above it has 8 bits."""


def fence(epoch: int, generation: int) -> int:
    """What a version starts with: an installation's epoch, then the consumer group's generation.

    A worker that was thought dead and still writes has an older generation than its successor, so none of its rows
    can replace one of the successor's (docs/decisions/0004-a-version-carries-the-generation.md).
    """
    return (epoch << GENERATION_BITS) | (generation & ((1 << GENERATION_BITS) - 1))


def version(fence: int, offsets: int) -> int:
    """The fence, below it the sum of the offsets that changed the row (docs/design.md 3)."""
    return (fence << OFFSET_BITS) | offsets


def fence_of(version: int) -> int:
    """The fence that a stored version was written with."""
    return version >> OFFSET_BITS


def epoch_of(version: int) -> int:
    """The epoch that a stored version was written in."""
    return version >> (OFFSET_BITS + GENERATION_BITS)


def span(session: Session, sign_of_life: int) -> tuple[int, int]:
    """Start and end of a session; FAR_FUTURE where it goes on (docs/contract.md, "One session")."""
    start = session.joined if session.joined != FAR_FUTURE else session.first_seen
    if start == FAR_FUTURE:
        start = session.left
    if session.left:
        end = session.left
    elif session.last_seen:
        end = session.last_seen + sign_of_life
    else:
        end = FAR_FUTURE
    return start, max(start, end)


def union(intervals: Intervals) -> Intervals:
    """The union of the intervals, disjoint and sorted; empty ones are left out."""
    united: Intervals = []
    for start, end in sorted(intervals):
        if end == start:
            continue
        if united and start <= united[-1][1]:
            united[-1] = (united[-1][0], max(end, united[-1][1]))
        else:
            united.append((start, end))
    return united


def reached(intervals: Intervals, begin: int, needed: int) -> int:
    """The instant at which the watch time since `begin` is `needed` ms; FAR_FUTURE: never."""
    if begin == FAR_FUTURE:
        return FAR_FUTURE
    for start, end in intervals:
        since = max(start, begin)
        if end - since >= needed:
            return since + needed
        if end > since:
            needed -= end - since
    return FAR_FUTURE


def turning_points(touches: Any) -> list[tuple[int, int]]:
    """(instant, status) wherever the registration's status changes, in order."""
    latest: dict[int, int] = {}
    for touch in touches:
        latest[touch.occurred_at] = max(touch.status, latest.get(touch.occurred_at, 0))
    turns: list[tuple[int, int]] = []
    for at in sorted(latest):
        if not turns or turns[-1][1] != latest[at]:
            turns.append((at, latest[at]))
    return turns


def first_source(touches: dict[str, Touch]) -> str:
    """The source key of the first touch; WALK_IN if there is no registration event."""
    if not touches:
        return WALK_IN
    good = [(touch, content) for content, touch in touches.items() if touch.status in _GOOD]
    among = good or [(touch, content) for content, touch in touches.items()]
    first = min(_touch_order(touch) for touch, _ in among)
    return max((content, touch.source) for touch, content in among if _touch_order(touch) == first)[1]


def _touch_order(touch: Touch) -> tuple[int, bool, str]:
    return touch.occurred_at, touch.source == NO_SOURCE, touch.event_id
