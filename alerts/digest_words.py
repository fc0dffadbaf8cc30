"""The text of the morning summary and of the week's page: short, in plain words. Pure."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from alerts.detection.measurements import NOBODY, Counts, total
from alerts.known import Final, Held
from alerts.plain import one_line
from alerts.say import local_time, percent
from contract.measures import LONGEST

_MOST_LINES = 12
_MOST_SOURCES = 3
_LEAST_PEOPLE = 30
_LONGEST = 200


class Over(NamedTuple):
    """A webinar that was held; without numbers while it has not ended."""

    held: Held
    final: Final | None
    baseline: Mapping[str, Any]
    """registrations, conversion, conversion_longest; empty: not known."""


class Coming(NamedTuple):
    """A webinar that will be held."""

    held: Held
    pace: Mapping[str, Any]
    """A row of the view pace_at; empty: not known."""


def daily(
    day: date, over: Sequence[Over], sentences: Sequence[tuple[str, str]] | None, coming: Sequence[Coming]
) -> tuple[str, str]:
    """Title and text of the morning after `day`.

    `sentences`: title of the webinar and what is unusual about it; None: it was not judged.
    """
    lines = [_whole("Yesterday", over), *_limited([_of(one) for one in over])]
    lines += _unusual(sentences, over)
    lines += ["Today:", *_limited([_ahead(one) for one in coming])] if coming else ["No webinar is planned for today."]
    return f"Webinars of {day:%A, %d.%m.}", "\n".join(lines)


def weekly(
    monday: date,
    over: Sequence[Over],
    before: Sequence[Over],
    weeks: int,
    sentences: Sequence[tuple[str, str]] | None,
    coming: Sequence[Coming],
) -> tuple[str, str]:
    """Title and text of the week that began on `monday`. `before`: the webinars of so many weeks before it."""
    year, week, _ = monday.isocalendar()
    lines = [_whole("In this week", over)]
    if before:
        counts = _sum(before)
        lines.append(
            f"The {weeks} weeks before, on average: {len(before) / weeks:.1f} webinars,"
            f" {counts.registrations / weeks:,.0f} registered, {percent(_rate(counts, 'visits'))} came,"
            f" {_stayed(counts)}."
        )
    lines += _regions(over, before)
    lines += _sources(over, before)
    lines += _unusual(sentences, over)
    if coming:
        lines += [f"This week {_count(len(coming))} planned:", *_limited([_ahead(one) for one in coming])]
    return f"Webinars of week {year}-W{week:02d}", "\n".join(lines)


def _whole(when: str, over: Sequence[Over]) -> str:
    if not over:
        return f"{when} there was no webinar."
    counts = _sum(over)
    baseline = [one for one in over if one.baseline.get("conversion") is not None and one.final is not None]
    expected = ""
    if baseline:
        people = [total(one.final.groups.values()).registrations for one in baseline if one.final is not None]
        if sum(people):
            rate = sum(n * one.baseline["conversion"] for n, one in zip(people, baseline, strict=True)) / sum(people)
            expected = f" (usually {percent(rate)})"
    return (
        f"{when} {_count(len(over))}: {counts.registrations:,} registered,"
        f" {percent(_rate(counts, 'visits'))} came{expected}, {_stayed(counts)}."
    )


def _of(one: Over) -> str:
    if one.final is None:
        return f"• {_name(one.held)}: no numbers yet"
    counts = total(one.final.groups.values())
    registered = f"{counts.registrations:,} registered{_usually(one.baseline.get('registrations'))}"
    return (
        f"• {_name(one.held)}: {registered},"
        f" {percent(_rate(counts, 'visits'))} came{_usual_percent(one.baseline.get('conversion'))},"
        f" {_stayed(counts)}{_usual_percent(one.baseline.get('conversion_longest'))}"
    )


def _ahead(one: Coming) -> str:
    row = one.pace
    if not row:
        return f"• {_name(one.held)}"
    said = f"• {_name(one.held)}: {row['registrations']:,} registered"
    if row["expected"] is None:
        return said
    return (
        f"{said}, usually {row['baseline_now']:,.0f} by now; {row['expected']:,.0f} to be expected"
        f" ({row['expected_low']:,.0f} to {row['expected_high']:,.0f}), usually {row['baseline_final']:,.0f}"
    )


def _unusual(sentences: Sequence[tuple[str, str]] | None, over: Sequence[Over]) -> list[str]:
    if sentences is None:
        return ["What needs attention is not known: the workers have not judged all of it yet."]
    if not sentences:
        return ["All as typical."] if over else []
    return [
        "Needs attention:",
        *_limited([f"• {title}: {said}" if title else f"• {said}" for title, said in sentences]),
    ]


def _regions(over: Sequence[Over], before: Sequence[Over]) -> list[str]:
    now, then = _by_region(over), _by_region(before)
    if len(now) < 2:
        return []
    lines = [
        f"• {region}: {counts.registrations:,} registered, {percent(_rate(counts, 'visits'))} came"
        f"{_before(then.get(region))}"
        for region, counts in sorted(now.items(), key=lambda item: -item[1].registrations)
    ]
    return ["By region:", *_limited(lines)]


def _sources(over: Sequence[Over], before: Sequence[Over]) -> list[str]:
    """The source groups that changed the most, and those that are new."""
    now, then = _by_source(over), _by_source(before)
    changes = []
    for group, counts in now.items():
        rate, earlier = _rate(counts, "visits"), _rate(then[group], "visits") if group in then else None
        if counts.registrations < _LEAST_PEOPLE or rate is None:
            continue
        difference = 1.0 if earlier is None else abs(rate - earlier)
        changes.append((-difference, group, counts, then.get(group)))
    return [
        line
        for place, (_, group, counts, earlier_counts) in enumerate(
            sorted(changes, key=lambda one: one[:2])[:_MOST_SOURCES]
        )
        for line in (
            *(["Sources that changed the most:"] if place == 0 else []),
            f"• {group}: {counts.registrations:,} registered, {percent(_rate(counts, 'visits'))} came"
            + (_before(earlier_counts) if earlier_counts else " (new)"),
        )
    ]


def _by_region(over: Sequence[Over]) -> dict[str, Counts]:
    groups: defaultdict[str, list[Counts]] = defaultdict(list)
    for one in over:
        if one.final is not None:
            groups[one.held.webinar.region or "no region"] += list(one.final.groups.values())
    return {region: _added(counts) for region, counts in groups.items()}


def _by_source(over: Sequence[Over]) -> dict[str, Counts]:
    groups: defaultdict[str, list[Counts]] = defaultdict(list)
    for one in over:
        for group, counts in (one.final.groups if one.final is not None else {}).items():
            groups[group].append(counts)
    return {group: _added(counts) for group, counts in groups.items()}


def _sum(over: Sequence[Over]) -> Counts:
    return _added([counts for one in over if one.final is not None for counts in one.final.groups.values()])


def _added(counts: Sequence[Counts]) -> Counts:
    return Counts(*(sum(one[column] or 0 for one in counts) for column in range(len(NOBODY))))


def _rate(counts: Counts, metric: str) -> float | None:
    visits = counts.of(metric)
    return visits / counts.registrations if counts.registrations and visits is not None else None


def _stayed(counts: Counts) -> str:
    return f"{percent(_rate(counts, LONGEST.metric))} {LONGEST.label.lower()}"


def _before(counts: Counts | None) -> str:
    return f" ({percent(_rate(counts, 'visits'))} before)" if counts is not None else ""


def _usually(value: float | None) -> str:
    return "" if value is None else f" (usually {value:,.0f})"


def _usual_percent(value: float | None) -> str:
    return "" if value is None else f" (usually {percent(value)})"


def _name(held: Held) -> str:
    region = f", {held.webinar.region}" if held.webinar.region else ""
    return f"{one_line(held.title, _LONGEST)} ({local_time(held.webinar.begin, held.timezone):%a %H:%M}{region})"


def _count(n: int) -> str:
    return "1 webinar" if n == 1 else f"{n} webinars"


def _limited(lines: list[str]) -> list[str]:
    return lines if len(lines) <= _MOST_LINES else [*lines[:_MOST_LINES], f"and {len(lines) - _MOST_LINES} more"]
