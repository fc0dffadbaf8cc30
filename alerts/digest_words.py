"""The text of the morning summary and of the week's page: short, in plain words. Pure."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from alerts.detection.measurements import NOBODY, Counts, total
from alerts.evidence import Final, WebinarInfo
from alerts.wording import day_of, exact, name
from contract.measures import CAME, LONGEST

_MOST_LINES = 12
_MOST_SOURCES = 3
_LEAST_PEOPLE = 30
NOT_BY_SOURCE = "Not told by source"
"""The source group of totals, which is no source that could have changed ({not_by_source} in SQL)."""


class Over(NamedTuple):
    """A webinar that was held; without numbers while it has not ended."""

    info: WebinarInfo
    final: Final | None
    baseline: Mapping[str, Any]
    """registrations, conversion, conversion_longest; empty: not known."""


class Coming(NamedTuple):
    """A webinar that will be held."""

    info: WebinarInfo
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
    return f"Webinars of {day_of(day)}", "\n".join(lines)


def weekly(
    monday: date,
    over: Sequence[Over],
    before: Sequence[Over],
    weeks: int,
    sentences: Sequence[tuple[str, str]] | None,
    coming: Sequence[Coming],
) -> tuple[str, str]:
    """Title and text of the week that began on `monday`. `before`: the webinars of so many weeks before it."""
    lines = [_whole("Last week", over)]
    if before:
        counts = _sum(before)
        lines.append(
            f"Average of the {weeks} weeks before: {len(before) / weeks:.1f} webinars,"
            f" {counts.registrations / weeks:,.0f} registrants, {_attended(counts)}, {_stayed(counts)}."
        )
    lines += _regions(over, before)
    lines += _sources(over, before)
    lines += _unusual(sentences, over)
    if coming:
        lines += [f"Planned this week: {_count(len(coming))}", *_limited([_ahead(one) for one in coming])]
    sunday = monday + timedelta(days=6)
    days = f"{day_of(monday)} to {day_of(sunday)} {sunday.year}"
    return f"Webinars of week {monday.isocalendar().week}, {days}", "\n".join(lines)


def _whole(when: str, over: Sequence[Over]) -> str:
    if not over:
        return f"{when}: no webinars."
    counts = _sum(over)
    baseline = [one for one in over if one.baseline.get("conversion") is not None and one.final is not None]
    expected = ""
    if baseline:
        people = [total(one.final.groups.values()).registrations for one in baseline if one.final is not None]
        if sum(people):
            rate = sum(n * one.baseline["conversion"] for n, one in zip(people, baseline, strict=True)) / sum(people)
            expected = _typically(rate)
    return f"{when}: {_count(len(over))}, {_registrants(counts)}, {_attended(counts)}{expected}, {_stayed(counts)}."


def _of(one: Over) -> str:
    if one.final is None:
        return f"• {name(one.info)}: no numbers yet"
    counts, registrants = total(one.final.groups.values()), one.baseline.get("registrations")
    typically = "" if registrants is None else f" (typically {registrants:,.0f})"
    return (
        f"• {name(one.info)}: {_registrants(counts)}{typically},"
        f" {_attended(counts)}{_typically(one.baseline.get('conversion'))},"
        f" {_stayed(counts)}{_typically(one.baseline.get('conversion_longest'))}"
    )


def _ahead(one: Coming) -> str:
    row = one.pace
    if not row:
        return f"• {name(one.info)}"
    said = f"• {name(one.info)}: {row['registrations']:,} registrants"
    if row["expected"] is None:
        return said
    return (
        f"{said}, typically {row['baseline_now']:,.0f} by now; forecast {row['expected']:,.0f}"
        f" ({row['expected_low']:,.0f} to {row['expected_high']:,.0f}), typically {row['baseline_final']:,.0f}"
    )


def _unusual(sentences: Sequence[tuple[str, str]] | None, over: Sequence[Over]) -> list[str]:
    if sentences is None:
        return ["What needs attention is not known yet: the workers have not judged all webinars."]
    if not sentences:
        return ["All within the typical range."] if over else []
    return [
        "Needs attention:",
        *_limited([f"• {title}: {said}" if title else f"• {said}" for title, said in sentences]),
    ]


def _regions(over: Sequence[Over], before: Sequence[Over]) -> list[str]:
    now, then = _by_region(over), _by_region(before)
    if len(now) < 2:
        return []
    lines = [
        f"• {region}: {_registrants(counts)}, {_attended(counts)}{_before(then.get(region))}"
        for region, counts in sorted(now.items(), key=lambda item: -item[1].registrations)
    ]
    return ["By region:", *_limited(lines)]


def _sources(over: Sequence[Over], before: Sequence[Over]) -> list[str]:
    """The source groups that changed the most, and those that are new."""
    now, then = _by_source(over), _by_source(before)
    changes = []
    for group, counts in now.items():
        rate, earlier = _rate(counts, "visits"), _rate(then[group], "visits") if group in then else None
        if group == NOT_BY_SOURCE or counts.registrations < _LEAST_PEOPLE or rate is None:
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
            f"• {group}: {_registrants(counts)}, {_attended(counts)}"
            + (_before(earlier_counts) if earlier_counts else " (new)"),
        )
    ]


def _by_region(over: Sequence[Over]) -> dict[str, Counts]:
    groups: defaultdict[str, list[Counts]] = defaultdict(list)
    for one in over:
        if one.final is not None:
            groups[one.info.webinar.region or "no region"] += list(one.final.groups.values())
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


def _registrants(counts: Counts) -> str:
    return "1 registrant" if counts.registrations == 1 else f"{counts.registrations:,} registrants"


def _attended(counts: Counts) -> str:
    return f"{CAME.rate.lower()} {exact(_rate(counts, 'visits'))}"


def _stayed(counts: Counts) -> str:
    return f"{LONGEST.label.lower()} {exact(_rate(counts, LONGEST.metric))}"


def _before(counts: Counts | None) -> str:
    return f" ({exact(_rate(counts, 'visits'))} before)" if counts is not None else ""


def _typically(rate: float | None) -> str:
    return "" if rate is None else f" (typically {exact(rate)})"


def _count(n: int) -> str:
    return "1 webinar" if n == 1 else f"{n} webinars"


def _limited(lines: list[str]) -> list[str]:
    return lines if len(lines) <= _MOST_LINES else [*lines[:_MOST_LINES], f"and {len(lines) - _MOST_LINES} more"]
