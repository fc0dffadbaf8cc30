"""Which cause of a drop is named first: the one that explains the most of it. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Literal, NamedTuple, TypeAlias

from alerts.detection.findings import POOLED, SOURCE_GROUP, TOTAL, Finding
from alerts.detection.measurements import Webinar
from alerts.detection.reason import BY_SOURCE, Cell, Dimension, Part, Reason, combined, explain

People: TypeAlias = tuple[Sequence[Cell], Sequence[tuple[int, Sequence[Cell]]]]
"""Those of a webinar, and those of the ones that are usual for it, with their weights (`reason.explain`)."""
Kind: TypeAlias = Literal["new", "mix", "rate", "together", "all", "none"]
"""`new`: a source seen for the first time; `mix`: more from a weaker source (or fewer from a better one); `rate`: fewer
came from a source; `together`: all recent webinars of a region, course or language fell; `all`: all sources of this
webinar fell alike; `none`: no single source makes most of it."""

LEAST_PEOPLE = 5
"""A reason that rests on fewer is none."""
MUCH = Fraction(2, 5)
"""A mix that makes so much of the change is named before rates, which vary by themselves."""
MAIN = Fraction(1, 5)
"""What one source must make of the change, where many do, to be called its main cause."""
INSIDE = Fraction(1, 2)
"""What another mix inside a source group must make of the group's change, to be named instead of the group."""
INSIDE_BY_RATE = Fraction(4, 5)
"""The same of one whose rate fell: where all of a group fall alike, its largest source makes half by its size."""
MARGIN = 2.5
"""What one webinar must explain better (in nats) than those of a region together, to be blamed alone; likewise one of
its sources while the region's other webinars fell too."""
TOO = 0.5
"""So much (in nats, a standard deviation) the others must show of a drop, to be named with this webinar."""


class Cause(NamedTuple):
    """What is to blame."""

    kind: Kind
    dimension: str
    """`source_group` or what is inside it (`source`, `campaign`), a pooled dimension, or `total`."""
    value: str
    part: Part | None = None
    """Of a source: its part of the change. None: all of a source group did alike."""
    members: tuple[Finding, ...] = ()
    """Of webinars that fell together: their totals."""
    group: str = ""
    """The source group that a source or campaign is in, where the message is not about that group."""


NONE = Cause("none", "total", "")


def change_of(lead: Finding, people: Sequence[People], by: Sequence[Dimension] = BY_SOURCE) -> Reason | None:
    """The change of the lead, with parts that add up to it: of a source group by what is inside it.

    `people`: of its webinar; of a pooled lead of each of its webinars. None: nobody to compare.
    """
    if lead.segment.dimension == SOURCE_GROUP:
        by = [one for one in by if one != SOURCE_GROUP]
        people = [_inside(one, lead.segment.value) for one in people]
    reasons = [explain(now, earlier, by) for now, earlier in people]
    known = [one for one in reasons if one is not None]
    return combined(known) if known and len(known) == len(reasons) else None


def members_of(lead: Finding, findings: Iterable[Finding], webinars: Mapping[str, Webinar]) -> tuple[Finding, ...]:
    """The totals of a pooled lead's webinars."""
    dimension, value = lead.segment.dimension, lead.segment.value
    return tuple(
        one
        for one in findings
        if one.segment.dimension == TOTAL
        and one.metric == lead.metric
        and getattr(webinars[one.segment.webinar_id], dimension) == value
    )


def first_cause(lead: Finding, reason: Reason, findings: Iterable[Finding], webinars: Mapping[str, Webinar]) -> Cause:
    """The cause to name first.

    `lead`: the finding that the message is about; `reason`: its change (`change_of`); `findings`: all of the
    evaluation; `webinars`: by webinar_id, those of the findings.
    """
    same = [one for one in findings if one.metric == lead.metric]
    found = _of_mix(lead, reason)
    if found is not None:
        return found
    reason = _named_only(reason)
    if not lead.segment.webinar_id:
        return _of_pool(lead, reason, members_of(lead, same, webinars))
    return _by_rate(lead, reason, same, webinars)


def alone(lead: Finding, reason: Reason) -> Cause:
    """The cause of one webinar's change, where no other finding is looked at with it."""
    found = _of_mix(lead, reason)
    if found is not None:
        return found
    worst = _worst(_named_only(reason).parts, reason.change)
    return NONE if worst is None else _of_part(worst, _kind(worst))


def _of_mix(lead: Finding, reason: Reason) -> Cause | None:
    """A cause that is named before rates, which vary by themselves. None: rates are to be looked at."""
    mix = sum((one.mix for one in reason.parts), Fraction(0))
    reason = _named_only(reason)
    # Inside one group there are few sources, each large: there the larger part counts, not the kind of change.
    if lead.segment.dimension != SOURCE_GROUP and mix <= MUCH * reason.change:
        largest = min((one for one in reason.parts if one.value), key=lambda one: one.mix, default=None)
        if largest is not None and largest.mix <= MAIN * reason.change:
            return _of_part(largest, "mix")
    worst = reason.parts[0]
    if (
        lead.segment.dimension == SOURCE_GROUP
        and worst.value
        and _kind(worst) != "rate"
        and worst.change <= INSIDE * reason.change
    ):
        return _of_part(worst, _kind(worst))
    new = min(_new_inside(reason.parts), key=lambda found: found[1].mix, default=None)
    if new is not None and new[1].mix <= MUCH * reason.change:
        return _named("new", new[1], new[0])
    # That other people came than usual is no fall of all sources alike.
    return NONE if lead.segment.dimension == TOTAL and mix <= MUCH * reason.change else None


def _named_only(reason: Reason) -> Reason:
    """The same, without the names of parts that rest on too few people: those there are, or those missing."""

    def enough(part: Part) -> Part:
        missing = part.baseline_share * reason.registrations if part.mix < part.rate else 0
        value = part.value if max(part.registrations, missing) >= LEAST_PEOPLE else ""
        return part._replace(value=value, inside=tuple(map(enough, part.inside)))

    return reason._replace(parts=tuple(map(enough, reason.parts)))


def _by_rate(lead: Finding, reason: Reason, same: Sequence[Finding], webinars: Mapping[str, Webinar]) -> Cause:
    whole = lead.segment.dimension == TOTAL
    groups = [one for one in same if one.segment[:2] == (lead.segment.webinar_id, SOURCE_GROUP)]
    surest = max(groups, key=explained_alone, default=None) if whole else lead
    together = _together(lead, [one for one in same if one.segment.dimension == TOTAL], webinars)
    margin = MARGIN if together.kind == "together" else 0.0
    several = len(reason.parts if whole else groups) > 1
    if not several or surest is None or explained_alone(surest) <= explained(groups) + margin:
        return together
    if whole:
        return _of_part(next(one for one in reason.parts if one.value == surest.segment.value), "rate")
    inside = _most_inside(reason.parts[0]) if len(reason.parts) == 1 else _worst(reason.parts, reason.change)
    return Cause("rate", SOURCE_GROUP, lead.segment.value) if inside is None else _of_part(inside, _kind(inside))


def _of_pool(lead: Finding, reason: Reason, members: tuple[Finding, ...]) -> Cause:
    worst = _worst(reason.parts, reason.change)
    if worst is None:
        return Cause("together", lead.segment.dimension, lead.segment.value, members=members)
    return _of_part(worst, _kind(worst))


def explained(findings: Sequence[Finding]) -> float:
    """How much likelier (in nats) the findings are if all fell by one share of the usual than if none did."""
    toward = sum(one.baseline * (one.baseline - one.rate) / one.deviation**2 for one in findings)
    scale = sum(one.baseline**2 / one.deviation**2 for one in findings)
    return toward**2 / (2 * scale) if toward > 0 else 0.0


def explained_alone(finding: Finding) -> float:
    """The same for one."""
    return explained([finding])


def _of_part(part: Part, kind: Kind) -> Cause:
    """The part, or what inside it makes the larger part of its change."""
    inside = _most_inside(part)
    if inside is None or (kind == "mix" and not inside.new):
        return _named("new" if part.new else kind, part)
    return _named(_kind(inside), inside, part.value if part.dimension == SOURCE_GROUP else "")


def _named(kind: Kind, part: Part, group: str = "") -> Cause:
    return Cause(kind, part.dimension, part.value, part, group=group)


def _kind(part: Part) -> Kind:
    if part.new:
        return "new"
    return "mix" if abs(part.mix) > abs(part.rate) else "rate"


def _worst(parts: Sequence[Part], change: Fraction) -> Part | None:
    """The one of several parts that makes the larger part of the change. None: no single one."""
    worst = min((one for one in parts if one.value), key=lambda one: one.change, default=None)
    if len(parts) < 2 or worst is None:
        return None
    return worst if worst.change <= (INSIDE_BY_RATE if _kind(worst) == "rate" else INSIDE) * change < 0 else None


def _most_inside(part: Part) -> Part | None:
    """What inside a part makes the larger part of its change, as deep as a single one does."""
    if part.new:
        return None
    if len(part.inside) == 1:
        return _most_inside(part.inside[0])
    worst = _worst(part.inside, part.change)
    return None if worst is None else _most_inside(worst) or worst


def _new_inside(parts: Sequence[Part], group: str = "") -> Iterator[tuple[str, Part]]:
    """Sources and campaigns seen for the first time inside known ones, with the source group each is in."""
    for part in parts:
        inner = group or (part.value if part.dimension == SOURCE_GROUP else "")
        for one in part.inside if not part.new else ():
            if one.new and one.value:
                yield inner, one
            elif not one.new:
                yield from _new_inside([one], inner)


def _inside(people: People, group: str) -> People:
    def of_group(cells: Sequence[Cell]) -> list[Cell]:
        return [one for one in cells if one.source_group == group]

    now, earlier = people
    return of_group(now), [(weight, of_group(cells)) for weight, cells in earlier]


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
