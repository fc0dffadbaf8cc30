"""What is outside of what is typical in one plain sentence, with its numbers and its main cause. Pure."""

from collections.abc import Sequence
from fractions import Fraction

from alerts.detection.alarm import Change
from alerts.detection.cause import LEAST_PEOPLE, MAIN, Cause
from alerts.detection.findings import SOURCE_GROUP, TOTAL, Finding
from alerts.detection.gaps import Gap
from alerts.detection.pace import Pace
from alerts.detection.reason import Dimension, Part, Reason
from alerts.detection.settings import Metric
from alerts.detection.typical import Band
from alerts.detection.verdict import Found
from contract.measures import CAME as ATTENDED
from contract.measures import FULL, STEPS, Step
from contract.signed import signed

POINT = Fraction(1, 100)


def _rate(step: Step) -> str:
    return {ATTENDED: "Attendance rate", FULL: "Completion rate"}.get(step, f"Stayed {step.minutes}+ min")


def _did(step: Step) -> str:
    return {ATTENDED: "attended", FULL: "completed"}.get(step, f"stayed {step.minutes}+ min")


CONVERSION: dict[Metric, str] = {step.metric: _rate(step) for step in STEPS}
CAME: dict[Metric, str] = {step.metric: _did(step) for step in STEPS}
WORDS: dict[Dimension, str] = {
    "source_group": "source",
    "source": "raw UTM value",
    "campaign": "campaign",
    "people": "people",
    "country": "country",
}
PEOPLE = {"new": "people here for the first time", "returning": "people who registered for an earlier webinar too"}
_OUT_OF_PROPORTION = Fraction(5, 4)
NO_CAUSE = "No single source explains it."


def headline(lead: Finding, reason: Reason, cause: Cause) -> str:
    """The first sentence of a message: how much less than typical, of how many; and what is to blame.

    `reason`: the change of the lead (`cause.change_of`).
    """
    return f"{_compared(lead)}. {blame(lead, reason, cause)}"


def outside(found: Found, registrations: int) -> str:
    """What lies outside its band, with the band, of so many registrants."""
    if found.kind == "standout":
        return f"{_people(registrations)}, typically {band_of(found.band, found.metric)}."
    share = f"{100 * found.value:.1f} %"
    typically = band_of(found.band, found.metric)
    return f"{CONVERSION[found.metric]} {share}, typically {typically} ({_people(registrations)})."


def band_of(band: Band, metric: str) -> str:
    """20 to 46 %; of registrations 45 to 250."""
    if metric in CONVERSION:
        return f"{100 * band.low:.0f} to {100 * band.high:.0f} %"
    return f"{band.low:,.0f} to {band.high:,.0f}"


def main_gap(gaps: Sequence[Gap]) -> str:
    """What makes most of unusual registrations. `gaps`: the most missing first, or the most added."""
    difference = sum((one.more for one in gaps), Fraction(0))
    baseline = sum((one.baseline for one in gaps), Fraction(0))
    first = gaps[0] if gaps else None
    if first is None or not difference or abs(first.more) < LEAST_PEOPLE:
        return NO_CAUSE
    part = first.more / difference
    # Where all grow alike, a source with half the people makes half the difference: that says nothing.
    if part < MAIN or (baseline and part < _OUT_OF_PROPORTION * first.baseline / baseline):
        return NO_CAUSE
    if first.new:
        return f"Main cause: new source {first.value} ({_people(first.registrations)})."
    return f"Main cause: source {first.value} ({_people(first.registrations)}, typically {round(first.baseline)})."


def seen_points(lead: Finding) -> int:
    """The change in points between the two conversions as people see them: what is said of it adds up to this."""
    return round(float(f"{lead.rate:.2f}") * 100) - round(float(f"{lead.baseline:.2f}") * 100)


def line(finding: Finding) -> str:
    """A further segment, inside a message."""
    return _compared(finding)


def part_line(part: Part, metric: Metric) -> str:
    """What one source, campaign or country has to do with the change, with its numbers."""
    said = f"{signed(part.change * 100)} pp: {_called(part)}, {_people(part.registrations)}"
    if part.registrations:
        said += f", {_percent(Fraction(part.converted, part.registrations))} {CAME[metric]}"
    if part.baseline_rate is not None:
        said += f" (typically {_percent(part.baseline_share)} of all, {_percent(part.baseline_rate)} {CAME[metric]})"
    return said


def missing(change: Change, registrations: int, minutes: int) -> str:
    """The sentence of a webinar with nobody in the room, or without any event."""
    return absent(change.after == "silent", registrations, minutes)


def absent(silent: bool, registrations: int, minutes: int) -> str:
    """The same. `silent`: nothing at all was heard of it."""
    if silent:
        return (
            f"No data since its start {minutes} minutes ago ({_people(registrations)})."
            " Was it started? Is the connection to the service in order?"
        )
    return f"Nobody is in the room {minutes} minutes after its start ({_people(registrations)})."


def nobody(registrations: int) -> str:
    """Of a webinar that has ended with nobody in its room."""
    return (
        f"Nobody attended, or no data came ({_people(registrations)})."
        " Was it held? Is the connection to the service in order?"
    )


def behind(one: Pace, days: float) -> str:
    """How an upcoming webinar stands."""
    when = f"{days:.0f} days" if days >= 2 else f"{days * 24:.0f} hours"
    return (
        f"{_people(one.registrations)} {when} before the start, typically {float(one.baseline):,.0f} by then;"
        f" {one.expected:,.0f} expected ({one.low:,.0f} to {one.high:,.0f}),"
        f" typically {float(one.baseline_final):,.0f}."
    )


def _compared(one: Finding) -> str:
    where = {TOTAL: "", SOURCE_GROUP: f" of source {one.segment.value}"}.get(
        one.segment.dimension, f" in all recent webinars of {one.segment.dimension} {one.segment.value}"
    )
    return (
        f"{CONVERSION[one.metric]}{where} {_percent(one.rate)}, typically {_percent(one.baseline)}"
        f" ({_people(one.registrations)})"
    )


def blame(lead: Finding, reason: Reason, cause: Cause) -> str:
    """The cause in one sentence."""
    if cause.part is not None:
        return f"Main cause: {_source(cause, reason, lead.metric)}."
    if cause.kind == "together":
        return _together(lead, cause)
    of_group = lead.segment.dimension == SOURCE_GROUP
    return {
        "none": NO_CAUSE,
        "rate": "The other sources are within their typical range.",
    }.get(cause.kind, "In this webinar only." if of_group else "All sources fell alike, in this webinar only.")


def _together(lead: Finding, cause: Cause) -> str:
    if not lead.segment.webinar_id:
        return f"Its {len(cause.members)} webinars fell together, and no single source explains it."
    people = sum(one.registrations for one in cause.members)
    now = sum(one.converted for one in cause.members) / people
    baseline = sum(one.baseline * one.registrations for one in cause.members) / people
    # What other sources did is not known from the fall of one.
    alike = "So" if lead.segment.dimension == SOURCE_GROUP else "All sources fell alike, and so"
    return (
        f"{alike} did all {len(cause.members)} recent webinars of {cause.dimension} {cause.value}:"
        f" together {_percent(now)}, typically {_percent(baseline)}."
    )


def _source(cause: Cause, reason: Reason, metric: Metric) -> str:
    part = cause.part
    assert part is not None
    inside = f" in source {cause.group}" if cause.group else ""
    name = f"{WORDS[part.dimension]} {part.value}{inside}"
    did, many = CAME[metric], _people(part.registrations)
    came = _percent(Fraction(part.converted, part.registrations)) if part.registrations else "none"
    if cause.kind == "new":
        return f"new {name} ({many}, {came} {did})"
    baseline = _percent(part.baseline_rate or Fraction(0))
    if cause.kind == "rate":
        return f"{name} ({many}, {came} {did}, typically {baseline})"
    share = Fraction(part.registrations, reason.registrations)
    of_all = f"{_percent(share)} of all, typically {_percent(part.baseline_share)}"
    if share > part.baseline_share:
        return f"more registrants of {name} ({many}, {of_all}; {came} {did})"
    return f"fewer registrants of {name} ({many}, {of_all}; typically {baseline} {did})"


def _called(part: Part) -> str:
    if part.dimension == "people":
        return PEOPLE.get(part.value, part.value)
    if not part.value:
        return f"no {WORDS[part.dimension]} said"
    return f"{'new ' if part.new else ''}{WORDS[part.dimension]} {part.value}"


def _people(registrations: int) -> str:
    return "1 registrant" if registrations == 1 else f"{registrations:,} registrants"


def _percent(share: Fraction | float) -> str:
    return f"{float(share):.0%}".replace("%", " %")
