"""One evaluation: what dropped, is missing or stands out, and how upcoming webinars stand. Said by messages.py.

Pure, but for the function that is given to it to look up the people of a change.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from alerts import wording
from alerts.detection import naming
from alerts.detection.alarm import Alarm, Change, Trace, step
from alerts.detection.cause import People, change_of, first_cause, members_of
from alerts.detection.detect import judge
from alerts.detection.findings import TOTAL, Finding, Segment
from alerts.detection.measurements import total
from alerts.detection.pace import Pace, pace
from alerts.detection.reason import OTHER, Cell, Reason
from alerts.detection.sentence import headline, line, missing, seen_points
from alerts.detection.settings import DropSettings, Metric
from alerts.evidence import Evidence, Plan, WebinarInfo, grown, moments
from alerts.messages import (
    KINDS,
    Message,
    Unusual,
    change_event,
    finding_id,
    message_of,
    pace_event,
    unusual_of,
)
from contract.alert_events import AlertEvent, Kind
from contract.instants import FAR_FUTURE, HOUR, MINUTE

PACE = "pace:"
Cells = Callable[[Iterable[str], int, Metric], Mapping[str, Sequence[Cell]]]
"""webinar_ids, ms after their start (FAR_FUTURE: at the end), conversion -> their people."""


class Stored(NamedTuple):
    """What is kept of a subject from evaluation to evaluation."""

    alarm: Alarm
    since: int
    """Since when its condition lasts, ms since 1970 UTC."""


@dataclass(slots=True)
class Outcome:
    """What an evaluation found."""

    stored: dict[str, Stored] = field(default_factory=dict)
    messages: list[Message] = field(default_factory=list)
    unusual: dict[str, Unusual] = field(default_factory=dict)
    """By finding_id: all that is unusual now."""
    findings: list[Finding] = field(default_factory=list)


class Evaluation:
    """One moment's look at everything."""

    def __init__(self, at: int, planned: Plan, evidence: Evidence, settings: DropSettings, cells: Cells) -> None:
        self._at, self._planned, self._evidence, self._settings, self._cells = at, planned, evidence, settings, cells
        self._moments = {one.webinar.webinar_id: one for one in moments(planned, evidence, at)}
        self._out = Outcome()

    def run(self, stored: Mapping[str, Stored], unusual: Mapping[str, Unusual]) -> Outcome:
        """`stored`, `unusual`: what the evaluation before kept, and what it found unusual."""
        listed = list(self._moments.values())
        self._out.findings = judge(listed, self._planned.peers, self._settings)
        before = {subject: one.alarm for subject, one in stored.items() if not subject.startswith(PACE)}
        alarms, changes = step(before, listed, self._out.findings, self._settings)
        changed = {change.subject for change in changes}
        for subject, alarm in alarms.items():
            was = stored.get(subject, Stored(Alarm(), self._at))
            since = was.since if was.alarm.condition == alarm.condition else self._at
            self._out.stored[subject] = Stored(alarm, since)
            self._keep(subject, alarm, since, unusual)
        for change in changes:
            self._tell(change, stored.get(change.subject, Stored(Alarm(), self._at)))
        # What changed without a word, since its webinars say it already, is still to be found in the list.
        for subject, alarm in alarms.items():
            if subject not in changed and alarm.condition == "drop" and self._id(subject) not in self._out.unusual:
                self._find(Change(subject, "usual", "drop", self._on(alarm)), aloud=False)
        self._paces(stored, unusual)
        return self._out

    def _keep(self, subject: str, alarm: Alarm, since: int, unusual: Mapping[str, Unusual]) -> None:
        """What was unusual and still is stays as it was said."""
        if alarm.condition != "usual":
            was = unusual.get(finding_id(subject, KINDS[alarm.condition], since))
            if was is not None:
                self._out.unusual[was.finding_id] = was

    def _tell(self, change: Change, was: Stored) -> None:
        if change.after != "usual":
            self._find(change)
            return
        event = self._event(change, KINDS[change.before], False, [self._again(change)], was.since)
        self._say(event)

    def _find(self, change: Change, *, aloud: bool = True) -> None:
        since = self._out.stored[change.subject].since
        reason, lines = self._because(change)
        lead = change.findings[0] if change.findings else None
        event = self._event(change, KINDS[change.after], True, lines, since, lead, reason)
        found = unusual_of(event, since)
        self._out.unusual[found.finding_id] = found
        if aloud:
            self._say(event)

    def _because(self, change: Change) -> tuple[Reason | None, list[str]]:
        """The reason by source group (of a group by what is inside), and what is said: one sentence, then its lines."""
        if change.after != "drop" or not change.findings:
            moment = self._moments[change.subject]
            registrations = total(moment.groups.values()).registrations
            return None, [missing(change, registrations, moment.elapsed // MINUTE)]
        lead, names = change.findings[0], self._evidence.names
        others = [self._line(one) for one in change.findings[1:]]
        webinars = {webinar_id: one.webinar for webinar_id, one in self._moments.items()}
        leads = (lead,) if lead.segment.webinar_id else members_of(lead, self._out.findings, webinars)
        people = [found for one in leads if (found := self._people(one))]
        reason = change_of(lead, people) if len(people) == len(leads) else None
        if reason is None:
            return None, [self._line(lead), *others]
        cause = first_cause(lead, reason, self._out.findings, webinars)
        said = naming.reason(reason, names)
        lines = [*wording.reason_lines(said, lead.metric), *others]
        for by in OTHER:
            other = change_of(lead, people, by)
            lines += wording.telling_line(other, lead.metric)
        return reason, [
            headline(naming.finding(lead, names), said, naming.cause(cause, names)),
            self._before(lead),
            wording.mix_line(reason, seen_points(lead)),
            *lines,
        ]

    def _line(self, one: Finding) -> str:
        return line(naming.finding(one, self._evidence.names))

    def _before(self, lead: Finding) -> str:
        """How many webinars like it in a row had a drop just before; empty: the last one had none."""
        peers = self._planned.peers.get(lead.segment.webinar_id)
        members = peers.members if peers is not None else ()
        latest = sorted(members, key=lambda one: -self._evidence.webinars[one.webinar_id].webinar.begin)
        return wording.before(next((n for n, one in enumerate(latest) if not one.had_drop), len(latest)))

    def _people(self, lead: Finding) -> People | None:
        webinar_id = lead.segment.webinar_id
        moment, peers = self._moments[webinar_id], self._planned.peers[webinar_id]
        weights = {
            one.webinar_id: one.weight for one in peers.members if one.weight and one.webinar_id in moment.earlier
        }
        elapsed = FAR_FUTURE if moment.webinar.ended else moment.elapsed
        cells = self._cells([webinar_id, *weights], elapsed, lead.metric)
        if webinar_id not in cells:
            return None
        return cells[webinar_id], [(weight, cells[one]) for one, weight in weights.items() if one in cells]

    def _again(self, change: Change) -> str:
        if change.before != "drop":
            moment = self._moments[change.subject]
            if moment.webinar.ended:
                return f"The webinar has ended; {moment.in_the_room} had opened the room."
            return f"It is heard of again: {moment.in_the_room} have opened the room."
        metric = next(iter(self._settings.alerting))
        now = self._total(change.subject, metric)
        return f"Back to typical. {line(now)}." if now is not None else "It is no longer clearly below typical."

    def _total(self, subject: str, metric: str) -> Finding | None:
        dimension, _, value = subject.partition("=")
        segment = Segment(subject, TOTAL, "") if subject in self._moments else Segment("", dimension, value)
        return next((one for one in self._out.findings if one.segment == segment and one.metric == metric), None)

    def _on(self, alarm: Alarm) -> tuple[Finding, ...]:
        on = {key for key, trace in alarm.traces if trace.on}
        return tuple(one for one in self._out.findings if (one.segment, one.metric) in on)

    def _id(self, subject: str) -> str:
        stored = self._out.stored[subject]
        return finding_id(subject, KINDS[stored.alarm.condition], stored.since)

    def _say(self, event: AlertEvent) -> None:
        self._out.messages.append(message_of(event, self._evidence.webinars.get(event.webinar_id)))

    def _event(
        self,
        change: Change,
        kind: Kind,
        raised: bool,
        lines: Sequence[str],
        since: int,
        lead: Finding | None = None,
        reason: Reason | None = None,
    ) -> AlertEvent:
        subject, peers = change.subject, self._planned.peers.get(change.subject)
        return change_event(
            change,
            kind,
            raised,
            lines,
            at=self._at,
            since=since,
            webinar_id=subject if subject in self._evidence.webinars else "",
            likeness=peers.likeness if peers is not None else "",
            lead=lead,
            reason=reason,
        )

    def _paces(self, stored: Mapping[str, Stored], unusual: Mapping[str, Unusual]) -> None:
        for info in self._planned.upcoming:
            webinar_id = info.webinar.webinar_id
            now, earlier = grown(info, self._planned.peers[webinar_id], self._evidence, self._at)
            found = pace(now, self._planned.peers[webinar_id], earlier, self._settings)
            if found is not None:
                found = found._replace(gaps=naming.gaps(found.gaps, self._evidence.names))
            self._pace_alarm(info, found, stored, unusual)

    def _pace_alarm(
        self, info: WebinarInfo, found: Pace | None, stored: Mapping[str, Stored], unusual: Mapping[str, Unusual]
    ) -> None:
        webinar_id = info.webinar.webinar_id
        subject = PACE + webinar_id
        was = stored.get(subject, Stored(Alarm(), self._at))
        trace = was.alarm.traces[0][1] if was.alarm.traces else Trace()
        # At once only what can still be helped and is beyond chance; what is said stays until it is made good.
        in_time = info.webinar.begin - self._at >= self._settings.pace_hours * HOUR
        late = found is not None and (found.behind if trace.on else found.beyond and in_time)
        after = _follow(trace, late, self._settings)
        since = was.since if after.on == trace.on else self._at
        self._out.stored[subject] = Stored(
            Alarm("usual", (((Segment(webinar_id, TOTAL, ""), "visits"), after),)), since
        )
        if found is None or not (after.on or trace.on):
            return
        event = pace_event(subject, info, found, after.on, at=self._at, since=since)
        if after.on:
            row = unusual_of(event, since)
            self._out.unusual[row.finding_id] = unusual.get(row.finding_id) or row
        if after.on != trace.on:
            self._say(event)


def closed(unusual: Mapping[str, Unusual], outcome: Outcome, at: int) -> list[Unusual]:
    """What was unusual and is no longer."""
    return [one._replace(until=at) for evidence, one in unusual.items() if evidence not in outcome.unusual]


def _follow(trace: Trace, behind: bool, settings: DropSettings) -> Trace:
    if not trace.on:
        found = trace.found + 1 if behind else 0
        return Trace(found=found, on=found >= settings.evaluations_to_raise)
    calm = 0 if behind else trace.calm + 1
    return Trace(calm=calm, on=calm < settings.evaluations_to_clear)
