"""The contract once more, as plainly as it can be said: events in, numbers out (docs/contract.md).

Shares nothing with the fold, the rows and the views but the text of the contract. `funnel verify` and the tests
hold those against it. Slow and simple on purpose: for every question it reads all events again. Pure.
"""

import json
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Set
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any
from urllib.parse import unquote_to_bytes
from zoneinfo import ZoneInfo

import idna

Fields = dict[str, Any]

LABELS = ("course", "region", "language", "format", "status")
STATUSES = ["registered", "approved", "cancelled", "denied", "withdrawn"]
SOURCE_FIELDS = [f"utm_{name}" for name in ("source", "medium", "campaign", "content", "term")]
SOURCE_FIELDS += ["referrer", "tracking_code", "platform_source"]
STANDING_IN = re.compile("registrations|visits_all|visits|visits_[1-9][0-9]{0,3}m|visits_full|recording_views")
FOREVER = datetime(2286, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Rules:
    """What the contract lets be set."""

    default_duration: timedelta = timedelta(hours=1)
    live_grace: timedelta = timedelta(hours=6)
    sign_of_life: timedelta = timedelta(seconds=60)
    full_percent: int = 90
    default_timezone: str = "UTC"
    matched_percent: int = 50
    stayed_minutes: tuple[int, ...] = (5, 30)
    """How long people have to stay to be counted: chosen by the company."""

    @property
    def thresholds(self) -> dict[str, int]:
        """Ending of visits… -> seconds of watch time."""
        return {"": 1} | {f"_{minutes}m": 60 * minutes for minutes in self.stayed_minutes}

    @property
    def endings(self) -> tuple[str, ...]:
        return (*self.thresholds, "_full")


Source = frozenset[tuple[str, str]]
"""What a registration says of its source: (field, value), trimmed, nothing empty."""


@dataclass(frozen=True)
class Business:
    """What the business decided, as it stands in the tables."""

    groups: Mapping[Source, str] = field(default_factory=dict)
    """The sources that a rule sorts, with their groups."""
    excluded_domains: Set[str] = frozenset()
    """domain_id of the domains whose people are left out."""


NO_RULES = Business()


@dataclass(frozen=True)
class Window:
    """Where a webinar stands at a moment."""

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


def numbers(records: Iterable[bytes], at: datetime, rules: Rules, business: Business = NO_RULES) -> list[Fields]:
    """One object for each webinar that any event names, sorted by webinar_id: its numbers at `at`, and under
    `by_source` the same numbers by source group.
    """
    of_webinar: dict[str, list[Fields]] = defaultdict(list)
    for record in records:
        event = json.loads(record)
        said = {name: value for name, value in event.items() if value is not None}
        of_webinar[event["webinar_id"]].append(said | {"canonical": _canonical(event)})
    return [_webinar(webinar_id, of_webinar[webinar_id], at, rules, business) for webinar_id in sorted(of_webinar)]


def _webinar(webinar_id: str, events: list[Fields], at: datetime, rules: Rules, business: Business) -> Fields:
    facts = _facts([event for event in events if event["type"] == "webinar"])
    window = _window(facts, at, rules)
    persons = _persons(events)
    answers = [
        _person(person, facts, window, at, rules, business)
        for person in persons.values()
        if not _left_out(person, business)
    ]
    groups: dict[str, list[Fields]] = defaultdict(list)
    for answer in answers:
        groups[answer["source_group"]].append(answer)
    totals = [event for event in events if event["type"] == "totals"]
    top = _top(totals, window, at)
    views = _views_by_source(top["page_views_by_source"], business)
    sums = _sums(answers, facts, window, rules) | {name: top[name] for name in ("invited", "page_views")}
    by_source = {
        group: _sums(groups[group], facts, window, rules) | {"invited": None, "page_views": views.get(group)}
        for group in groups.keys() | views.keys()
    }
    standing_in = [one for one in totals if any(STANDING_IN.fullmatch(name) for name in one)]
    totals_only = window.ended and bool(standing_in) and not persons
    if totals_only:
        sums |= _as_said(max(standing_in, key=_reported), rules)
        by_source = {"Not told by source": sums}
    return {
        "webinar_id": webinar_id,
        "completeness": window.completeness,
        "begun": window.begun,
        **{
            name: facts.get(name, {}).get(name) or None for name in ("course", "region", "language", "format", "status")
        },
        "platform": webinar_id.partition(":")[0],
        **_local(facts, window, rules),
        "totals_only": totals_only,
        **sums,
        **_matched(answers, rules),
        "by_source": by_source,
    }


# -- the webinar


def _order(event: Fields) -> tuple[int, datetime, str, str]:
    return event.get("authority", 0), instant(event["occurred_at"]), event["event_id"], event["canonical"]


def _reported(totals: Fields) -> tuple[datetime, str, str]:
    return instant(totals["reported_at"]), totals["event_id"], totals["canonical"]


def _canonical(event: Fields) -> str:
    said = {name: value for name, value in event.items() if name != "received_at"}
    return json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _facts(statements: list[Fields]) -> dict[str, Fields]:
    """For each field the statement that wins it."""
    won: dict[str, Fields] = {}
    for statement in sorted(statements, key=_order):
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


def _tells(facts: dict[str, Fields], what: str) -> bool:
    if "tells" in facts:
        return what in facts["tells"]["tells"]
    return what in ["live", "leaves", "recording_views", "persons", "seconds"]


def _window(facts: dict[str, Fields], at: datetime, rules: Rules) -> Window:
    status = facts["status"]["status"] if "status" in facts else None
    duration = rules.default_duration
    if "duration_seconds" in facts:
        duration = timedelta(seconds=min(facts["duration_seconds"]["duration_seconds"], 10**9))
    ended_at = _said_at(facts, "ended_at")
    begin = _said_at(facts, "started_at")
    if begin is None:
        begin = _said_at(facts, "starts_at")
        if begin is not None and _tells(facts, "starts"):
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


def _local(facts: dict[str, Fields], window: Window, rules: Rules) -> Fields:
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


# -- the persons


def _persons(events: list[Fields]) -> dict[str, list[Fields]]:
    """Every person's events, those of linked registrants with the person they are."""
    links: dict[str, Fields] = {}
    for event in events:
        if event["type"] == "identity":
            known = links.get(event["person_id"])
            if known is None or _order(event)[1:] > _order(known)[1:]:
                links[event["person_id"]] = event
    persons: dict[str, list[Fields]] = defaultdict(list)
    for event in events:
        if event["type"] in ("registration", "attendance"):
            person_id = event["person_id"]
            persons[links[person_id]["same_as"] if person_id in links else person_id].append(event)
    return persons


def _left_out(events: list[Fields], business: Business) -> bool:
    return any(
        event.get("role") in ("host", "panelist")
        or event.get("is_test")
        or event.get("domain_id") in business.excluded_domains
        for event in events
    )


def _person(
    events: list[Fields],
    facts: dict[str, Fields],
    window: Window,
    at: datetime,
    rules: Rules,
    business: Business,
) -> Fields:
    registrations = [event for event in events if event["type"] == "registration"]
    at_close = window.end if window.ended else at
    now, then = _status(registrations, at), _status(registrations, at_close)
    registered = then in ("registered", "approved") and now != "withdrawn"
    later = not registered and then is None and now in ("registered", "approved")
    sessions = [session for session in _sessions(events, rules) if session[0] <= at]
    summary = _summary(events, at)
    views = {}
    for event in events:
        if event.get("kind") == "recording_viewed" and instant(event["occurred_at"]) <= at:
            views[event["event_id"]] = event
    seconds = _watched(sessions, summary, window)
    return {
        "source_group": _source_group(registrations, business),
        "registered": registered,
        "registered_later": later,
        "visit_all": bool(sessions) or summary is not None,
        "seconds": seconds,
        "full": _is_full(seconds, facts, window, rules),
        "recording_views": len(views),
    }


def _status(registrations: list[Fields], at: datetime) -> str | None:
    known = [event for event in registrations if instant(event["occurred_at"]) <= at]
    if not known:
        return None
    last = max(known, key=lambda event: (instant(event["occurred_at"]), STATUSES.index(event["status"])))
    return str(last["status"])


def _sessions(events: list[Fields], rules: Rules) -> list[tuple[datetime, datetime, bool]]:
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


def _summary(events: list[Fields], at: datetime) -> int | None:
    summaries = [event for event in events if event.get("kind") == "summary"]
    if not summaries or min(instant(event["occurred_at"]) for event in summaries) > at:
        return None
    counting = max(summaries, key=lambda event: (instant(event["reported_at"]), event["event_id"], event["canonical"]))
    return int(counting["total_seconds"])


def _watched(sessions: list[tuple[datetime, datetime, bool]], summary: int | None, window: Window) -> int:
    """Whole seconds."""
    if summary is not None and (not sessions or (window.ended and not all(left for _, _, left in sessions))):
        return min(summary, window.length // timedelta(seconds=1))
    watched, until = timedelta(0), window.begin
    for start, end, _ in sorted(sessions):
        start, end = max(start, until), min(end, window.end)  # noqa: PLW2901
        if end > start:
            watched += end - start
            until = end
    return watched // timedelta(seconds=1)


def _is_full(seconds: int, facts: dict[str, Fields], window: Window, rules: Rules) -> bool:
    whole = window.length
    if "duration_seconds" in facts and facts["duration_seconds"]["duration_seconds"] > 0:
        whole = min(whole, timedelta(seconds=min(facts["duration_seconds"]["duration_seconds"], 10**9)))
    return window.ended and seconds > 0 and timedelta(seconds=100 * seconds) >= rules.full_percent * whole


def _source_group(registrations: list[Fields], business: Business) -> str:
    good = [event for event in registrations if event["status"] in ("registered", "approved")] or registrations
    if not good:
        return "Walk-in"
    key = min((instant(event["occurred_at"]), not _says(event), event["event_id"]) for event in good)
    ties = [event for event in good if (instant(event["occurred_at"]), not _says(event), event["event_id"]) == key]
    return _group(_says(max(ties, key=lambda event: event["canonical"])), business)


def _group(said: dict[str, str], business: Business) -> str:
    if frozenset(said.items()) in business.groups:
        return business.groups[frozenset(said.items())]
    by_utm, by_code, by_service = (
        _plain(said.get(name, "")) for name in ("utm_source", "tracking_code", "platform_source")
    )
    if by_service.lower() == "added by presenter":
        by_service = ""
    return by_utm.lower() or by_code or by_service or _plain_host(said.get("referrer", "")) or "No source given"


def _plain(value: str) -> str:
    """The canonical form of a name: decoded up to three times, nothing invisible, one space, NFKC; of a placeholder,
    nothing.
    """
    if _says_nothing(value.strip()):
        return ""
    for _ in range(3):
        value = _decoded_once(value)
    value = re.split(r"[?&#](?:amp;)?utm_[a-z]+=", value, maxsplit=1, flags=re.I)[0].replace("+", " ")
    value = "".join(one for one in value if one.isspace() or unicodedata.category(one) not in ("Cc", "Cf"))
    value = " ".join(unicodedata.normalize("NFKC", value).split())
    return "" if _says_nothing(value) else value


def _decoded_once(value: str) -> str:
    with suppress(UnicodeDecodeError):
        value = unquote_to_bytes(value).decode()
    named = r"(?i)&(amp|lt|gt|quot|apos|nbsp|#[0-9]{1,6}|#x[0-9a-f]{1,5});"
    return re.sub(named, lambda found: unescape(found[0].lower()), value)


def _says_nothing(value: str) -> bool:
    low = value.lower()
    words = {"undefined", "null", "none", "nan", "na", "n/a", "unknown", "[object object]"}
    words |= {f"({word})" for word in ("direct", "none", "not set", "not provided", "other")}
    if low in words or (len(low) > 2 and not low.strip("x")) or (low and not low.strip("-_.?")):
        return True
    macros = (r"\{\{.*\}\}", "%%.*%%", r"\$\{.*\}", r"^\{[^{}]*\}\Z", r"^__[a-z0-9_]+__\Z")
    return any(re.search(macro, low, re.S) for macro in macros)


def _plain_host(referrer: str) -> str:
    for _ in range(3):
        referrer = _decoded_once(referrer)
    place = re.sub(r"^([a-z][a-z0-9+.-]*:)?//", "", referrer.strip(), flags=re.I).replace("。", ".")
    host = _plain(re.split(r"[/?#\\]", place)[0].split("@")[-1].split(":")[0]).lower().rstrip(".")
    return ".".join(map(_unicode_label, re.sub(r"^www\.", "", host).split(".")))


def _unicode_label(label: str) -> str:
    try:
        return idna.decode(label) if label.startswith("xn--") else label
    except idna.IDNAError:
        return label


def _says(event: Fields) -> dict[str, str]:
    """What a registration (or an entry of views by source) says of its source: trimmed, nothing empty."""
    said = {name: (event.get("source", {}).get(name) or "").strip() for name in SOURCE_FIELDS}
    return {name: value for name, value in said.items() if value}


# -- the sums


def _sums(persons: list[Fields], facts: dict[str, Fields], window: Window, rules: Rules) -> Fields:
    registered = [person for person in persons if person["registered"]]
    can_be = {name: window.length >= timedelta(seconds=least) for name, least in rules.thresholds.items()} | {"": True}
    recordings = _tells(facts, "recording_views")
    row: Fields = {
        "registrations": len(registered),
        "registered_later": sum(person["registered_later"] for person in persons),
        "visits_all": sum(person["visit_all"] for person in persons),
        "walk_ins": sum(person["visit_all"] and not person["registered"] for person in persons),
        "recording_viewers": sum(person["recording_views"] > 0 for person in persons) if recordings else None,
        "recording_views": sum(person["recording_views"] for person in persons) if recordings else None,
    }
    for prefix, among in (("visits", persons), ("registered_visits", registered)):
        for name, least in rules.thresholds.items():
            reached = sum(person["seconds"] >= least for person in among)
            row[prefix + name] = reached if can_be[name] else None
        row[prefix + "_full"] = sum(person["full"] for person in among) if window.ended else None
    for name in rules.endings:
        visits = row["registered_visits" + name]
        row["conversion" + name] = (
            visits / len(registered) if window.begun and registered and visits is not None else None
        )
    return row


def _matched(persons: list[Fields], rules: Rules) -> Fields:
    """How many of those who opened the room could be matched to a registration."""
    opened = [person for person in persons if person["visit_all"]]
    registered = sum(person["registered"] for person in opened)
    if not opened:
        return {"matched": None, "doubtful": False}
    return {
        "matched": registered / len(opened),
        "doubtful": 100 * registered < rules.matched_percent * len(opened),
    }


def _as_said(totals: Fields, rules: Rules) -> Fields:
    """The numbers of a webinar without persons; null what the statement does not say, and what none can say."""
    row: Fields = {name: totals.get(name) for name in ("registrations", "visits_all", "recording_views")}
    row |= dict.fromkeys(("registered_later", "walk_ins", "recording_viewers"))
    registrations = row["registrations"]
    for name in rules.endings:
        visits = totals.get("visits" + name)
        row["visits" + name] = row["registered_visits" + name] = visits
        row["conversion" + name] = visits / registrations if registrations and visits is not None else None
    return row


def _top(totals: list[Fields], window: Window, at: datetime) -> Fields:
    """Of the top of the funnel each field's latest reading; once the webinar has ended, of all readings."""
    known = [one for one in totals if window.ended or instant(one["reported_at"]) <= at]
    top: Fields = {}
    for name in ("invited", "page_views", "page_views_by_source"):
        saying = [one for one in known if name in one and one[name] != []]
        top[name] = max(saying, key=_reported)[name] if saying else None
    return top


def _views_by_source(entries: list[Fields] | None, business: Business) -> dict[str, int]:
    views: dict[str, int] = defaultdict(int)
    for entry in entries or ():
        views[_group(_says(entry), business)] += entry["page_views"]
    return views
