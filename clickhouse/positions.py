"""The positions in the arrays and tuples of our SQL: {n.registered_visits} is the 11 of numbers[11]. Pure.

An array costs planning time once, columns cost it each (docs/decisions/0007-views-in-steps.md), so numbers go through
views as arrays. The positions of their elements are defined only here: docs/sql.md.
"""

from collections.abc import Mapping, Sequence

from contract.measures import LONGEST, MEASURES, REPORTED, STAYED, STEPS, WATCHED, Step

_COUNTED = tuple(measure.name for measure in MEASURES if measure.counted)
_CURVES = tuple(step.column for step in WATCHED)
_REGISTERED = tuple(f"registered_visits{step.ending}" for step in WATCHED)
_SOURCE = ("source_group", "new", "of", "before_of", "part", "before_part")

POSITIONS: dict[str, tuple[str, ...]] = {
    # Counts of computed_counts_at; those of numbers_at continue with the denominator of each conversion.
    "n": (*_COUNTED, "registrations_begun", *(f"registrations{step.ending}" for step in STEPS[1:])),
    "share": tuple(f"conversion{step.ending}" for step in STEPS),
    "stayed": _CURVES,
    "reached": _CURVES[1:],
    "said": REPORTED,
    # The page views of one source, as reported by a service.
    "told": ("source", "views"),
    # A baseline range, and the ranges of a minute.
    "band": ("low", "middle", "high"),
    # The baseline of a bucket at the end.
    "bucket": ("seconds", "baseline", "low", "high"),
    # What is judged of a webinar.
    "judgement": ("state", "valid_from", "why", "why_registrations", "found"),
    "found": ("kind", "metric", "value", "typical", "low", "high", "since", "sentence"),
    "bands": ("in_room", "retention", *_CURVES),
    # Curves: a minute of a webinar, what changes in it, and the same for alerts.
    "row": ("minute", "in_room", "joins", "leaves", "registered", *_CURVES, "entered"),
    "changed": ("in_room", "joins", "leaves", "registered", *_CURVES, "entered"),
    "change": ("minute", "registrations", *_REGISTERED, "visits_all", "walk_ins"),
    "state": ("registrations", *_REGISTERED, "visits_all", "walk_ins"),
    "stay": ("start", "end"),
    "sum": ("key", "by"),
    "member": ("webinar_id", "weight"),
    # Rows of panels.
    # The room of a webinar as it is kept of now.
    "kept_room": ("in_room", "waiting", "registered", "visits_all", "walk_ins", "stayed", "most_at_once"),
    "grouped": ("source_group", "numbers", "sources"),
    "part": ("people", "source_group", "summed", "sources"),
    "room": ("registered", *_CURVES, "visits_all", "walk_ins"),
    "forecast": ("what", "people"),
    "curve": ("name", "value"),
    # What adds most to a change, and the place of a cell in a heat map.
    "cause": ("effect", "source_group", "new"),
    "cell": ("week", "of"),
    "total": ("what", "webinars", "numbers", "shares", "no_shows", "average_watch"),
    "step": ("label", "people", "kind", "baseline", "low", "high"),
    "source": (*_SOURCE, "median", "numbers"),
    "source_row": (*_SOURCE, "mix", "rate", "median", "numbers"),
    "of_webinar": ("webinar_id", "of", "part"),
    "of_part": ("of", "part"),
    "waited": ("median", "p95", "p99"),
    # The parts of a webinar_id, the two wall clocks of a webinar, what a job writes about, and the start of a list.
    "id": ("platform", "own"),
    "local": ("planned", "begun"),
    "chosen": ("webinar_id", "webinar_version", "rules_changed_at", "valid_from"),
    "element": ("first",),
}
"""List -> the names of its elements; the first is at position 1."""


def _fields(steps: Sequence[Step]) -> tuple[Mapping[str, str], ...]:
    return tuple(
        {
            "ending": step.ending,
            "column": step.column,
            "label": step.label,
            "rate": step.rate,
            "minutes": str(step.minutes),
            "seconds": str(step.seconds),
            "ms": str(1000 * (step.seconds or 0)),
            "place": str(place),
        }
        for place, step in enumerate(steps, start=1)
    )


EACH: dict[str, tuple[Mapping[str, str], ...]] = {
    "step": _fields(STEPS),
    "remaining": _fields(STEPS[1:]),
    "watched": _fields(WATCHED),
    "stayed": _fields(STAYED),
    "longest": _fields((LONGEST,)),
}
"""What `{each list: text}` goes through: the steps of the funnel after the registration, those after the first, those
that watch time makes, those of them that are a time stayed, and the longest of these alone. Name -> what the text may
say of each."""
