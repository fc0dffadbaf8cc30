"""A drop in one plain sentence, with its numbers; further sentences for what is inside. Pure."""

from fractions import Fraction

from alerts.detection.alarm import Change
from alerts.detection.cause import Cause
from alerts.detection.detect import SOURCE_GROUP, TOTAL, Finding
from alerts.detection.reason import Dimension, Part, Reason, rounded
from alerts.detection.settings import Metric
from contract.measures import STEPS

POINT = Fraction(1, 100)
CONVERSION: dict[Metric, str] = {step.metric: step.conversion for step in STEPS}
CAME: dict[Metric, str] = {step.metric: step.did for step in STEPS}
WORDS: dict[Dimension, str] = {
    "source_group": "source group",
    "source": "source",
    "campaign": "campaign",
    "people": "people",
    "country": "country",
}
PEOPLE = {"new": "people here for the first time", "returning": "people who registered for an earlier webinar too"}


def headline(lead: Finding, reason: Reason, cause: Cause) -> str:
    """The first sentence of a message: how much less than usual, of how many, and what is to blame.

    `reason`: the change of the lead (`cause.change_of`).
    """
    return f"{_compared(lead)}; {_blame(lead, reason, cause)}"


def seen_points(lead: Finding) -> int:
    """The change in points between the two conversions as people see them: what is said of it adds up to this."""
    return round(float(f"{lead.rate:.2f}") * 100) - round(float(f"{lead.baseline:.2f}") * 100)


def line(finding: Finding) -> str:
    """A further segment, inside a message."""
    return _compared(finding)


def part_line(part: Part, metric: Metric) -> str:
    """What one source, campaign or country has to do with the change, with its numbers."""
    said = f"{_signed(part.change)} points: {_called(part)}, {part.registrations} registrations"
    if part.registrations:
        said += f", {_percent(Fraction(part.converted, part.registrations))} {CAME[metric]}"
    if part.baseline_rate is not None:
        said += f" (usually {_percent(part.baseline_share)} of all, {_percent(part.baseline_rate)} {CAME[metric]})"
    return said


def missing(change: Change, registrations: int, minutes: int) -> str:
    """The sentence of a webinar with nobody in the room, or without any event."""
    if change.after == "silent":
        return (
            f"The webinar should have begun {minutes} minutes ago, and nothing has been heard of it since:"
            f" {registrations} are registered. Has it been started? Is the connection to the service in order?"
        )
    return f"The webinar has run for {minutes} minutes and nobody is in the room: {registrations} are registered."


def _compared(one: Finding) -> str:
    where = {TOTAL: "", SOURCE_GROUP: f" from source group '{one.segment.value}'"}.get(
        one.segment.dimension, f" in all recent webinars of {one.segment.dimension} '{one.segment.value}'"
    )
    rates = f"{one.rate:.0%} instead of {one.baseline:.0%}".replace("%", " %")
    return f"{CONVERSION[one.metric]}{where} is {rates} (n={one.registrations})"


def _blame(lead: Finding, reason: Reason, cause: Cause) -> str:
    if cause.part is not None:
        of = seen_points(lead)
        points, _ = rounded([cause.part.change, reason.change - cause.part.change], POINT, of)
        return f"{_most(points, of)} {_source(cause, reason, lead.metric)}"
    pooled = not lead.segment.webinar_id
    if cause.kind == "together":
        if pooled:
            return f"its {len(cause.members)} webinars fell together, and no source group makes most of it"
        people = sum(one.registrations for one in cause.members)
        now = sum(one.converted for one in cause.members) / people
        baseline = sum(one.baseline * one.registrations for one in cause.members) / people
        # What other source groups did is not known from the fall of one.
        so = "so" if lead.segment.dimension == SOURCE_GROUP else "all sources fell alike, and so"
        verb = "fell" if lead.segment.dimension == SOURCE_GROUP else "did"
        return (
            f"{so} {verb} all recent webinars of {cause.dimension} '{cause.value}':"
            f" {len(cause.members)} webinars, together {now:.0%} instead of {baseline:.0%}"
        ).replace("%", " %")
    if cause.kind == "rate":
        return "the other source groups are as usual"
    return (
        "in this webinar only"
        if lead.segment.dimension == SOURCE_GROUP
        else "all sources fell alike, in this webinar only"
    )


def _most(points: int, of: int) -> str:
    if points < of < 0:
        return f"more than all of it ({-points} points down here, {of - points} up elsewhere) is"
    if points == of:
        return f"all of it ({-of} points) is"
    return f"most of it, {-points} of {-of} points, is" if 2 * points <= of else f"{-points} of {-of} points are"


def _source(cause: Cause, reason: Reason, metric: Metric) -> str:
    part = cause.part
    assert part is not None
    name = f"{WORDS[part.dimension]} '{part.value}'"
    if cause.group:
        name += f" in source group '{cause.group}'"
    came = _percent(Fraction(part.converted, part.registrations)) if part.registrations else "none"
    if cause.kind == "new":
        return f"the new {name}: {part.registrations} registrations, {came} {CAME[metric]}"
    baseline = _percent(part.baseline_rate or Fraction(0))
    if cause.kind == "rate":
        return f"{name}, where fewer {CAME[metric]}: {came} instead of {baseline} of {part.registrations} registrations"
    share = Fraction(part.registrations, reason.registrations)
    if share > part.baseline_share:
        many, do = "more", came
    else:
        many, do = "fewer", baseline
    return (
        f"{many} people from {name}, of whom {do} {CAME[metric]}:"
        f" {part.registrations} registrations, {_percent(share)} of all instead of {_percent(part.baseline_share)}"
    )


def _called(part: Part) -> str:
    if part.dimension == "people":
        return PEOPLE.get(part.value, part.value)
    if not part.value:
        return f"no {WORDS[part.dimension]} said"
    return f"{'new ' if part.new else ''}{WORDS[part.dimension]} '{part.value}'"


def _percent(share: Fraction) -> str:
    return f"{float(share):.0%}".replace("%", " %")


def _signed(share: Fraction) -> str:
    return f"{float(share * 100):+.1f}"
