"""The numbers of every webinar, or of groups of webinars, at a moment (docs/contract.md, "Rows of the answer").

The views have the definitions; here a question becomes one statement over them, and its answer plain rows.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

from clickhouse_connect.driver.client import Client

from clickhouse.at import AT, at_parameter
from contract.instants import DAY, FAR_FUTURE, FIRST_INSTANT, parse_instant
from contract.measures import MEASURES, STEPS, WATCHING

Row = dict[str, Any]

DIMENSIONS = (
    "source_group",
    "course",
    "region",
    "language",
    "week",
    "weekday",
    "hour",
    "format",
    "status",
    "platform",
    "people",
)
"""The dimensions of `--by`."""

PEOPLE = ("new", "returning")
"""Returning: also registered for a webinar that begins earlier, as far as is known at the moment."""

BUCKETS = tuple(step.ending for step in STEPS)
"""Endings of visits…, registered_visits… and conversion…."""

COUNTS = tuple(measure.name for measure in MEASURES)
CONVERSIONS = tuple(f"conversion{bucket}" for bucket in BUCKETS)

WATCHED = tuple(measure.name for measure in WATCHING)
"""How people watched, for a webinar as a whole. Groups only have the average, as sum over sum."""

MATCHED = ("matched", "doubtful")
"""The registered share of those who opened the room, and whether it is too small for a meaningful conversion."""

DENOMINATORS = {f"conversion{bucket}": f"registrations{bucket or '_begun'}" for bucket in BUCKETS}
"""For a group: conversion -> its denominator, a count of registrations."""

_TEXTS = ("title", "platform", "course", "region", "language", "format", "status")
_NUMBERED = ("weekday", "hour")
_WATCHED = (
    "f.average_watch_seconds AS average_watch_seconds",
    "w.median_watch_seconds AS median_watch_seconds",
    "w.peak_viewers AS peak_viewers",
    # In the contract's format of times.
    "concat(replaceOne(toString(w.peak_at), ' ', 'T'), 'Z') AS peak_at",
)
_WATCHED_OF_GROUP = (
    "sum(f.watch_seconds) / nullIf(sumIf(f.visits, f.watch_seconds IS NOT NULL), 0) AS average_watch_seconds",
    *(f"NULL AS {name}" for name in WATCHED[1:]),
)
_MATCHED = (
    "if(sum(f.visits_all) > 0, (sum(f.visits_all) - sum(f.walk_ins)) / sum(f.visits_all), NULL) AS matched",
    "toBool(ifNull(100 * (sum(f.visits_all) - sum(f.walk_ins)) < max(f.matched_percent) * sum(f.visits_all), 0))"
    " AS doubtful",
)


@dataclass(frozen=True, slots=True)
class Question:
    """A query of the report. An empty filter matches everything."""

    at: int
    """The moment of the numbers, ms since 1970 UTC."""
    by: tuple[str, ...] = ()
    """Dimensions to group by; empty: one row per webinar."""
    webinar_ids: tuple[str, ...] = ()
    first_day: date | None = None
    """The first day of the webinars, in each one's local time; a webinar without a time is on no day."""
    last_day: date | None = None


def parse_at(text: str) -> int:
    """`--at`: RFC 3339 -> ms since 1970 UTC. Raises ValueError, also for a moment that no event can have."""
    at = parse_instant(text)
    if not FIRST_INSTANT <= at < FAR_FUTURE:
        raise ValueError("not between the years 2000 and 2286")
    return at


def parse_by(text: str) -> tuple[str, ...]:
    """`--by`: dimensions separated by commas. Raises ValueError for an unknown or repeated one."""
    names = tuple(name.strip() for name in text.split(","))
    for name in names:
        if name not in DIMENSIONS:
            raise ValueError(f"{name or 'nothing'} is no dimension; there are: {', '.join(DIMENSIONS)}")
    if len(set(names)) < len(names):
        raise ValueError("a dimension is named twice")
    return names


def answer(client: Client, question: Question) -> list[Row]:
    """The rows, sorted by webinar_id or by the dimensions, unknown values last."""
    statement = _grouped(question) if question.by else _by_webinar(question)
    return list(client.query(statement, parameters=_parameters(question)).named_results())


def by_webinar_and_source(client: Client, question: Question) -> list[Row]:
    """One row for each webinar and source group that has a person, sorted."""
    return by_webinar(client, replace(question, by=("source_group",)))


def by_webinar(client: Client, question: Question) -> list[Row]:
    """The groups' rows split by webinar, sorted."""
    statement = _grouped(question, ("webinar_id", *question.by))
    return list(client.query(statement, parameters=_parameters(question)).named_results())


def named(client: Client, rows: Sequence[Row]) -> list[Row]:
    """The rows with their source groups as people wrote them, for people to read."""
    found = client.query("SELECT source_group, name FROM source_names").result_rows
    names: dict[str, str] = {group: name for group, name in found}  # noqa: C416  its rows have no types
    return [{**row, "source_group": names.get(row["source_group"], row["source_group"])} for row in rows]


def as_json(rows: Sequence[Row]) -> str:
    """The rows as one JSON list, one row per line."""
    return "[" + ",\n ".join(json.dumps(row, ensure_ascii=False) for row in rows) + "]"


def completeness(client: Client, question: Question) -> dict[str, int]:
    """State of webinars -> how many of the answer's are in it, sorted."""
    statement = f"SELECT f.completeness AS state, count() FROM funnel(at = {AT}) AS f{_where(question)}"
    found = client.query(f"{statement} GROUP BY state ORDER BY state", parameters=_parameters(question)).result_rows
    return {str(state): int(count) for state, count in found}


def data_as_of(client: Client, webinar_ids: Sequence[str] = ()) -> int | None:
    """When the latest event (of these webinars) was stored, ms since 1970 UTC; None: there is none."""
    where = " WHERE webinar_id IN {webinar_ids:Array(String)}" if webinar_ids else ""
    rows = client.query(
        f"SELECT count(), toUnixTimestamp64Milli(max(inserted_at)) FROM events{where}",
        parameters={"webinar_ids": list(webinar_ids)},
    ).result_rows
    return int(rows[0][1]) if rows[0][0] else None


def _by_webinar(question: Question) -> str:
    # ClickHouse replaces aliases everywhere in a statement, hence the prefix.
    columns = [
        "f.webinar_id AS webinar_id",
        *(f"nullIf(f.{name}, '') AS {name}" for name in _TEXTS),
        *(
            f"f.{name} AS {name}"
            for name in ("week", *_NUMBERED, "completeness", "totals_only", *COUNTS, *CONVERSIONS, *MATCHED)
        ),
        *_WATCHED,
    ]
    watching = f"SELECT * FROM watching_at(at = {AT})"
    if question.webinar_ids:
        watching += " WHERE webinar_id IN {webinar_ids:Array(String)}"
    return (
        f"SELECT {', '.join(columns)} FROM funnel(at = {AT}) AS f"
        f" LEFT JOIN ({watching}) AS w ON w.webinar_id = f.webinar_id{_where(question)} ORDER BY webinar_id"
    )


def _grouped(question: Question, by: tuple[str, ...] = ()) -> str:
    by = by or question.by
    view = "funnel_by_source" if "source_group" in by else "funnel"
    read = _of_people(question) if "people" in by else f"{view}(at = {AT})"
    columns = [
        *(f"f.{name} AS {name}" if name in _NUMBERED else f"nullIf(f.{name}, '') AS {name}" for name in by),
        *(f"sum(f.{name}) AS {name}" for name in COUNTS),
        *(f"ifNull(sumIf(f.registrations, {_counts(bucket)}), 0) AS {_denominator(bucket)}" for bucket in BUCKETS),
        *(f"{_conversion(bucket)} AS conversion{bucket}" for bucket in BUCKETS),
        *_WATCHED_OF_GROUP,
        # It is meaningless for a part of the people: walk-ins may be in another part.
        *(_MATCHED if {"source_group", "people"}.isdisjoint(by) else ()),
    ]
    keys = ", ".join(by)
    return f"SELECT {', '.join(columns)} FROM {read} AS f{_where(question)} GROUP BY {keys} ORDER BY {keys}"


def _of_people(question: Question) -> str:
    """Everybody by visitor type. The days limit the rows read; time zones shift midnights by up to 14 hours."""
    since, until = 0, FAR_FUTURE
    if question.first_day:
        since = _midnight(question.first_day) - DAY
    if question.last_day:
        until = _midnight(question.last_day) + 2 * DAY
    parts = (
        f"SELECT '{people}' AS people, * FROM"
        f" funnel_of_people(at = {AT}, people = '{people}', since = {since}, until = {until})"
        for people in PEOPLE
    )
    return f"({' UNION ALL '.join(parts)})"


def _midnight(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) * 1000


def _denominator(bucket: str) -> str:
    return DENOMINATORS[f"conversion{bucket}"]


def _conversion(bucket: str) -> str:
    among = _denominator(bucket)
    return f"if({among} > 0, sumIf(f.registered_visits{bucket}, {_counts(bucket)}) / {among}, NULL)"


def _counts(bucket: str) -> str:
    """Whether a webinar counts in a group's conversion: it has begun, the bucket can exist, both counts are known."""
    return f"f.begun AND f.registered_visits{bucket} IS NOT NULL AND f.registrations IS NOT NULL"


def _where(question: Question) -> str:
    terms = []
    if question.webinar_ids:
        terms.append("f.webinar_id IN {webinar_ids:Array(String)}")
    if question.first_day:
        terms.append("toDate32(f.local_time) >= {first_day:Date32}")
    if question.last_day:
        terms.append("toDate32(f.local_time) <= {last_day:Date32}")
    return f" WHERE {' AND '.join(terms)}" if terms else ""


def _parameters(question: Question) -> dict[str, Any]:
    return {
        "at": at_parameter(question.at),
        "webinar_ids": list(question.webinar_ids),
        "first_day": question.first_day and question.first_day.isoformat(),
        "last_day": question.last_day and question.last_day.isoformat(),
    }
