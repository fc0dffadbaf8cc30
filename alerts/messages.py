"""How a change is said: the record for Kafka, the message for people, the row of what is unusual. Pure."""

from collections.abc import Sequence
from typing import NamedTuple

from alerts import wording
from alerts.detection.alarm import Change
from alerts.detection.findings import Finding
from alerts.detection.pace import Pace
from alerts.detection.reason import Part, Reason
from alerts.evidence import WebinarInfo
from contract.alert_events import AlertEvent, AlertPart, Kind
from contract.instants import DAY, FAR_FUTURE

KINDS: dict[str, Kind] = {"drop": "drop", "empty": "empty_room", "silent": "no_events"}
"""An alarm's condition -> the kind of alert."""


class Unusual(NamedTuple):
    """A row of the table findings but for evaluated_at."""

    finding_id: str
    webinar_id: str
    kind: Kind
    metric: str
    since: int
    until: int
    value: float | None
    baseline: float | None
    sentence: str
    reasons: str


class Message(NamedTuple):
    """A row of the table alert_messages."""

    message_id: str
    subject: str
    webinar_id: str
    kind: str
    raised: bool
    created_at: int
    title: str
    text: str
    event: str


def finding_id(subject: str, kind: str, since: int) -> str:
    """`since`: since when it lasts, ms since 1970 UTC."""
    return f"{subject}|{kind}|{since}"


def change_event(
    change: Change,
    kind: Kind,
    raised: bool,
    lines: Sequence[str],
    *,
    at: int,
    since: int,
    webinar_id: str,
    likeness: str,
    lead: Finding | None = None,
    reason: Reason | None = None,
) -> AlertEvent:
    """The record of a change. `lines`: what is said, the sentence first. `lead`: the finding that it is told by."""
    state = "raised" if raised else "over"
    return AlertEvent(
        event_id=f"{finding_id(change.subject, kind, since)}|{state}",
        subject=change.subject,
        webinar_id=webinar_id,
        kind=kind,
        state=state,
        occurred_at=at,
        metric=lead.metric if lead is not None else "visits",
        value=lead.rate if lead is not None else None,
        usual=lead.baseline if lead is not None else None,
        registrations=lead.registrations if lead is not None else None,
        chance=lead.p if lead is not None else None,
        likeness=likeness,
        webinars=lead.webinars if lead is not None else None,
        sentence=lines[0],
        lines=tuple(one for one in lines[1:] if one),
        parts=tuple(part_of(one) for one in reason.parts) if reason is not None else (),
    )


def pace_event(subject: str, info: WebinarInfo, found: Pace, raised: bool, *, at: int, since: int) -> AlertEvent:
    """The record of an upcoming webinar that is behind, or no longer."""
    state = "raised" if raised else "over"
    return AlertEvent(
        event_id=f"{finding_id(subject, 'pace', since)}|{state}",
        subject=subject,
        webinar_id=info.webinar.webinar_id,
        kind="pace",
        state=state,
        occurred_at=at,
        metric="registrations",
        value=found.expected,
        usual=float(found.baseline_final),
        registrations=found.registrations,
        likeness=found.likeness,
        webinars=found.webinars,
        sentence=wording.pace_sentence(found, (info.webinar.begin - at) / DAY),
    )


def message_of(event: AlertEvent, info: WebinarInfo | None) -> Message:
    """What people are told of the record. `info`: its webinar; None where several are judged together."""
    raised = event.state == "raised"
    name = wording.name(info) if info else wording.pooled_name(event.subject, event.webinars or 0)
    return Message(
        event.event_id,
        event.subject,
        event.webinar_id,
        event.kind,
        raised,
        event.occurred_at,
        wording.title(event.kind, raised, name),
        wording.text([event.sentence, *(one if one.startswith("Of ") else f"• {one}" for one in event.lines)]),
        event.model_dump_json(),
    )


def unusual_of(event: AlertEvent, since: int) -> Unusual:
    """The row of a raised record, open until it is over."""
    return Unusual(
        finding_id(event.subject, event.kind, since),
        event.webinar_id,
        event.kind,
        event.metric,
        since,
        FAR_FUTURE,
        event.value if event.value is not None else 0.0,
        event.usual,
        event.sentence,
        event.model_dump_json(),
    )


def part_of(part: Part) -> AlertPart:
    """A part of the reason as the record has it."""
    return AlertPart(
        dimension=part.dimension,
        value=part.value,
        new=part.new,
        registrations=part.registrations,
        converted=part.converted,
        usual_share=float(part.baseline_share),
        usual_rate=None if part.baseline_rate is None else float(part.baseline_rate),
        mix=float(part.mix),
        rate=float(part.rate),
        inside=tuple(part_of(one) for one in part.inside),
    )
