"""State -> row of the table `persons`: a pure function of the state and the start of the webinar (docs/design.md 3).

No clock: the row holds instants, and a view compares them with its moment.
"""

from collections.abc import Iterable, Sequence
from struct import Struct

from contract.instants import FAR_FUTURE, SECOND
from contract.measures import THRESHOLDS, WATCHED
from contract.source import NO_SOURCE, WALK_IN
from streams.fold.offsets import total
from streams.fold.person import STATUS_RANK, PersonState, Session, Touch, dump
from streams.fold.row_binary import LENGTH, frequent_text, int64, int64s, text, texts, uint64

LEVELS = tuple((step.seconds or 0) * SECOND for step in WATCHED)
"""The watch time of a visit and of each bucket."""

Intervals = list[tuple[int, int]]

_GOOD = (STATUS_RANK["registered"], STATUS_RANK["approved"])

COLUMNS = {
    "webinar_id": "String",
    "person_id": "String",
    "version": "UInt64",
    "same_as": "String",
    "excluded": "Bool",
    "domain_ids": "Array(String)",
    "source": "String",
    "registration_at": "Array(Int64)",
    "registration_status": "Array(UInt8)",
    "first_session_at": "Int64",
    "first_open_session_at": "Int64",
    "interval_start": "Array(Int64)",
    "interval_end": "Array(Int64)",
    "begin_used": "Int64",
    "reached_visit_at": "Int64",
    "reached_at": "Array(Int64)",
    "thresholds": "String",
    "summary_at": "Int64",
    "summary_seconds": "Int64",
    "recording_view_at": "Array(Int64)",
    "state": "String",
}
"""What `row` writes of the table `persons`, in this order (clickhouse/migrations). Instants in ms since 1970 UTC."""

_NO_STAYS: tuple[int, int, Intervals] = (FAR_FUTURE, FAR_FUTURE, [])
_ONE_STATUS = Struct("<BqBB").pack
_NO_INTERVAL = Struct("<qqBB").pack
_ONE_INTERVAL = Struct("<qqBqBq").pack
_REACHED = Struct(f"<qqB{len(LEVELS) - 1}q").pack
_NEVER_REACHED = _REACHED(0, FAR_FUTURE, len(LEVELS) - 1, *[FAR_FUTURE] * (len(LEVELS) - 1))[8:]
_NOBODY_ELSE = b"\0\0\0"
_SUMMED_UP = Struct("<qq").pack
_THRESHOLDS = text(THRESHOLDS)
_NO_SUMMARY = _THRESHOLDS + _SUMMED_UP(FAR_FUTURE, 0) + b"\0"


def row(
    webinar_id: str,
    person_id: str,
    own: PersonState,
    whole: PersonState,
    *,
    begin: int,
    fence: int,
    sign_of_life: int,
) -> bytes:
    """The row of a person, in RowBinary. `whole` is `own` joined with the states of the ids that point to it; `own` is
    what is stored. `begin` is the webinar's (FAR_FUTURE: unknown), `sign_of_life` the milliseconds that a session
    without a leave lasts after its last sign of life, `fence` the top of the version (see `version`).
    """
    first, first_open, intervals = stays(whole.sessions, sign_of_life) if whole.sessions else _NO_STAYS
    state = dump(own)
    return b"".join(
        (
            frequent_text(webinar_id),
            text(person_id),
            uint64(version(fence, total(own.offsets))),
            _who(own, whole),
            _registration(whole.touches),
            _sessions(first, first_open, intervals),
            _reached(begin, intervals),
            _summary(whole),
            LENGTH[len(state)],
            state,
        )
    )


def _who(own: PersonState, whole: PersonState) -> bytes:
    """same_as, excluded, domain_ids."""
    link = own.rare.link
    if link is None and not whole.rare.excluded and not whole.domain_ids:
        return _NOBODY_ELSE
    same_as = link.same_as if link else ""
    return text(same_as) + (b"\1" if whole.rare.excluded else b"\0") + texts(sorted(whole.domain_ids))


def _registration(touches: Sequence[Touch]) -> bytes:
    """source, registration_at, registration_status."""
    if len(touches) == 1:
        touch = touches[0]
        return frequent_text(touch.source) + _ONE_STATUS(1, touch.occurred_at, 1, touch.status)
    changes = status_changes(touches)
    statuses = bytes(status for _, status in changes)
    source_text = frequent_text(first_source(touches))
    return source_text + int64s([at for at, _ in changes]) + LENGTH[len(statuses)] + statuses


def _sessions(first: int, first_open: int, intervals: Intervals) -> bytes:
    """first_session_at, first_open_session_at, interval_start, interval_end."""
    if not intervals:
        return _NO_INTERVAL(first, first_open, 0, 0)
    if len(intervals) == 1:
        return _ONE_INTERVAL(first, first_open, 1, intervals[0][0], 1, intervals[0][1])
    starts, ends = zip(*intervals, strict=True)
    return int64(first) + int64(first_open) + int64s(starts) + int64s(ends)


def _reached(begin: int, intervals: Intervals) -> bytes:
    """begin_used, reached_visit_at, reached_at."""
    if not intervals or begin == FAR_FUTURE:
        return int64(begin) + _NEVER_REACHED
    visit, *stayed = reached(intervals, begin)
    return _REACHED(begin, visit, len(stayed), *stayed)


def _summary(whole: PersonState) -> bytes:
    """thresholds, summary_at, summary_seconds, recording_view_at."""
    rare = whole.rare
    if rare.total is None and not rare.recording_views:
        return _NO_SUMMARY
    seconds = min(rare.total.total_seconds, LONGEST_SECONDS) if rare.total else 0
    return _THRESHOLDS + _SUMMED_UP(rare.total_since, seconds) + int64s(sorted(rare.recording_views.values()))


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
        if not session[2] and start < first_open:
            first_open = start
        if end > start:
            spans.append((start, end))
    return first, first_open, union(spans) if len(spans) > 1 else spans


def span(session: Session, sign_of_life: int) -> tuple[int, int]:
    """Start and end of a session; FAR_FUTURE if it is open (docs/contract.md, "One session")."""
    _, joined, left, first_seen, last_seen = session
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
        return [(touches[0].occurred_at, touches[0].status)]
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
