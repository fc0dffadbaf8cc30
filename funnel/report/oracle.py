"""The contract implemented again, as plainly as possible: events in, numbers out (docs/contract.md).

It shares only the text of the contract with the fold, the rows and the views. `funnel verify` and the tests compare
those with it. It is slow and simple on purpose: every question reads all events again. Pure.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import sha256
from statistics import median

from funnel.report.oracle_attendance import peak, sessions_of, stays_of, summary_of, watched
from funnel.report.oracle_sources import NO_RULES, Business, source_group, views_by_source
from funnel.report.oracle_webinar import (
    Fields,
    Rules,
    Window,
    canonical,
    facts_of,
    instant,
    local,
    order,
    reported,
    tells,
    window_at,
)

__all__ = ["NO_RULES", "Business", "Rules", "numbers"]

STATUSES = ["registered", "approved", "cancelled", "denied", "withdrawn"]
STANDING_IN = re.compile("registrations|visits_all|visits|visits_[1-9][0-9]{0,3}m|visits_full|recording_views")


def numbers(records: Iterable[bytes], at: datetime, rules: Rules, business: Business = NO_RULES) -> list[Fields]:
    """One object per webinar in the events, sorted by webinar_id: its numbers at `at`, and under `by_source` the same
    numbers by source group.
    """
    of_webinar: dict[str, list[Fields]] = defaultdict(list)
    for record in records:
        event = json.loads(record)
        said = {name: value for name, value in event.items() if value is not None}
        of_webinar[event["webinar_id"]].append(said | {"canonical": canonical(event)})
    return [_webinar(one, _remembered(of_webinar[one]), at, rules, business) for one in sorted(of_webinar)]


def _webinar(webinar_id: str, events: list[Fields], at: datetime, rules: Rules, business: Business) -> Fields:
    facts = facts_of([event for event in events if event["type"] == "webinar"])
    window = window_at(facts, at, rules)
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
    views = views_by_source(top["page_views_by_source"], business)
    sums = _sums(answers, facts, window, rules) | {name: top[name] for name in ("invited", "page_views")}
    by_source = {
        group: _sums(groups[group], facts, window, rules) | {"invited": None, "page_views": views.get(group)}
        for group in groups.keys() | views.keys()
    }
    sums |= _median(answers) | peak([answer["stays"] for answer in answers])
    standing_in = [one for one in totals if any(STANDING_IN.fullmatch(name) for name in one)]
    totals_only = window.ended and bool(standing_in) and not persons
    if totals_only:
        sums |= _as_said(max(standing_in, key=reported), rules)
        by_source = {"Not told by source": sums}
    return {
        "webinar_id": webinar_id,
        "completeness": window.completeness,
        "begun": window.begun,
        **{
            name: facts.get(name, {}).get(name) or None for name in ("course", "region", "language", "format", "status")
        },
        "platform": webinar_id.partition(":")[0],
        **local(facts, window, rules),
        "totals_only": totals_only,
        **sums,
        **_matched(answers, rules),
        "by_source": by_source,
    }


# -- the persons


def _remembered(events: list[Fields]) -> list[Fields]:
    """The events of one webinar without those of forgotten persons, and of registrants that were linked to one."""
    forgotten = {event["forgotten_id"] for event in events if event["type"] == "forgotten"}
    links = [event for event in events if event["type"] == "identity"]
    forgotten |= {_hash(link["person_id"]) for link in links if _hash(link["same_as"]) in forgotten}
    return [event for event in events if "person_id" not in event or _hash(event["person_id"]) not in forgotten]


def _hash(person_id: str) -> str:
    return f"f_{sha256(person_id.encode()).hexdigest():.32}"


def _persons(events: list[Fields]) -> dict[str, list[Fields]]:
    """Every person's events; those of linked registrants are with their person."""
    links: dict[str, Fields] = {}
    for event in events:
        if event["type"] == "identity":
            known = links.get(event["person_id"])
            if known is None or order(event)[1:] > order(known)[1:]:
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
    sessions = [session for session in sessions_of(events, rules) if session[0] <= at]
    summary = summary_of(events, at)
    views = {}
    for event in events:
        if event.get("kind") == "recording_viewed" and instant(event["occurred_at"]) <= at:
            views[event["event_id"]] = event
    seconds = watched(sessions, summary, window)
    return {
        "source_group": source_group(registrations, business),
        "registered": registered,
        "registered_later": later,
        "visit_all": bool(sessions) or summary is not None,
        "seconds": seconds,
        "stays": stays_of(sessions, window),
        "full": _is_full(seconds, facts, window, rules),
        "recording_views": len(views),
    }


def _status(registrations: list[Fields], at: datetime) -> str | None:
    known = [event for event in registrations if instant(event["occurred_at"]) <= at]
    if not known:
        return None
    last = max(known, key=lambda event: (instant(event["occurred_at"]), STATUSES.index(event["status"])))
    return str(last["status"])


def _is_full(seconds: int, facts: dict[str, Fields], window: Window, rules: Rules) -> bool:
    whole = window.length
    if "duration_seconds" in facts and facts["duration_seconds"]["duration_seconds"] > 0:
        whole = min(whole, timedelta(seconds=min(facts["duration_seconds"]["duration_seconds"], 10**9)))
    return window.ended and seconds > 0 and timedelta(seconds=100 * seconds) >= rules.full_percent * whole


# -- the sums


def _sums(persons: list[Fields], facts: dict[str, Fields], window: Window, rules: Rules) -> Fields:
    registered = [person for person in persons if person["registered"]]
    can_be = {name: window.length >= timedelta(seconds=least) for name, least in rules.thresholds.items()} | {"": True}
    recordings = tells(facts, "recording_views")
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
    row["no_shows"] = len(registered) - row["registered_visits"] if window.begun else None
    row["watch_seconds"] = sum(person["seconds"] for person in persons)
    row["average_watch_seconds"] = row["watch_seconds"] / row["visits"] if row["visits"] else None
    # They are never reported for a group.
    return row | dict.fromkeys(("median_watch_seconds", "peak_viewers", "peak_at"))


def _median(persons: list[Fields]) -> Fields:
    seconds = [person["seconds"] for person in persons if person["seconds"] > 0]
    return {"median_watch_seconds": float(median(seconds)) if seconds else None}


def _matched(persons: list[Fields], rules: Rules) -> Fields:
    """The share of those who opened the room that could be matched to a registration."""
    opened = [person for person in persons if person["visit_all"]]
    registered = sum(person["registered"] for person in opened)
    if not opened:
        return {"matched": None, "doubtful": False}
    return {
        "matched": registered / len(opened),
        "doubtful": 100 * registered < rules.matched_percent * len(opened),
    }


def _as_said(totals: Fields, rules: Rules) -> Fields:
    """The numbers of a webinar without persons; null if the totals lack them, or if totals cannot have them."""
    row: Fields = {name: totals.get(name) for name in ("registrations", "visits_all", "recording_views")}
    row |= dict.fromkeys(("registered_later", "walk_ins", "recording_viewers", "no_shows", "watch_seconds"))
    row |= dict.fromkeys(("average_watch_seconds", "median_watch_seconds", "peak_viewers", "peak_at"))
    registrations = row["registrations"]
    for name in rules.endings:
        visits = totals.get("visits" + name)
        row["visits" + name] = row["registered_visits" + name] = visits
        row["conversion" + name] = visits / registrations if registrations and visits is not None else None
    return row


def _top(totals: list[Fields], window: Window, at: datetime) -> Fields:
    """The latest reading of each field of the top of the funnel; once the webinar has ended, out of all readings."""
    known = [one for one in totals if window.ended or instant(one["reported_at"]) <= at]
    top: Fields = {}
    for name in ("invited", "page_views", "page_views_by_source"):
        saying = [one for one in known if name in one and one[name] != []]
        top[name] = max(saying, key=reported)[name] if saying else None
    return top
