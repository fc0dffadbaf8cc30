"""The rows of the report as a table for people, with the labels of docs/design.md section 2. Pure."""

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from contract.instants import FAR_FUTURE, parse_instant
from contract.measures import FULL, NAMED, STEPS, WATCHING
from funnel.report.numbers import DENOMINATORS, Row
from funnel.report.starts import Start, day_said, utc_said, zone_said

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
TOP = ("invited", "page_views")
"""The steps before the registration. Few services report them: they are shown only if one does."""
_WORDS = {measure.name: measure.label for measure in (NAMED["no_shows"], *WATCHING[:3])}
_SHORT = {
    "invited": "Invited",
    "page_views": "Page\nviews",
    "no_shows": "No-shows",
    "average_watch_seconds": "Avg\nwatch",
    "median_watch_seconds": "Median\nwatch",
    "peak_viewers": "Peak\nviewers",
    "walk_ins": "Walk-ins",
    "visits_all": "Joined (any\nlength)",
    "registered_later": "Registered\nafter the\nwebinar",
    "recording_viewers": "Watched the\nrecording",
}
_IN_TURN = (
    ("no_shows", "average_watch_seconds"),
    ("walk_ins", "visits_all"),
    ("median_watch_seconds", "peak_viewers"),
    ("registered_later", "recording_viewers"),
)
"""Columns shown beside the funnel if there is room, the most important first."""
_TITLE_WIDTH, _TITLE_LINES = 24, 2
_EDGES = 2
_NARROW = 100
"""A narrower terminal shows a webinar's state below its date, and may have shorter titles."""
_NARROW_TITLE_WIDTH = 16

DOUBTFUL = "?"
"""Shown beside a conversion if too few attendees could be matched to a registration."""

SMALL_N = 30
"""A share of fewer people than this is unreliable: it is greyed and shows its n."""


def step_labels(full_percent: int) -> dict[str, str]:
    """Ending of visits… -> label."""
    return {step.ending: f"Completed ({full_percent} %+)" if step is FULL else step.label for step in STEPS}


class _Column(NamedTuple):
    """A column of the table. Numbers are never cut off or wrapped, since that would show a wrong number."""

    label: str
    cells: Sequence[Text]
    justify: Literal["left", "right"] = "right"

    @property
    def width(self) -> int:
        """The width including the space after it."""
        lines = [line for text in (self.label, *(one.plain for one in self.cells)) for line in text.split("\n")]
        return max(map(cell_len, lines), default=0) + 1


def table(
    rows: Sequence[Row],
    by: Sequence[str],
    full_percent: int,
    width: int,
    known: Mapping[str, Start] | None = None,
    default_timezone: str = "UTC",
    year: int = 0,
) -> Table:
    """One line per row, for a terminal of `width` columns: columns beside the funnel without room are left out.

    The steps count only registered people, with their share of all registrants below. The steps before the registration
    are as services report them. `known`: when the webinars begin, if that is shown; `year`: omitted in dates.
    """
    steps = step_labels(full_percent)
    wide = width >= _NARROW
    if by:
        keys = [_Column(DIMENSION_LABELS[name], [_dimension(row, name) for row in rows], "left") for name in by]
        keys[0] = keys[0]._replace(cells=[_with_rows_missing(*one) for one in zip(keys[0].cells, rows, strict=True)])
    else:
        keys = _when_and_state(rows, known, default_timezone, year, wide)
    funnel = [
        _Column("Registrants", [Text(count(row["registrations"])) for row in rows]),
        *(_Column(label.replace(" ", "\n", 1), [share(row, of) for row in rows]) for of, label in steps.items()),
    ]
    title = 0 if by else _TITLE_WIDTH if wide else _NARROW_TITLE_WIDTH
    room = width - _EDGES - title - 1 - sum(one.width for one in (*keys, *funnel))
    top = [_number(rows, name) for name in TOP if any(row[name] is not None for row in rows)]
    before, room = _fitting([top], room)
    after, room = _fitting([[_number(rows, name) for name in names] for names in _IN_TURN], room)
    if not by:
        clamped = [_webinar(row, title + max(room, 0)) for row in rows]
        keys = [_Column("Webinar", clamped, "left"), *keys]
    drawn = Table(box=box.HORIZONTALS, header_style="bold", show_lines=True, padding=(0, 1, 0, 0), pad_edge=False)
    columns = [*keys, *before, *funnel, *after]
    for place, one in enumerate(columns):
        drawn.add_column(one.label, justify=one.justify, no_wrap=one.justify == "right", overflow="fold")
        if not by and 0 < place < len(keys):
            drawn.columns[-1].no_wrap = True
    for cells in zip(*(one.cells for one in columns), strict=True):
        drawn.add_row(*cells)
    return drawn


def _fitting(groups: Sequence[Sequence[_Column]], room: int) -> tuple[list[_Column], int]:
    """The columns of the first groups that fit, and the remaining room."""
    chosen: list[_Column] = []
    for group in groups:
        needed = sum(one.width for one in group)
        if needed > room:
            break
        chosen += group
        room -= needed
    return chosen, room


def _number(rows: Sequence[Row], name: str) -> _Column:
    shown = duration if name.endswith("_seconds") else count
    return _Column(_SHORT[name], [Text(shown(row[name])) for row in rows])


def _dimension(row: Row, name: str) -> Text:
    return Text(dimension(name, row[name]))


def _with_rows_missing(cell: Text, row: Row) -> Text:
    return cell.append("\nrows missing", "dim") if row.get("rows_rejected") else cell


def _when(start: Start | None, default_timezone: str, year: int) -> Text:
    if start is None or start.local is None:
        return Text(NOT_AVAILABLE)
    zone = zone_said(start.timezone or default_timezone)
    return Text(f"{day_said(start.local, year)}\n{start.local:%H:%M} {zone}")


def _when_and_state(
    rows: Sequence[Row], known: Mapping[str, Start] | None, default_timezone: str, year: int, wide: bool
) -> list[_Column]:
    if known is None:
        return [_Column("State", [_state(row) for row in rows], "left")]
    states = [_state(row, known.get(row["webinar_id"])) for row in rows]
    dates = [_when(known.get(row["webinar_id"]), default_timezone, year) for row in rows]
    if wide:
        return [_Column("Date", dates, "left"), _Column("State", states, "left")]
    both = [Text("\n").join(one) for one in zip(dates, states, strict=True)]
    return [_Column("Date", both, "left")]


def state(row: Row, start: Start | None = None) -> str:
    """The state of a webinar in a word. What has no start time is neither upcoming nor over."""
    timeless = row["completeness"] == "upcoming" and start is not None and start.ms >= FAR_FUTURE
    return "No time" if timeless or row.get("no_time") else COMPLETENESS[row["completeness"]]


def _state(row: Row, start: Start | None = None) -> Text:
    said = Text(state(row, start))
    if row["totals_only"]:
        # No persons are known behind these numbers: they are reported totals.
        said.append("\ntotals only", "dim")
    if row.get("rows_rejected"):
        said.append("\nrows missing", "dim")
    return said


def watching(row: Row) -> str:
    """The line below the table of one webinar: how people watched it."""
    said = {
        "no_shows": count(row["no_shows"]),
        "average_watch_seconds": duration(row["average_watch_seconds"]),
        "median_watch_seconds": duration(row["median_watch_seconds"]),
        "peak_viewers": f"{count(row['peak_viewers'])}{_peak_at(row['peak_at'])}",
    }
    return " · ".join(f"{label} {said[name]}" for name, label in _WORDS.items())


def _peak_at(instant: str | None) -> str:
    return f" ({utc_said(parse_instant(instant))})" if instant else ""


def caption(at: int, shown: str, as_of: int | None) -> str:
    """The line below a table: what it shows, as of which moment, and how fresh the data is."""
    fresh = utc_said(as_of) if as_of is not None else "no events yet"
    return f"{shown} at {utc_said(at)} · Data as of {fresh}"


def doubt(rows: Sequence[Row], matched_percent: int) -> str | None:
    """The line that explains the mark; None if no row has it."""
    if not any(row.get("doubtful") for row in rows):
        return None
    return (
        f"{DOUBTFUL} fewer than {matched_percent} % of those who opened the room are registered: "
        "registrations may be missing, so the conversion is doubtful"
    )


def count(number: int | None) -> str:
    return NOT_AVAILABLE if number is None else f"{number:,}"


def duration(seconds: float | None) -> str:
    """A duration as 41:07 (minutes and seconds), from an hour on as 1:02:07."""
    if seconds is None:
        return NOT_AVAILABLE
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02d}:{rest:02d}" if minutes >= 60 else f"{minutes}:{rest:02d}"


def percent(fraction: float | None) -> str:
    return NOT_AVAILABLE if fraction is None else f"{fraction * 100:.1f} %"


def share(row: Row, bucket: str) -> Text:
    """Count and percentage of a step, relative to registrants."""
    number, fraction = row[f"registered_visits{bucket}"], row[f"conversion{bucket}"]
    if number is None:
        return Text(NOT_AVAILABLE, style="dim")
    # A group has its own denominators; a webinar's is its registrations.
    denominator = DENOMINATORS[f"conversion{bucket}"]
    of = row[denominator if denominator in row else "registrations"]
    mark = DOUBTFUL if (row.get("doubtful") or row.get("rows_rejected")) and fraction is not None else ""
    text = f"{number:,}\n{percent(fraction)}{mark}"
    if fraction is not None and of < SMALL_N:
        return Text(f"{text}\n(n={of})", style="dim")
    return Text(text)


def dimension(name: str, value: str | int | None) -> str:
    """A dimension's value as text for people."""
    if value is None:
        return NOT_AVAILABLE
    if name == "weekday":
        return WEEKDAYS[int(value) - 1]
    return f"{value:02d}:00" if name == "hour" else str(value)


def _webinar(row: Row, width: int) -> Text:
    """Title and id; a long title is cut after its first lines."""
    if not row["title"]:
        return Text(row["webinar_id"])
    lines = list(Text(row["title"]).wrap(Console(width=width), width))
    if len(lines) > _TITLE_LINES:
        lines = lines[:_TITLE_LINES]
        lines[-1].truncate(width - 1)
        lines[-1].rstrip()
        lines[-1].append("…")
    return Text("\n").join([*lines, Text(row["webinar_id"], "dim")])
