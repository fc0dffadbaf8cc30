"""What the doctor asks ClickHouse. Blocking I/O."""

import re
from collections.abc import Callable
from dataclasses import replace

from clickhouse_connect.driver.client import Client

from clickhouse.at import at_parameter
from clickhouse.migrate import UNFINISHED, MigrationError, applied, migrations, pending
from connectors.mapped import Reason
from contract.instants import DAY
from funnel.doctor.facts import Job, Run, Store
from streams.epoch import held

_DAYS = 28
_CLOCK = "SELECT toUnixTimestamp64Milli(now64(3))"
_TABLES = """
SELECT name, ifNull(total_bytes, 0), ifNull(parts, 0) FROM system.tables
WHERE database = currentDatabase() AND engine LIKE '%MergeTree'
"""
_EVENTS = """
SELECT intDiv({now:Int64} - toUnixTimestamp(minute) * 1000, {day:Int64}) AS days_ago, sum(events)
FROM event_minutes_at(at = {at:DateTime64(3, 'UTC')}) WHERE days_ago < {days:Int64} GROUP BY days_ago
"""
_ZONES = """
SELECT webinar_id, timezone FROM webinars_at(at = {at:DateTime64(3, 'UTC')})
WHERE NOT zone_known AND timezone != '' ORDER BY webinar_id
"""
_LETTERS = "SELECT count() FROM open_dead_letters_at(at = {at:DateTime64(3, 'UTC')})"
_QUARANTINE = f"""
SELECT sumIf(waiting, NOT asks), sumIf(waiting, asks), toUnixTimestamp64Milli(minIf(since, asks))
FROM (SELECT *, reason = '{Reason.ERASURE_ASKED}' AS asks FROM quarantine(at = {{at:DateTime64(3, 'UTC')}}))
"""
_JOBS = "SELECT job, worked, failures, error FROM jobs_at(at = {at:DateTime64(3, 'UTC')}) ORDER BY job"
_RUNS = """
SELECT connector, task, toUnixTimestamp64Milli(began), finished_ms, error
FROM connector_runs(at = {at:DateTime64(3, 'UTC')}) ORDER BY connector, task
"""


def store_facts(client: Client, clock: Callable[[], int]) -> Store:
    """Asks for all of it. `clock`: ms since 1970 UTC. Raises ClickHouse's errors."""
    ahead, took = _clocks(client, clock)
    todo, error = _schema(client)
    version = tuple(int(one) for one in re.findall(r"\d+", str(client.server_version))[:2])
    tables = client.query(_TABLES).result_rows
    known = Store(
        version=version,
        held=held(client),
        pending=todo,
        schema_error=error,
        ahead_ms=ahead,
        asked_ms=took,
        events_a_day=(),
        size=sum(int(size) for _, size, _ in tables),
        parts={str(name): int(parts) for name, _, parts in tables},
        unknown_zones={},
        dead_letters=0,
        quarantined=0,
        asked=0,
        asked_since=0,
        jobs=(),
        runs=(),
    )
    # Without the present schema the views may not be there, and that is told.
    return known if todo or error else _with_views(client, known, clock())


def _with_views(client: Client, known: Store, now: int) -> Store:
    moment = {"at": at_parameter(now)}

    def asked(statement: str, **more: object) -> list[tuple[object, ...]]:
        return [tuple(row) for row in client.query(statement, parameters={**moment, **more}).result_rows]

    quarantined, asks, since = (int(str(one)) for one in asked(_QUARANTINE)[0])
    days = {int(str(ago)): int(str(events)) for ago, events in asked(_EVENTS, now=now, day=DAY, days=_DAYS)}
    return replace(
        known,
        events_a_day=tuple(days.get(ago, 0) for ago in range(_DAYS)),
        unknown_zones={str(webinar): str(zone) for webinar, zone in asked(_ZONES)},
        dead_letters=_number(asked(_LETTERS)),
        quarantined=quarantined,
        asked=asks,
        asked_since=since,
        jobs=tuple(Job(str(job), _instant(worked), int(str(n)), str(why)) for job, worked, n, why in asked(_JOBS)),
        runs=tuple(
            Run(str(connector), str(task), int(str(began)), _instant(finished), str(error))
            for connector, task, began, finished, error in asked(_RUNS)
        ),
    )


def _clocks(client: Client, clock: Callable[[], int]) -> tuple[int, int]:
    before = clock()
    there = int(client.query(_CLOCK).result_rows[0][0])
    after = clock()
    return there - (before + after) // 2, after - before


def _schema(client: Client) -> tuple[list[str], str]:
    try:
        if client.query(f"EXISTS TABLE {UNFINISHED}").result_rows[0][0]:
            return [], "a restore was interrupted here: run funnel restore again"
        return [one.name for one in pending(applied(client), migrations())], ""
    except MigrationError as error:
        return [], str(error)


def _number(rows: list[tuple[object, ...]]) -> int:
    return int(str(rows[0][0]))


def _instant(value: object) -> int | None:
    return None if value is None else int(str(value))
