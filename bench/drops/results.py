"""The results of the drop detection's bench: compared with its bars, and shown. Pure except for printing."""

import statistics
from collections.abc import Sequence
from typing import Any, NamedTuple

from rich.console import Console
from rich.table import Table

from bench.drops.runs import QUIET_WEEKS

FALSE_ALERTS_A_WEEK = 1.0
FOUND = 0.9
MEDIAN_MINUTES = 15.0
NAMED_FIRST = 0.95
SECONDS = 2.0


class Calm(NamedTuple):
    """A world without a drop."""

    sd: float
    seed: int
    alerts: int
    """How many alerts there were, all of them false."""


class Sized(NamedTuple):
    """Injected drops of one kind and size."""

    sd: float
    kind: str
    size: float
    """Size in total standard deviations: binomial and between webinars."""
    drops: int
    minutes: list[int]
    """For each found drop: how long its webinar had run."""
    named: int
    """How often the injected cause of a found drop was named first."""


class Results(NamedTuple):
    """All results of a run."""

    calm: Sequence[Calm]
    sized: Sequence[Sized]
    full_size: float
    speed: dict[str, Any]

    def plain(self) -> dict[str, Any]:
        """For JSON."""
        calm, sized = [one._asdict() for one in self.calm], [one._asdict() for one in self.sized]
        return {"without_a_drop": calm, "injected": sized, "speed": self.speed}

    def variations(self) -> list[float]:
        """Standard deviations between webinars, ascending."""
        return sorted({one.sd for one in self.calm})

    def quiet(self, sd: float) -> tuple[list[Calm], float]:
        """The worlds without a drop, and their false alerts per week."""
        worlds = [one for one in self.calm if one.sd == sd]
        return worlds, sum(one.alerts for one in worlds) / (len(worlds) * QUIET_WEEKS)

    def full(self, sd: float) -> Sized:
        """The drops of full size of all kinds together."""
        found = [one for one in self.sized if one.sd == sd and one.size == self.full_size]
        minutes = [minute for one in found for minute in one.minutes]
        drops, named = sum(one.drops for one in found), sum(one.named for one in found)
        return Sized(sd, "all together", self.full_size, drops, minutes, named)


def shortfalls(results: Results) -> list[str]:
    """Each missed bar, in words. All kinds of drops are judged together: one kind has too few."""
    missed = []
    for sd in results.variations():
        where = f"{_points(sd)} between webinars"
        _, weekly = results.quiet(sd)
        if weekly > FALSE_ALERTS_A_WEEK:
            missed.append(f"{where}: {weekly:.2f} false alerts a week")
        full = results.full(sd)
        if len(full.minutes) < FOUND * full.drops:
            missed.append(f"{where}: {len(full.minutes)} of {full.drops} drops found")
        if full.minutes and statistics.median(full.minutes) >= MEDIAN_MINUTES:
            missed.append(f"{where}: found after {statistics.median(full.minutes):.0f} minutes (median)")
        if full.named < NAMED_FIRST * len(full.minutes):
            missed.append(f"{where}: cause named first in {full.named} of {len(full.minutes)}")
    if results.speed["seconds"] >= SECONDS:
        missed.append(f"{results.speed['segments']:,} segments took {results.speed['seconds']} s")
    return missed


def show(results: Results, console: Console) -> None:
    """The tables."""
    table = _table(
        f"Without a drop: every alert is false (bar: at most {FALSE_ALERTS_A_WEEK:g} a week)",
        "between webinars",
        "seeds",
        "weeks",
        "false alerts, by seed",
        "a week",
    )
    for sd in results.variations():
        worlds, weekly = results.quiet(sd)
        seeds = f"{worlds[0].seed} to {worlds[-1].seed}"
        alerts = f"{sum(one.alerts for one in worlds)} = {' + '.join(str(one.alerts) for one in worlds)}"
        table.add_row(_points(sd), seeds, f"{len(worlds) * QUIET_WEEKS:.1f}", alerts, f"{weekly:.2f}")
    console.print(table)
    table = _table(
        f"Injected drops (bars at {results.full_size:g} deviations, all kinds together: at least {FOUND:.0%} found,"
        f" median before minute {MEDIAN_MINUTES:.0f}, cause named first in at least {NAMED_FIRST:.0%} of those found)",
        "between webinars",
        "cause",
        "size",
        "drops",
        "found",
        "median minute",
        "named first",
    )
    for sd in results.variations():
        for one in (*(one for one in results.sized if one.sd == sd), results.full(sd)):
            table.add_row(*_row(one), end_section=one.kind == "all together")
    console.print(table)
    speed = results.speed
    console.print(
        f"One evaluation of {speed['segments']:,} segments ({speed['tests']:,} tests): {speed['seconds']:.2f} s"
        f" (bar: under {SECONDS:g} s)"
    )


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left")
    for place, column in enumerate(columns):
        table.add_column(column, justify="left" if place < 2 else "right")
    return table


def _row(one: Sized) -> list[str]:
    n = len(one.minutes)
    found, named = f"{n / one.drops:.0%}", f"{one.named / n:.0%}" if n else ""
    minute = f"{statistics.median(one.minutes):.0f}" if n else ""
    return [_points(one.sd), one.kind, f"{one.size:g}", str(one.drops), found, minute, named]


def _points(sd: float) -> str:
    return f"{sd * 100:g} points"
