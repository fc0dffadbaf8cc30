"""What is known of all webinars, in the shapes that alerts/detection judges: moments at equal elapsed time. Pure."""

from bisect import bisect_right
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from operator import add
from typing import NamedTuple

from alerts.detection.measurements import Counts, Moment, Webinar
from alerts.detection.pace import Grown
from alerts.detection.peers import History, PeerGroup, peer_group
from alerts.detection.settings import DropSettings
from contract.instants import DAY, HOUR, MINUTE
from contract.measures import WATCHED


class WebinarInfo(NamedTuple):
    """A webinar as the alerts know it."""

    webinar: Webinar
    """Ended and final as of the moment that was read at."""
    title: str
    ended_ms: int
    """ms since 1970 UTC; FAR_FUTURE: it has not ended."""
    timezone: str = "UTC"
    reported: bool = True
    """Whether its service said anything since the start."""
    imported: bool = False
    """Whether nothing was heard of it before it had ended: it is history, and no news."""


class Final(NamedTuple):
    """The numbers of a webinar that has ended."""

    groups: Mapping[str, Counts]
    visits_all: int
    walk_ins: int


class Step(NamedTuple):
    """What changed in a source group by a minute: one row of the view minute_counts."""

    minute: int
    registrations: int
    watched: tuple[int, ...]
    """Of the registered, by WATCHED of contract/measures.py."""
    visits_all: int
    walk_ins: int


_NOTHING = Step(0, 0, (0,) * len(WATCHED), 0, 0)


class Curve:
    """How the counts of a webinar came about, by source group."""

    def __init__(self, steps: Mapping[str, Iterable[Step]]) -> None:
        """`steps`: by source group, in any order."""
        self._minutes: dict[str, list[int]] = {}
        self._sums: dict[str, list[Step]] = {}
        for group, changes in steps.items():
            summed = _NOTHING
            ordered = sorted(changes)
            self._minutes[group] = [one.minute for one in ordered]
            sums = [summed]
            for one in ordered:
                summed = _added(summed, one)
                sums.append(summed)
            self._sums[group] = sums

    def groups(self, minute: int) -> dict[str, Counts]:
        """Registered people and their visits, minute by minute after the start; walk-ins are in none."""
        found = {group: self._at(group, minute) for group in self._sums}
        return {
            group: Counts(
                one.registrations,
                *(
                    people if minute >= step.minutes else None
                    for people, step in zip(one.watched, WATCHED, strict=True)
                ),
            )
            for group, one in found.items()
            if one.registrations > 0
        }

    def registrations(self, minute: int) -> dict[str, int]:
        """By source group; before the start minutes are negative."""
        found = {group: self._at(group, minute).registrations for group in self._sums}
        return {group: n for group, n in found.items() if n > 0}

    def room(self, minute: int) -> tuple[int, int]:
        """Who has opened the room until then, and who of them is not registered."""
        found = [self._at(group, minute) for group in self._sums]
        return sum(one.visits_all for one in found), sum(one.walk_ins for one in found)

    def _at(self, group: str, minute: int) -> Step:
        return self._sums[group][bisect_right(self._minutes[group], minute)]


NOTHING = Curve({})


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything that one evaluation rests on."""

    webinars: Mapping[str, WebinarInfo]
    finals: Mapping[str, Final]
    """Of those that have ended."""
    curves: Mapping[str, Curve] = field(default_factory=dict)
    """Of those that are live or upcoming, and of the ones like them."""
    names: Mapping[str, str] = field(default_factory=dict)
    """Source groups as people wrote them, where that is another form."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Which webinars are looked at, and which ones are like them."""

    judged: tuple[WebinarInfo, ...]
    upcoming: tuple[WebinarInfo, ...]
    peers: Mapping[str, PeerGroup]


def plan(webinars: Iterable[WebinarInfo], at: int, settings: DropSettings, days_ahead: int) -> Plan:
    """At `at` (ms): the webinars that are live or ended within `recent_hours`, and those of the next days."""
    listed = list(webinars)
    history = History(one.webinar for one in listed)
    since = at - settings.recent_hours * HOUR
    judged = tuple(
        one
        for one in listed
        if one.webinar.begin <= at and (not one.webinar.ended or one.ended_ms >= since) and not one.imported
    )
    upcoming = tuple(one for one in listed if at < one.webinar.begin <= at + days_ahead * DAY)
    looked_at = (*judged, *upcoming)
    return Plan(
        judged, upcoming, {one.webinar.webinar_id: peer_group(one.webinar, history, settings) for one in looked_at}
    )


def curves_needed(planned: Plan) -> set[str]:
    """The webinars whose curve is needed: all that have not ended, and those like them."""
    running = [one.webinar.webinar_id for one in (*planned.judged, *planned.upcoming) if not one.webinar.ended]
    return {*running, *(member.webinar_id for one in running for member in planned.peers[one].members)}


def moments(planned: Plan, evidence: Evidence, at: int) -> list[Moment]:
    """The judged webinars, each at its own elapsed time."""
    return [moment(one, planned.peers[one.webinar.webinar_id], evidence, at) for one in planned.judged]


def moment(one: WebinarInfo, peers: PeerGroup, evidence: Evidence, at: int) -> Moment:
    """One webinar beside those like it: an ended one by final numbers, a live one at the last whole minute."""
    webinar = one.webinar
    members = [member.webinar_id for member in peers.members]
    baseline_walk_ins = _walk_ins(evidence.finals[member] for member in members if member in evidence.finals)
    if webinar.ended:
        final = evidence.finals.get(webinar.webinar_id, Final({}, 0, 0))
        return Moment(
            webinar,
            one.ended_ms - webinar.begin,
            final.groups,
            {member: evidence.finals[member].groups for member in members if member in evidence.finals},
            final.visits_all,
            final.walk_ins,
            baseline_walk_ins,
        )
    minute = (at - webinar.begin) // MINUTE
    curve = evidence.curves.get(webinar.webinar_id, NOTHING)
    in_the_room, walk_ins = curve.room(minute)
    return Moment(
        webinar,
        minute * MINUTE,
        curve.groups(minute),
        {member: evidence.curves[member].groups(minute) for member in members if _told_live(member, minute, evidence)},
        in_the_room,
        walk_ins,
        baseline_walk_ins,
        in_the_room > 0 or one.reported,
    )


def grown(one: WebinarInfo, peers: PeerGroup, evidence: Evidence, at: int) -> tuple[dict[str, int], dict[str, Grown]]:
    """Registrations of an upcoming webinar, and those of the ones like it at the same time before their start."""
    minute = -((one.webinar.begin - at + MINUTE - 1) // MINUTE)
    now = evidence.curves.get(one.webinar.webinar_id, NOTHING).registrations(minute)
    earlier = {}
    for member in peers.members:
        final, curve = evidence.finals.get(member.webinar_id), evidence.curves.get(member.webinar_id)
        if final is not None and curve is not None:
            registered = sum(counts.registrations for counts in final.groups.values())
            earlier[member.webinar_id] = Grown(curve.registrations(minute), registered)
    return now, earlier


def as_of(webinars: Iterable[WebinarInfo], at: int, had_drop: Collection[str]) -> list[WebinarInfo]:
    """The webinars as they stood at an earlier moment, by their times as they are known now.

    `fell`: of which webinar_ids a drop was known then.
    """
    found = []
    for one in webinars:
        ended = one.ended_ms <= at
        final = ended and one.ended_ms + DAY <= at
        found.append(
            one._replace(
                webinar=one.webinar._replace(ended=ended, final=final, had_drop=one.webinar.webinar_id in had_drop),
                # What came late is taken as if it had come in time: that is what is asked.
                imported=False,
            )
        )
    return found


def _added(one: Step, other: Step) -> Step:
    """What both changed, by the minute of the other."""
    return Step(
        other.minute,
        one.registrations + other.registrations,
        tuple(map(add, one.watched, other.watched)),
        one.visits_all + other.visits_all,
        one.walk_ins + other.walk_ins,
    )


def _told_live(webinar_id: str, minute: int, evidence: Evidence) -> bool:
    """Whether the earlier webinar says by itself who was there at that minute, and still ran then."""
    one = evidence.webinars.get(webinar_id)
    return (
        one is not None
        and webinar_id in evidence.curves
        and "live" in one.webinar.capabilities
        and one.ended_ms - one.webinar.begin >= minute * MINUTE
    )


def _walk_ins(finals: Iterable[Final]) -> float | None:
    listed = list(finals)
    opened = sum(one.visits_all for one in listed)
    return sum(one.walk_ins for one in listed) / opened if opened else None
