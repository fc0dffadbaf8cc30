"""State -> row of the table `persons`: a pure function of the state and the start of the webinar (docs/design.md 3).

No clock: the row holds instants, and a view compares them with its moment.
"""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from contract.instants import FAR_FUTURE, SECOND
from contract.measures import THRESHOLDS, WATCHED
from contract.source import NO_SOURCE, WALK_IN
from streams.fold.person import STATUS_RANK, PersonState, Session, Touch, dump

LEVELS = tuple((step.seconds or 0) * SECOND for step in WATCHED)
"""The watch time of a visit and of each bucket."""

Intervals = list[tuple[int, int]]

_GOOD = (STATUS_RANK["registered"], STATUS_RANK["approved"])


class PersonRow(NamedTuple):
    """One row of the table `persons`, column by column (clickhouse/migrations). Instants in ms since 1970 UTC."""

    webinar_id: str
    person_id: str
    version: int
    same_as: str
    excluded: bool
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
    reached_at: list[int]
    thresholds: str
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
    a leave lasts after its last sign of life, `fence` the top of the version (see `version`).
    """
    changes = status_changes(whole.touches)
    first, first_open, intervals = stays(whole.sessions.values(), sign_of_life)
    visit, *stayed = reached(intervals, begin)
    # By position: with 21 names the call alone would cost a tenth of the row.
    return PersonRow(
        webinar_id,
        person_id,
        version(fence, sum(own.offsets)),
        own.link.same_as if own.link else "",
        whole.excluded,
        sorted(whole.domain_ids) if whole.domain_ids else [],
        first_source(whole.touches),
        [at for at, _ in changes],
        [status for _, status in changes],
        first,
        first_open,
        [start for start, _ in intervals],
        [end for _, end in intervals],
        begin,
        visit,
        stayed,
        THRESHOLDS,
        whole.total_since,
        min(whole.total.total_seconds, LONGEST_SECONDS) if whole.total else 0,
        sorted(whole.recording_views.values()) if whole.recording_views else [],
        dump(own),
    )


LONGEST_SECONDS = 1_000_000_000
"""Longer totals and durations are cut to 31 years: no window is longer, so no number changes, and sums fit."""


OFFSET_BITS = 36
"""68 billion records per partition."""
GENERATION_BITS = 20
"""A million rebalances; the epoch above it has 8 bits."""


def fence(epoch: int, generation: int) -> int:
    """The top of a version: the installation's epoch, then the consumer group's generation.

    A worker that was declared dead but still writes has an older generation than its successor, so its rows cannot
    replace the successor's (docs/decisions/0004-a-version-carries-the-generation.md).
    """
    return (epoch << GENERATION_BITS) | (generation & ((1 << GENERATION_BITS) - 1))


def version(fence: int, offsets: int) -> int:
    """The fence, and below it the sum of the offsets that changed the row (docs/design.md 3)."""
    return (fence << OFFSET_BITS) | offsets


def fence_of(version: int) -> int:
    """The fence that a stored version was written with."""
    return version >> OFFSET_BITS


def epoch_of(version: int) -> int:
    """The epoch that a stored version was written in."""
    return version >> (OFFSET_BITS + GENERATION_BITS)


def stays(sessions: Iterable[Session], sign_of_life: int) -> tuple[int, int, Intervals]:
    """The start of the earliest session, that of the earliest one without a leave, and the union of all sessions."""
    first = first_open = FAR_FUTURE
    spans: Intervals = []
    for session in sessions:
        start, end = span(session, sign_of_life)
        first = min(first, start)
        if not session[1] and start < first_open:
            first_open = start
        if end > start:
            spans.append((start, end))
    return first, first_open, union(spans) if len(spans) > 1 else spans


def span(session: Session, sign_of_life: int) -> tuple[int, int]:
    """Start and end of a session; FAR_FUTURE if it is open (docs/contract.md, "One session")."""
    joined, left, first_seen, last_seen = session
    start = joined if joined != FAR_FUTURE else first_seen
    if start == FAR_FUTURE:
        start = left
    if left:
        end = left
    elif last_seen:
        end = last_seen + sign_of_life
    else:
        end = FAR_FUTURE
    return start, end if end > start else start


def union(intervals: Intervals) -> Intervals:
    """The union of the intervals, disjoint and sorted."""
    united: Intervals = []
    for start, end in sorted(intervals):
        if united and start <= united[-1][1]:
            united[-1] = (united[-1][0], max(end, united[-1][1]))
        else:
            united.append((start, end))
    return united


def reached(intervals: Intervals, begin: int) -> list[int]:
    """The instants at which the watch time since `begin` reaches each of LEVELS; FAR_FUTURE: never."""
    found = [FAR_FUTURE] * len(LEVELS)
    if begin == FAR_FUTURE:
        return found
    watched = place = 0
    for start, end in intervals:
        since = start if start > begin else begin
        if end <= since:
            continue
        by_then = watched + end - since
        while by_then >= LEVELS[place]:
            found[place] = since + LEVELS[place] - watched
            place += 1
            if place == len(LEVELS):
                return found
        watched = by_then
    return found


def status_changes(touches: Sequence[Touch]) -> list[tuple[int, int]]:
    """(instant, status) of each change of the registration's status, in order."""
    if len(touches) == 1:
        return [touches[0][:2]]
    latest: dict[int, int] = {}
    for touch in touches:
        latest[touch.occurred_at] = max(touch.status, latest.get(touch.occurred_at, 0))
    changes: list[tuple[int, int]] = []
    for at in sorted(latest):
        if not changes or changes[-1][1] != latest[at]:
            changes.append((at, latest[at]))
    return changes


def first_source(touches: Sequence[Touch]) -> str:
    """The source key of the first touch; WALK_IN if there is no registration event."""
    among = touches
    if len(touches) > 1:
        among = [touch for touch in touches if touch.status in _GOOD] or touches
    if len(among) < 2:
        return among[0].source if among else WALK_IN
    first = min(_touch_order(touch) for touch in among)
    return max((touch.content, touch.source) for touch in among if _touch_order(touch) == first)[1]


def _touch_order(touch: Touch) -> tuple[int, bool, str]:
    return touch.occurred_at, touch.source == NO_SOURCE, touch.event_id
