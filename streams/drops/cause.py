"""Which cause of a drop is named first: the one that explains the most of it. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Literal, NamedTuple, TypeAlias

from streams.drops.cohort import Webinar
from streams.drops.detect import POOLED, SOURCE_GROUP, TOTAL, Finding
from streams.drops.reason import Part, Reason

Kind: TypeAlias = Literal["new", "mix", "rate", "together", "all"]
"""`new`: a source seen for the first time; `mix`: more from a weaker source (or fewer from a better one); `rate`: fewer
came from a source; `together`: all recent webinars of a region, course or language fell; `all`: all sources of this
webinar fell alike."""

MUCH = Fraction(2, 5)
"""A mix that makes so much of the change is named before rates, which vary by themselves."""
MARGIN = 2.5
"""What one webinar must explain better (in nats) than those of a region together, to be blamed alone; likewise one of
its sources while the region's other webinars fell too."""
TOO = 0.5
"""So much (in nats, a standard deviation) the others must show of a drop, to be named with this webinar."""


class Cause(NamedTuple):
    """What is to blame."""

    kind: Kind
    dimension: str
    """`source_group`, a pooled dimension, or `total`."""
    value: str
    part: Part | None = None
    """Of a source: its part of the change."""
    members: tuple[Finding, ...] = ()
    """Of webinars that fell together: their totals."""


def first_cause(lead: Finding, reason: Reason, findings: Iterable[Finding], webinars: Mapping[str, Webinar]) -> Cause:
    """The cause to name first.

    `lead`: the finding that the message is about; `reason`: its webinar's change by source group; `findings`: all of
    the evaluation; `webinars`: by webinar_id, those of the findings.
    """
    same = [one for one in findings if one.metric == lead.metric]
    whole = lead.segment.dimension == TOTAL
    if whole and sum((one.mix for one in reason.parts), Fraction(0)) <= MUCH * reason.change:
        worst = min(reason.parts, key=lambda one: one.mix)
        return _of_part("new" if worst.new else "mix", worst)
    groups = [one for one in same if one.segment[:2] == (lead.segment.webinar_id, SOURCE_GROUP)]
    surest = max(groups, key=explained_alone, default=None) if whole else lead
    together = _together(lead, [one for one in same if one.segment.dimension == TOTAL], webinars)
    margin = MARGIN if together.kind == "together" else 0.0
    if len(reason.parts) > 1 and surest is not None and explained_alone(surest) > explained(groups) + margin:
        return _of_part("rate", next(one for one in reason.parts if one.value == surest.segment.value))
    return together


def explained(findings: Sequence[Finding]) -> float:
    """How much likelier (in nats) the findings are if all fell by one share of the usual than if none did."""
    toward = sum(one.usual * (one.usual - one.rate) / one.deviation**2 for one in findings)
    scale = sum(one.usual**2 / one.deviation**2 for one in findings)
    return toward**2 / (2 * scale) if toward > 0 else 0.0


def explained_alone(finding: Finding) -> float:
    """The same for one."""
    return explained([finding])


def _of_part(kind: Kind, part: Part) -> Cause:
    return Cause(kind, part.dimension, part.value, part)


def _together(lead: Finding, totals: Sequence[Finding], webinars: Mapping[str, Webinar]) -> Cause:
    """The region, course or language whose recent webinars explain more by falling together than this one alone."""
    own = webinars[lead.segment.webinar_id]
    best = Cause("all", TOTAL, "")
    most = explained([one for one in totals if one.segment.webinar_id == own.webinar_id]) - MARGIN
    for dimension in POOLED:
        value = str(getattr(own, dimension))
        members = [one for one in totals if getattr(webinars[one.segment.webinar_id], dimension) == value]
        others = [one for one in members if one.segment.webinar_id != own.webinar_id]
        if value and explained(others) > TOO and explained(members) > most:
            most = explained(members)
            best = Cause("together", dimension, value, members=tuple(members))
    return best
