"""What is shared, as one page that loads nothing and runs nothing: numbers, bars, what they mean. Pure."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from alerts.digest_page import Bar, document
from contract.measures import NAMED, STEPS
from funnel.answers.answer import Answer
from funnel.answers.small_groups import HIDDEN
from funnel.report.numbers import Row
from funnel.report.starts import Start, day_said, utc_said, zone_said
from funnel.report.table import COMPLETENESS, NOT_AVAILABLE, count, duration, percent

_COUNTS = (
    "registrations",
    *(f"registered_visits{step.ending}" for step in STEPS),
    "no_shows",
    "walk_ins",
    "peak_viewers",
)
_MOST = 40


class Shared(NamedTuple):
    """What a page is made of."""

    title: str
    lines: Sequence[str]
    answer: Answer
    """Whose rows are drawn, and whose moment and completeness are said."""
    charts: Mapping[str, Sequence[Bar]]


def page(shared: Shared, until: int | None) -> str:
    """`until`: when the link expires, ms since 1970 UTC; None: it is a file."""
    notes = [*_about(shared.answer), *([f"This link works until {utc_said(until)}."] if until is not None else [])]
    return document(shared.title, "\n".join([*shared.lines, *notes]), shared.charts, "\n".join(_meanings()))


def refusal(title: str, text: str) -> str:
    """The page of a link that opens nothing."""
    return document(title, text, {})


def numbers_of(row: Row) -> list[str]:
    """A line for each number of a webinar."""
    return [f"• {_label(name)}: {_number(row, name)}" for name in _COUNTS if name in row] + [
        f"• Average watch time: {_said(row, 'average_watch_seconds', duration(row['average_watch_seconds']))}",
    ]


def bars(rows: Sequence[Row], label: str) -> list[Bar]:
    """A bar for each row whose registrants are shown, the most first. `label`: the column of their names."""
    shown = [row for row in rows if row["registrations"]]
    named = [Bar(str(row[label] or NOT_AVAILABLE), row["registrations"], row["registered_visits"]) for row in shown]
    return sorted(named, key=lambda one: -one.registrants)[:_MOST]


def left_out(rows: Sequence[Row], what: str) -> list[str]:
    """A line about the rows that have no bar because they are small, or give a small one away."""
    hidden = sum("registrations" in row[HIDDEN] for row in rows)
    return [f"{hidden:,} {what} with too few people, or that would give these away, are not drawn."] if hidden else []


def begun(start: Start | None, default_timezone: str) -> str:
    """When a webinar began or is to begin."""
    if start is None or start.local is None:
        return "No time"
    return f"{day_said(start.local, 0)}, {start.local:%H:%M} {zone_said(start.timezone or default_timezone)}"


def _number(row: Row, name: str) -> str:
    said = _said(row, name, count(row[name]))
    rate = f"conversion{name.removeprefix('registered_visits')}"
    return f"{said} ({percent(row[rate])})" if name.startswith("registered_visits") and row[rate] is not None else said


def _said(row: Row, name: str, text: str) -> str:
    return "left out, too few people" if name in row[HIDDEN] else text


def _label(name: str) -> str:
    return NAMED[name].label if name in NAMED else "Peak viewers"


def _about(answer: Answer) -> list[str]:
    states = ", ".join(f"{number:,} {COMPLETENESS[name]}" for name, number in answer.completeness.items())
    as_of = "no events yet" if answer.data_as_of is None else utc_said(answer.data_as_of)
    verified = "Verified: every number was recomputed." if answer.verified else "Not verified since the latest event."
    few = f"Numbers of fewer than {answer.small_groups} people are left out." if answer.small_groups > 1 else ""
    state = "Provisional" if answer.provisional else "Final"
    lines = [
        f"As of {utc_said(answer.question.at)} · Data as of {as_of}.",
        f"{state}: {states or 'no webinars'}. {verified}",
    ]
    return [*lines, *([few] if few else [])]


def _meanings() -> list[str]:
    steps = [f"• {step.label}: {step.description} {step.rate}: their share of the registrants." for step in STEPS]
    return ["What the numbers mean:", f"• Registrants: {NAMED['registrations'].description}", *steps]
