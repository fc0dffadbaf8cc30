"""The oracle's attendance (funnel/report/oracle.py): sessions, watch time, who is in the room. Pure."""

from bisect import bisect_right
from collections import defaultdict
from datetime import UTC, datetime, timedelta

from funnel.report.oracle_webinar import Fields, Rules, Window, instant

FOREVER = datetime(2286, 1, 1, tzinfo=UTC)


def sessions_of(events: list[Fields], rules: Rules) -> list[tuple[datetime, datetime, bool]]:
    """(start, end, has a leave)"""
    of_session: dict[str, dict[str, list[datetime]]] = defaultdict(lambda: defaultdict(list))
    for event in events:
        if event.get("kind") in ("joined", "left", "seen"):
            of_session[event["session_id"]][event["kind"]].append(instant(event["occurred_at"]))
    sessions = []
    for said in of_session.values():
        start = min(said["joined"] or said["seen"] or [max(said["left"])])
        end = max(said["seen"]) + rules.sign_of_life if said["seen"] else FOREVER
        if said["left"]:
            end = max(said["left"])
        sessions.append((start, max(start, end), bool(said["left"])))
    return sessions


def summary_of(events: list[Fields], at: datetime) -> int | None:
    summaries = [event for event in events if event.get("kind") == "summary"]
    if not summaries or min(instant(event["occurred_at"]) for event in summaries) > at:
        return None
    counting = max(summaries, key=lambda event: (instant(event["reported_at"]), event["event_id"], event["canonical"]))
    return int(counting["total_seconds"])


def watched(sessions: list[tuple[datetime, datetime, bool]], summary: int | None, window: Window) -> int:
    """Whole seconds."""
    if summary is not None and (not sessions or (window.ended and not all(left for _, _, left in sessions))):
        return min(summary, window.length // timedelta(seconds=1))
    return sum((end - start for start, end in stays_of(sessions, window)), timedelta(0)) // timedelta(seconds=1)


def stays_of(sessions: list[tuple[datetime, datetime, bool]], window: Window) -> list[tuple[datetime, datetime]]:
    """When somebody was in the room: the union of the sessions within the window, without empty ones."""
    stays, until = [], window.begin
    for start, end, _ in sorted(sessions):
        start, end = max(start, until), min(end, window.end)  # noqa: PLW2901
        if end > start:
            stays.append((start, end))
            until = end
    return stays


def peak(persons: list[list[tuple[datetime, datetime]]]) -> Fields:
    """The most people in the room at one instant, and the earliest such instant. `persons`: each one's stays."""
    starts = sorted(start for stays in persons for start, _ in stays)
    ends = sorted(end for stays in persons for _, end in stays)
    # Stays of a person do not overlap, and the maximum is reached when somebody has just joined.
    there = [bisect_right(starts, start) - bisect_right(ends, start) for start in starts]
    if not there:
        return {"peak_viewers": None, "peak_at": None}
    first = starts[there.index(max(there))]
    return {"peak_viewers": max(there), "peak_at": first.isoformat(timespec="milliseconds").replace("+00:00", "Z")}
