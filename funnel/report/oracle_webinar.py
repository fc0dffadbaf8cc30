"""The oracle's webinar (funnel/report/oracle.py): its statements, and its state at a moment. Pure."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

Fields = dict[str, Any]


@dataclass(frozen=True)
class Rules:
    """The settings of the contract."""

    default_duration: timedelta = timedelta(hours=1)
    live_grace: timedelta = timedelta(hours=6)
    sign_of_life: timedelta = timedelta(seconds=60)
    full_percent: int = 90
    default_timezone: str = "UTC"
    matched_percent: int = 50
    stayed_minutes: tuple[int, ...] = (5, 30)
    """The buckets: how long people have to stay, chosen by the company."""

    @property
    def thresholds(self) -> dict[str, int]:
        """Ending of visits… -> seconds of watch time."""
        return {"": 1} | {f"_{minutes}m": 60 * minutes for minutes in self.stayed_minutes}

    @property
    def endings(self) -> tuple[str, ...]:
        return (*self.thresholds, "_full")


@dataclass(frozen=True)
class Window:
    """A webinar's window and state at a moment."""

    completeness: str
    begun: bool
    ended: bool
    begin: datetime
    end: datetime

    @property
    def length(self) -> timedelta:
        return self.end - self.begin


def instant(text: str) -> datetime:
    """RFC 3339 text, cut to milliseconds."""
    moment = datetime.fromisoformat(text.upper()).astimezone(UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def order(event: Fields) -> tuple[int, datetime, str, str]:
    return event.get("authority", 0), instant(event["occurred_at"]), event["event_id"], event["canonical"]


def reported(totals: Fields) -> tuple[datetime, str, str]:
    return instant(totals["reported_at"]), totals["event_id"], totals["canonical"]


def canonical(event: Fields) -> str:
    said = {name: value for name, value in event.items() if name != "received_at"}
    return json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def facts_of(statements: list[Fields]) -> dict[str, Fields]:
    """The winning statement of each field."""
    won: dict[str, Fields] = {}
    for statement in sorted(statements, key=order):
        for name in statement:
            won[name] = statement
    for name, better in (("started_at", min), ("ended_at", max)):
        saying = [statement for statement in statements if name in statement]
        if saying:
            highest = max(statement.get("authority", 0) for statement in saying)
            among = [statement for statement in saying if statement.get("authority", 0) == highest]
            won[name] = better(among, key=lambda one: instant(one[name]))
    return won


def _said_at(facts: dict[str, Fields], name: str) -> datetime | None:
    return instant(facts[name][name]) if name in facts else None


def tells(facts: dict[str, Fields], what: str) -> bool:
    if "tells" in facts:
        return what in facts["tells"]["tells"]
    return what in ["live", "leaves", "recording_views", "persons", "seconds"]


def window_at(facts: dict[str, Fields], at: datetime, rules: Rules) -> Window:
    status = facts["status"]["status"] if "status" in facts else None
    duration = rules.default_duration
    if "duration_seconds" in facts:
        duration = timedelta(seconds=min(facts["duration_seconds"]["duration_seconds"], 10**9))
    ended_at = _said_at(facts, "ended_at")
    begin = _said_at(facts, "started_at")
    if begin is None:
        begin = _said_at(facts, "starts_at")
        if begin is not None and tells(facts, "starts"):
            overdue = status != "live" and begin + duration <= at
            if not (status == "ended" or ended_at is not None or overdue):
                begin = None
    if status == "cancelled":
        return Window("cancelled", False, False, at, at)
    if begin is None or begin > at:
        return Window("upcoming", False, False, at, at)
    end = _end(facts, status, begin, duration, ended_at, at, rules)
    if end is None:
        return Window("on_now", True, False, begin, at)
    end = max(begin, end)
    completed_at = _said_at(facts, "completed_at")
    final = (completed_at is not None and completed_at <= at) or end + timedelta(hours=24) <= at
    return Window("final" if final else "being_completed", True, True, begin, end)


def _end(
    facts: dict[str, Fields],
    status: str | None,
    begin: datetime,
    duration: timedelta,
    ended_at: datetime | None,
    at: datetime,
    rules: Rules,
) -> datetime | None:
    """The end, or None while the webinar is live."""
    said = instant(facts["status"]["occurred_at"]) if status else None
    planned = begin + duration
    if ended_at is not None:
        came_back = status == "live" and said is not None and said > ended_at
        if came_back:
            planned = max(planned, ended_at)
        elif ended_at > at:
            planned = ended_at
        else:
            return ended_at
    if status == "ended" and said is not None:
        return min(planned, said) if min(planned, said) <= at else None
    if status == "live" and at < planned + rules.live_grace:
        return None
    return None if at < planned else planned


def local(facts: dict[str, Fields], window: Window, rules: Rules) -> Fields:
    moment = window.begin if window.begun else _said_at(facts, "starts_at")
    if moment is None:
        return {"week": None, "weekday": None, "hour": None}
    try:
        zone = ZoneInfo(facts["timezone"]["timezone"])
    except (KeyError, ValueError, OSError):
        zone = ZoneInfo(rules.default_timezone)
    local = moment.astimezone(zone)
    year, week, weekday = local.isocalendar()
    return {"week": f"{year}-W{week:02d}", "weekday": weekday, "hour": local.hour}
