"""The rows of the report as a table for people, with the words of docs/design.md section 2. Pure."""

from collections.abc import Sequence
from textwrap import wrap

from rich import box
from rich.table import Table
from rich.text import Text

from contract.instants import format_instant
from contract.measures import FULL, NAMED, STEPS, WATCHING
from funnel.report.numbers import DENOMINATORS, Row

COMPLETENESS = {
    "upcoming": "Upcoming",
    "on_now": "Live",
    "being_completed": "Provisional",
    "final": "Final",
    "cancelled": "Cancelled",
}
DIMENSION_LABELS = {
    "source_group": "Source",
    "people": "Visitor type",
    "course": "Course",
    "region": "Region",
    "language": "Language",
    "week": "Week",
    "weekday": "Weekday",
    "hour": "Hour",
    "format": "Format",
    "status": "Status",
    "platform": "Service",
}
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
NOT_AVAILABLE = "n/a"
TOP = {"invited": "Invited", "page_views": "Page views"}
"""The steps before the registration. Few services tell them: where none does, they are not shown."""
_BESIDE = {"walk_ins": "Walk-ins", "visits_all": "Joined (any length)"}
_AFTER = {"registered_later": "Registered after the webinar", "recording_viewers": "Watched the recording"}
_WORDS = {measure.name: measure.label for measure in (NAMED["no_shows"], *WATCHING[:3])}
_BESIDE_STEPS = ("No-shows", "Avg\nwatch")
_WIDE, _WIDEST = 120, 140
"""Columns of a terminal that has room for what stands beside the funnel, and for all of it."""

DOUBTFUL = "?"
"""Stands beside a conversion where too few of those who came could be matched to a registration."""

SMALL_N = 30
"""A share of fewer people than this says little: it is greyed and shows its n."""


def step_labels(full_percent: int) -> dict[str, str]:
    """Ending of visits… -> label."""
    return {step.ending: f"Completed ({full_percent} %+)" if step is FULL else step.label for step in STEPS}


def table(rows: Sequence[Row], by: Sequence[str], full_percent: int, width: int) -> Table:
    """One row each, for a terminal of `width` columns: a narrow one shows the funnel alone.

    The steps count registered people only, with their share of the registered below. What is before them is as services
    tell it.
    """
    top = {name: label for name, label in TOP.items() if any(row[name] is not None for row in rows)}
    shown = {**(_BESIDE if width >= _WIDE else {}), **(_AFTER if width >= _WIDEST else {})}
    steps = step_labels(full_percent)
    drawn = Table(box=box.HORIZONTALS, header_style="bold", show_lines=True, padding=(0, 1, 0, 0), pad_edge=False)
    for label in [DIMENSION_LABELS[name] for name in by] or ["Webinar", "State"]:
        drawn.add_column(label, overflow="fold")
    stacked = [label.replace(" ", "\n", 1) for label in steps.values()]
    stacked += _BESIDE_STEPS if shown else ()
    stacked += ["\n".join(wrap(label, 12)) for label in shown.values()]
    for label in (*(label.replace(" ", "\n") for label in top.values()), "Registrants", *stacked):
        # A number that is cut off or broken in two is a wrong number.
        drawn.add_column(label, justify="right", no_wrap=True)
    for row in rows:
        drawn.add_row(
            *_keys(row, by),
            *(count(row[name]) for name in top),
            count(row["registrations"]),
            *(share(row, bucket) for bucket in steps),
            *((count(row["no_shows"]), duration(row["average_watch_seconds"])) if shown else ()),
            *(count(row[name]) for name in shown),
        )
    return drawn


def _keys(row: Row, by: Sequence[str]) -> list[str | Text]:
    if by:
        first, *others = (Text(dimension(name, row[name])) for name in by)
        return [first.append("\nrows missing", "dim") if row.get("rows_rejected") else first, *others]
    state = "No time" if row.get("no_time") else COMPLETENESS[row["completeness"]]
    # Nobody stands behind these numbers: they were only said.
    more = [", totals only"] if row["totals_only"] else []
    more += [", rows missing"] if row.get("rows_rejected") else []
    return [_webinar(row), "".join([state, *more])]


def watching(row: Row) -> str:
    """The line under the table of one webinar: how people watched it."""
    said = {
        "no_shows": count(row["no_shows"]),
        "average_watch_seconds": duration(row["average_watch_seconds"]),
        "median_watch_seconds": duration(row["median_watch_seconds"]),
        "peak_viewers": count(row["peak_viewers"]) + (f" at {row['peak_at']}" if row["peak_at"] else ""),
    }
    return " · ".join(f"{label} {said[name]}" for name, label in _WORDS.items())


def caption(at: int, shown: str, as_of: int | None) -> str:
    """The line under a table: what it shows, at which moment, and how fresh that is."""
    fresh = format_instant(as_of) if as_of is not None else "no events yet"
    return f"{shown} at {format_instant(at)} · Data as of {fresh}"


def doubt(rows: Sequence[Row], matched_percent: int) -> str | None:
    """The line that explains the mark, where a row has it."""
    if not any(row.get("doubtful") for row in rows):
        return None
    return (
        f"{DOUBTFUL} fewer than {matched_percent} % of those who opened the room are registered: "
        "registrations may be missing, so the conversion is doubtful"
    )


def count(number: int | None) -> str:
    return NOT_AVAILABLE if number is None else f"{number:,}"


def duration(seconds: float | None) -> str:
    """Minutes and whole seconds, 41:07; from an hour on 1:02:07."""
    if seconds is None:
        return NOT_AVAILABLE
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02d}:{rest:02d}" if minutes >= 60 else f"{minutes}:{rest:02d}"


def percent(fraction: float | None) -> str:
    return NOT_AVAILABLE if fraction is None else f"{fraction * 100:.1f} %"


def share(row: Row, bucket: str) -> Text:
    """Count and percentage of a step, of the registered."""
    number, fraction = row[f"registered_visits{bucket}"], row[f"conversion{bucket}"]
    if number is None:
        return Text(NOT_AVAILABLE, style="dim")
    # A group has denominators of its own; a webinar's is its registrations.
    denominator = DENOMINATORS[f"conversion{bucket}"]
    of = row[denominator if denominator in row else "registrations"]
    mark = DOUBTFUL if (row.get("doubtful") or row.get("rows_rejected")) and fraction is not None else ""
    text = f"{number:,}\n{percent(fraction)}{mark}"
    if fraction is not None and of < SMALL_N:
        return Text(f"{text}\n(n={of})", style="dim")
    return Text(text)


def dimension(name: str, value: str | int | None) -> str:
    """A dimension's value as people read it."""
    if value is None:
        return NOT_AVAILABLE
    if name == "weekday":
        return WEEKDAYS[int(value) - 1]
    return f"{value:02d}:00" if name == "hour" else str(value)


def _webinar(row: Row) -> Text:
    title = row["title"]
    return Text(f"{title}\n", end="").append(row["webinar_id"], "dim") if title else Text(row["webinar_id"])
