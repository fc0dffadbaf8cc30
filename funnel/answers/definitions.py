"""What the columns of an answer mean, from the registry of measures (contract/measures.py). Pure."""

from collections.abc import Iterable
from typing import NamedTuple

from contract.measures import MEASURES, STEPS, WATCHING
from funnel.answers.small_groups import HIDDEN
from funnel.report.numbers import DENOMINATORS
from funnel.report.table import DIMENSION_LABELS

_EXISTS = {
    "said": "if a service or a table reports it",
    "always": "always",
    "begun": "once the webinar has begun",
    "watched": "if somebody watched",
    "recorded": "if the service reports recording views",
    "window": "once the webinar has lasted that long",
    "ended": "once the webinar has ended",
}


class Definition(NamedTuple):
    """Of one column."""

    name: str
    """As in `funnel report --json`."""
    label: str
    """As on the dashboards."""
    description: str
    unit: str
    """people, seconds, share (0 to 1), time, text, count or yes/no."""
    exists: str
    """When there can be a number; before that it is null."""


def definitions(names: Iterable[str] | None = None) -> list[Definition]:
    """Of these columns, in their order; None: of all that an answer can have."""
    known = _known()
    return list(known.values()) if names is None else [known[name] for name in names if name in known]


def _known() -> dict[str, Definition]:
    return {one.name: one for one in (*_texts(), *_measures(), *_rates(), *_about())}


def _texts() -> Iterable[Definition]:
    yield Definition("webinar_id", "Webinar ID", "Service and id of one occurrence.", "text", "always")
    yield Definition("title", "Webinar", "Its title.", "text", "if a service or a table reports it")
    yield Definition("starts_at", "Date (UTC)", "When it begins or is to begin.", "time", "if somebody reports it")
    yield Definition("local_start", "Date", "The same in the webinar's time zone.", "text", "if somebody reports it")
    yield Definition("timezone", "Time zone", "The webinar's time zone.", "text", "always")
    for name, label in DIMENSION_LABELS.items():
        unit = "count" if name in ("weekday", "hour") else "text"
        yield Definition(name, label, _OF_DIMENSIONS.get(name, f"{label} of the webinar."), unit, "if known")


_OF_DIMENSIONS = {
    "source_group": "Where a registration came from.",
    "people": "new, or returning: also registered for a webinar that begins earlier.",
    "week": "ISO week of the webinar's local date, such as 2026-W47.",
    "weekday": "1 is Monday, 7 Sunday, in the webinar's time zone.",
    "hour": "Hour at which it begins, 0 to 23, in the webinar's time zone.",
}


def _measures() -> Iterable[Definition]:
    for one in (*MEASURES, *WATCHING):
        unit = "seconds" if one.name.endswith("_seconds") else _UNITS.get(one.name, "people")
        yield Definition(one.name, one.label, one.description, unit, _EXISTS[one.exists])


_UNITS = {"page_views": "count", "recording_views": "count", "peak_at": "time"}


def _rates() -> Iterable[Definition]:
    for step in STEPS:
        rate = f"conversion{step.ending}"
        exists = "once the webinar has begun" if step.exists == "always" else _EXISTS[step.exists]
        said = f"Share of the registrants who {step.did}."
        yield Definition(rate, step.rate, said, "share", exists)
        among = f"Registrants of the webinars of a group for which {step.rate} is known: what it is a share of."
        yield Definition(DENOMINATORS[rate], f"Registrants behind {step.rate}", among, "people", "always")


def _about() -> Iterable[Definition]:
    state = "upcoming, on_now, being_completed (provisional), final or cancelled."
    yield Definition("completeness", "State", state, "text", "always")
    totals = "No persons are known: the numbers are reported totals."
    yield Definition("totals_only", "Totals only", totals, "yes/no", "always")
    rows = "Rows about it in imported files that were rejected."
    yield Definition("rows_rejected", "Rows missing", rows, "count", "always")
    yield Definition("no_time", "No time", "People attended, but nobody said when.", "yes/no", "always")
    matched = "Share of those who joined who are registered."
    yield Definition("matched", "Matched", matched, "share", "if somebody joined")
    doubtful = "Too few of those who joined are registered: the rates say little."
    yield Definition("doubtful", "Doubtful", doubtful, "yes/no", "always")
    hidden = "Names of the numbers left out because too few people are behind them; they are null."
    yield Definition(HIDDEN, "Suppressed", hidden, "text", "always")
