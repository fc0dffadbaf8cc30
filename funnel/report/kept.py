"""The numbers that are kept of the present (current_webinars), for verify to hold against the oracle."""

from collections.abc import Iterator, Sequence
from typing import Any

from clickhouse_connect.driver.client import Client

from clickhouse.at import AT, at_parameter
from clickhouse.sql import rendered
from contract.measures import STEPS
from funnel.report.numbers import Row

_IN_USE = f"SELECT as_of = '_now' FROM as_of_at(at = {AT}, people = '')"
_COMPLETE = rendered("SELECT toUnixTimestamp64Milli({kept_until 1})")
_SUMS = ", ".join(
    [
        *("registrations", "registered_later", "visits_all", "walk_ins", "recording_viewers", "recording_views"),
        *(name for step in STEPS for name in (step.metric, f"registered_{step.metric}", f"conversion{step.ending}")),
        *("invited", "page_views", "no_shows", "watch_seconds", "average_watch_seconds", "totals_only", "completeness"),
    ]
)
_WHOLE = f"""
SELECT
    kept.webinar_id AS webinar_id, toUnixTimestamp64Milli(made.made_at) AS made_at, {_SUMS},
    watched.median_watch_seconds AS median_watch_seconds,
    watched.peak_viewers AS peak_viewers,
    concat(replaceOne(toString(watched.peak_at), ' ', 'T'), 'Z') AS peak_at
FROM funnel_now(at = {AT}) AS kept
INNER JOIN (SELECT webinar_id, made_at FROM current_webinars FINAL) AS made ON made.webinar_id = kept.webinar_id
LEFT JOIN watching_now(at = {AT}) AS watched ON watched.webinar_id = kept.webinar_id
WHERE kept.webinar_id IN {{webinar_ids:Array(String)}}
"""
_OF_SOURCE = ", ".join(["registrations", "walk_ins", "page_views", *(f"registered_{step.metric}" for step in STEPS)])
_BY_SOURCE = f"""
SELECT webinar_id, source_group, {_OF_SOURCE}
FROM funnel_by_source_now(at = {AT})
WHERE webinar_id IN {{webinar_ids:Array(String)}}
"""


def in_use(client: Client, at: int) -> bool:
    """Whether pages that show this moment (ms) read what is kept."""
    return bool(client.query(_IN_USE, parameters={"at": at_parameter(at)}).result_rows[0][0])


def complete_until(client: Client) -> int:
    """Until when all that changed is in it, ms since 1970 UTC."""
    return int(client.query(_COMPLETE).result_rows[0][0])


def kept(client: Client, webinar_ids: Sequence[str], at: int) -> dict[str, Row]:
    """Of these webinars what is kept, each with `made_at` (ms) and its numbers `by_source`."""
    parameters: dict[str, Any] = {"webinar_ids": list(webinar_ids), "at": at_parameter(at)}
    found = {row["webinar_id"]: row | {"by_source": {}} for row in _rows(client, _WHOLE, parameters)}
    for row in _rows(client, _BY_SOURCE, parameters):
        if row["webinar_id"] in found:
            found[row["webinar_id"]]["by_source"][row["source_group"]] = row
    return found


def differences(row: Row | None, should_be: Row) -> Iterator[tuple[str | None, str, Any, Any]]:
    """(source group, number, what is kept, what it should be) of one webinar."""
    if row is None:
        yield None, "numbers", "no row", "a row"
        return
    for name in sorted(row.keys() & should_be.keys() - {"webinar_id", "by_source"}):
        if row[name] != should_be[name]:
            yield None, name, row[name], should_be[name]
    for group, numbers in should_be["by_source"].items():
        said = row["by_source"].get(group)
        if said is None:
            yield group, "numbers", "no row", "a row"
            continue
        for name in sorted(said.keys() & numbers.keys()):
            if said[name] != numbers[name]:
                yield group, name, said[name], numbers[name]
    for group in row["by_source"].keys() - should_be["by_source"].keys():
        # A source group without a number is none: a link that moved on leaves one.
        if any(row["by_source"][group][name] for name in _OF_SOURCE.split(", ")):
            yield group, "numbers", "a row", "no row"


def _rows(client: Client, statement: str, parameters: dict[str, Any]) -> Iterator[Row]:
    yield from client.query(statement, parameters=parameters).named_results()
