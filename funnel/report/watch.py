"""The live funnel in the terminal: reads and draws it repeatedly. `frame` is one state of it."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from clickhouse_connect.driver.client import Client
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from clickhouse.at import AT, at_parameter
from contract.instants import FAR_FUTURE, format_instant
from funnel.report.numbers import BUCKETS, Question, Row, answer, by_webinar_and_source, data_as_of, named
from funnel.report.starts import START_MS
from funnel.report.table import COMPLETENESS, NOT_AVAILABLE, SMALL_N, count, percent, step_labels
from process.patience import waiting_for

_TOP_SOURCES = 5
_SHOWN_WEBINARS = 10
_BAR_WIDTH = 40

_IN_THE_ROOM = """
SELECT webinar_id, in_room
FROM rooms_at(at = {at:DateTime64(3, 'UTC')})
WHERE webinar_id IN {webinar_ids:Array(String)}
"""
_SHOWN = f"""
SELECT webinar_id, completeness = 'on_now' AND has(tells, 'live') AS tells_who_is_there,
    completeness = 'upcoming' AND {START_MS} >= {FAR_FUTURE} AS timeless
FROM webinars_at(at = {AT})
WHERE if(empty({{webinar_ids:Array(String)}}), completeness = 'on_now', has({{webinar_ids:Array(String)}}, webinar_id))
ORDER BY webinar_id
LIMIT {{most:UInt8}}
"""

Step = tuple[str, int | None, float | None]
"""Label, number, share of registrants; from the top of the funnel."""


@dataclass(frozen=True, slots=True)
class LiveWebinar:
    """What is shown about one webinar."""

    numbers: Row
    """Its row of the report."""
    in_the_room: int | None
    """People in the room. None: it is not live, or its service does not report who is there."""
    sources: tuple[Row, ...]
    """Its source groups with the most registrants."""
    timeless: bool = False
    """Whether its start is unknown."""

    @property
    def state(self) -> str:
        """Its completeness in words."""
        return "Scheduled: no start time" if self.timeless else COMPLETENESS[self.numbers["completeness"]]


@dataclass(frozen=True, slots=True)
class Moment:
    """Everything that one frame shows."""

    at: int
    """ms since 1970 UTC."""
    as_of: int | None
    """When the latest event of these webinars was stored, ms since 1970 UTC."""
    webinars: tuple[LiveWebinar, ...]


def frame(client: Client, at: int, webinar_ids: Sequence[str] = (), full_percent: int = 90) -> RenderableType:
    """The live funnel at `at` (ms since 1970 UTC), as a rich renderable: of these webinars, or of those live now."""
    return render(look(client, at, webinar_ids), full_percent)


def look(client: Client, at: int, webinar_ids: Sequence[str] = ()) -> Moment:
    """Reads what a frame shows. Without webinar_ids: the webinars that are live now."""
    parameters = {"at": at_parameter(at), "webinar_ids": list(webinar_ids), "most": _SHOWN_WEBINARS}
    rows = client.query(_SHOWN, parameters=parameters).result_rows
    reports_presence, timeless = {row[0]: bool(row[1]) for row in rows}, {row[0] for row in rows if row[2]}
    if not reports_presence:
        return Moment(at, data_as_of(client, webinar_ids), ())
    # Only the shown webinars are counted, so the views read no other webinar's persons.
    question = Question(at=at, webinar_ids=tuple(reports_presence))
    parameters["webinar_ids"] = list(reports_presence)
    present = {row[0]: row[1] for row in client.query(_IN_THE_ROOM, parameters=parameters).result_rows}
    by_source = named(client, by_webinar_and_source(client, question))
    webinars = tuple(
        LiveWebinar(
            row,
            present.get(row["webinar_id"], 0) if reports_presence[row["webinar_id"]] else None,
            _top([group for group in by_source if group["webinar_id"] == row["webinar_id"]]),
            row["webinar_id"] in timeless,
        )
        for row in answer(client, question)
    )
    return Moment(at, data_as_of(client, question.webinar_ids), webinars)


def render(moment: Moment, full_percent: int = 90) -> RenderableType:
    """Draws a moment. Pure."""
    as_of = format_instant(moment.as_of) if moment.as_of is not None else "no events yet"
    foot = Text(f"{format_instant(moment.at)} · Data as of {as_of}", style="dim")
    if not moment.webinars:
        return Group(Text("No webinar is live."), foot)
    return Group(*(part for webinar in moment.webinars for part in _webinar(webinar, full_percent)), foot)


def line(webinar: LiveWebinar, full_percent: int = 90) -> str:
    """The same in one line, for a log."""
    row = webinar.numbers
    steps = (
        f"{label} {count(number)}" + (f" ({percent(fraction)})" if place and fraction is not None else "")
        for place, (label, number, fraction) in enumerate(_steps(row, full_percent))
    )
    return f"{row['webinar_id']} {webinar.state}: {' · '.join(steps)} · Live viewers {count(webinar.in_the_room)}"


def watch(
    client: Client,
    console: Console,
    now: Callable[[], int],
    *,
    webinar_ids: Sequence[str] = (),
    interval: float = 1.0,
    full_percent: int = 90,
) -> None:
    """Shows the live funnel until Ctrl-C. Without a terminal, prints a line for each change instead."""
    try:
        if console.is_terminal:
            _draw(client, console, now, webinar_ids, interval, full_percent)
        else:
            _log(client, console, now, webinar_ids, interval, full_percent)
    except KeyboardInterrupt:
        return


def _draw(
    client: Client,
    console: Console,
    now: Callable[[], int],
    webinar_ids: Sequence[str],
    interval: float,
    full_percent: int,
) -> None:
    with Live(console=console, auto_refresh=False) as live:
        while True:
            with waiting_for("ClickHouse"):
                picture = frame(client, now(), webinar_ids, full_percent)
            live.update(picture, refresh=True)
            time.sleep(interval)


def _log(
    client: Client,
    console: Console,
    now: Callable[[], int],
    webinar_ids: Sequence[str],
    interval: float,
    full_percent: int,
) -> None:
    shown: set[str] | None = None
    while True:
        with waiting_for("ClickHouse"):
            moment = look(client, now(), webinar_ids)
        lines = [line(webinar, full_percent) for webinar in moment.webinars] or ["No webinar is live."]
        for text in lines:
            if shown is None or text not in shown:
                console.print(f"{format_instant(moment.at)} {text}", soft_wrap=True, highlight=False, markup=False)
        shown = set(lines)
        time.sleep(interval)


def _top(groups: list[Row]) -> tuple[Row, ...]:
    def order(group: Row) -> tuple[int, int, str]:
        # If only totals are reported, one of them may be missing.
        return -(group["registrations"] or 0), -(group["visits_all"] or 0), group["source_group"]

    most = sorted(groups, key=order)
    return tuple(most[:_TOP_SOURCES])


def _steps(row: Row, full_percent: int) -> list[Step]:
    registered = row["registrations"]
    steps: list[Step] = [("Registrants", registered, 1.0 if registered else None)]
    labels = step_labels(full_percent)
    # Completed exists only after the end: no line for it before.
    shown = [bucket for bucket in BUCKETS if bucket != "_full" or row["registered_visits_full"] is not None]
    return steps + [(labels[bucket], row[f"registered_visits{bucket}"], row[f"conversion{bucket}"]) for bucket in shown]


def _webinar(webinar: LiveWebinar, full_percent: int) -> list[RenderableType]:
    row = webinar.numbers
    head = Text.assemble(
        (row["title"] or row["webinar_id"], "bold"),
        (f"  {row['webinar_id']}  " if row["title"] else "  ", "dim"),
        webinar.state,
        f"   Live viewers: {count(webinar.in_the_room)}   Walk-ins: {count(row['walk_ins'])}",
    )
    bars = Table.grid(padding=(0, 1))
    for label, number, fraction in _steps(row, full_percent):
        bars.add_row(
            label,
            ProgressBar(total=1.0, completed=fraction or 0.0, width=_BAR_WIDTH),
            Text(count(number), justify="right"),
            _percentage(fraction, row["registrations"]),
        )
    return [head, bars, *_sources(webinar.sources), Text()]


def _percentage(fraction: float | None, of: int) -> Text:
    if fraction is None:
        return Text(NOT_AVAILABLE, style="dim")
    return Text(percent(fraction) + (f" (n={of})" if of < SMALL_N else ""), style="dim" if of < SMALL_N else "")


def _sources(groups: Sequence[Row]) -> list[RenderableType]:
    if not groups:
        return []
    drawn = Table.grid(padding=(0, 2))
    drawn.add_row(*(Text(label, style="dim") for label in ("Source", "Registrants", "Attendees", "% of registered")))
    for group in groups:
        drawn.add_row(
            Text(group["source_group"]),
            Text(count(group["registrations"]), justify="right"),
            Text(count(group["registered_visits"]), justify="right"),
            _percentage(group["conversion"], group["registrations"]),
        )
    return [drawn]
