"""When a message is sent: what lasts raises an alarm, what is surely over clears it, one message a change. Pure."""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, NamedTuple, TypeAlias

from alerts.detection.findings import POOLED, TOTAL, Finding, Segment
from alerts.detection.measurements import Counts, Moment, total
from alerts.detection.settings import DropSettings, Metric
from contract.instants import MINUTE

Condition: TypeAlias = Literal["usual", "silent", "empty", "drop"]
"""`silent`: no event at all of a webinar that should run; `empty`: it runs, and nobody is in the room."""
Key: TypeAlias = tuple[Segment, Metric]


class Trace(NamedTuple):
    """How a segment's conversion did in the last evaluations."""

    found: int = 0
    """So many in a row found a drop."""
    calm: int = 0
    """So many in a row found it as usual again, while the alarm is on."""
    on: bool = False


class Alarm(NamedTuple):
    """What is kept of one subject from evaluation to evaluation."""

    condition: Condition = "usual"
    traces: tuple[tuple[Key, Trace], ...] = ()


class Change(NamedTuple):
    """A change that is worth a message: at most one a subject and evaluation."""

    subject: str
    """A webinar_id; or `region=…`, `course=…`, `language=…` where only its webinars together show a drop."""
    before: Condition
    after: Condition
    findings: tuple[Finding, ...] = ()
    """What has dropped: what the message is about, then the lines inside it."""


def step(
    alarms: Mapping[str, Alarm], moments: Sequence[Moment], findings: Iterable[Finding], settings: DropSettings
) -> tuple[dict[str, Alarm], list[Change]]:
    """The alarms after one evaluation, and what changed. Subjects that are no longer evaluated are forgotten."""
    by_subject: dict[str, list[Finding]] = {one.webinar.webinar_id: [] for one in moments}
    for finding in findings:
        if finding.metric in settings.alerting:
            by_subject.setdefault(subject_of(finding.segment), []).append(finding)
    absent = {one.webinar.webinar_id: missing(one, settings) for one in moments}
    after = {
        subject: _next(alarms.get(subject, Alarm()), found, absent.get(subject), settings)
        for subject, found in by_subject.items()
    }
    changes = []
    for subject, alarm in after.items():
        before = alarms.get(subject, Alarm()).condition
        pooled = subject not in absent
        if alarm.condition != before and not (pooled and _said_already(subject, alarm, after, moments)):
            changes.append(Change(subject, before, alarm.condition, _lines(alarm, by_subject[subject])))
    return after, changes


def subject_of(segment: Segment) -> str:
    """Whom a message about the segment is about."""
    return segment.webinar_id or f"{segment.dimension}={segment.value}"


def _next(alarm: Alarm, findings: Sequence[Finding], absent: Condition | None, settings: DropSettings) -> Alarm:
    # What is not judged any more, since other buckets were chosen, must not stay on.
    traces = {key: trace for key, trace in alarm.traces if key[1] in settings.alerting}
    for finding in findings:
        key = (finding.segment, finding.metric)
        traces[key] = _follow(traces.get(key, Trace()), finding, settings)
    dropped = any(trace.on for trace in traces.values())
    return Alarm(absent or ("drop" if dropped else "usual"), tuple(traces.items()))


def _follow(trace: Trace, finding: Finding, settings: DropSettings) -> Trace:
    if not trace.on:
        found = trace.found + 1 if finding.drop else 0
        return Trace(found=found, on=found >= settings.evaluations_to_raise)
    calm = trace.calm + 1 if finding.calm else 0
    return Trace(calm=calm, on=calm < settings.evaluations_to_clear)


def missing(moment: Moment, settings: DropSettings) -> Condition | None:
    """Whether people or events are missing in a webinar that runs, and chance does not explain it."""
    if moment.webinar.ended or "live" not in moment.webinar.capabilities or moment.in_the_room:
        return None
    if moment.elapsed < settings.empty_minutes * MINUTE:
        return None
    now = total(moment.groups.values()).registrations
    earlier = [total(groups.values()) for groups in moment.earlier.values()]
    baseline = sum(one.registrations for one in earlier) / len(earlier) if earlier else 0.0
    if not moment.any_event:
        return "silent" if max(now, baseline) >= settings.least_expected else None
    return "empty" if _surely_awaited(now, earlier, settings) else None


def _surely_awaited(registrations: int, earlier: Sequence[Counts], settings: DropSettings) -> bool:
    people = sum(one.registrations for one in earlier)
    if len(earlier) < settings.least_peers or people == 0:
        return registrations >= settings.least_registrations
    rate = sum(one.visits or 0 for one in earlier) / people
    return registrations >= settings.least_expected and math.exp(-registrations * rate) <= settings.chance


def _said_already(subject: str, alarm: Alarm, after: Mapping[str, Alarm], moments: Sequence[Moment]) -> bool:
    """Whether a message about a region, course or language would say nothing new: one of its webinars said it.

    Nor is it news that it is over: its webinars are, and a day passes.
    """
    dimension, _, value = subject.partition("=")
    members = [one.webinar for one in moments if getattr(one.webinar, dimension) == value]
    return alarm.condition == "usual" or any(after[one.webinar_id].condition != "usual" for one in members)


def _lines(alarm: Alarm, findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """The whole webinar first, then the surest; of each segment the surest metric."""
    on = {key for key, trace in alarm.traces if trace.on}
    surest: dict[Segment, Finding] = {}
    for finding in sorted(findings, key=lambda one: one.p):
        if (finding.segment, finding.metric) in on:
            surest.setdefault(finding.segment, finding)
    return tuple(sorted(surest.values(), key=lambda one: one.segment.dimension not in (TOTAL, *POOLED)))
