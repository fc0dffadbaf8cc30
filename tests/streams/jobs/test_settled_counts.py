"""Webinars that are over are counted once and for all, and anew when anything changes."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from clickhouse_connect.driver.client import Client

from streams.jobs.settled_counts import write_settled_counts
from tests.contract_events import T0, Event, attendance, hour_long, registration, stay, webinar
from tests.streams.conftest import Database


def _one(number: int = 1, webinar_id: str = "zoom:1") -> list[Event]:
    return [registration(number, webinar_id=webinar_id), *stay(number, 1, 40, webinar_id)]


def _settled(client: Client, at: str = "now64(3)") -> list[str]:
    found = client.query(f"SELECT DISTINCT webinar_id FROM settled_counts_at(at = {at}) ORDER BY 1").result_rows
    return [webinar_id for (webinar_id,) in found]


def _numbers(client: Client) -> tuple[Any, ...]:
    numbers = "registrations, registered_visits, registered_visits_30m"
    asked = f"SELECT {numbers} FROM funnel(at = now64(3)) WHERE webinar_id = 'zoom:1'"
    return tuple(client.query(asked).result_rows[0])


def _watching(client: Client) -> list[Any]:
    asked = "SELECT median_watch_seconds, peak_viewers FROM watching_at(at = now64(3)) WHERE webinar_id = 'zoom:1'"
    return [*client.query(asked).result_rows]


async def test_a_webinar_that_is_over_is_counted_once(database: Database) -> None:
    database.put(*hour_long(), *_one(), webinar(0, "zoom:2", starts_at="2999-01-01T00:00:00.000Z"))
    before = _numbers(database.client)
    assert await write_settled_counts(database.store, margin_seconds=0) == 1
    assert _settled(database.client) == ["zoom:1"]
    assert _numbers(database.client) == before == (1, 1, 1)
    assert _watching(database.client) == [(2340.0, 1)]
    assert await write_settled_counts(database.store, margin_seconds=0) == 0


_REPLACED = "INSERT INTO settled_counts SELECT * REPLACE (settled_at + toIntervalMillisecond(1) AS settled_at, {}) FROM"


async def test_how_people_watched_is_read_from_what_was_settled_or_computed_where_it_was_not(
    database: Database,
) -> None:
    database.put(*hour_long(), *_one())
    await write_settled_counts(database.store, margin_seconds=0)
    database.client.command(_REPLACED.format("[(1.5, 7, 0)] AS watching") + " settled_counts FINAL")
    assert _watching(database.client) == [(1.5, 7)]
    # As a worker settles that was not started anew after the upgrade: its counts are whole, and it knows no peak.
    database.client.command(_REPLACED.format("[] AS watching") + " settled_counts FINAL")
    assert _settled(database.client) == ["zoom:1"]
    assert _watching(database.client) == [(2340.0, 1)]
    assert await write_settled_counts(database.store, margin_seconds=0) == 1
    assert await write_settled_counts(database.store, margin_seconds=0) == 0
    # As it was settled before there was a watch time.
    database.client.command(
        _REPLACED.format("arrayMap(one -> arrayPopBack(one), counts) AS counts") + " settled_counts FINAL"
    )
    assert _settled(database.client) == []
    assert await write_settled_counts(database.store, margin_seconds=0) == 1


async def test_a_webinar_of_which_no_person_counts_is_settled_as_well(database: Database) -> None:
    database.put(*hour_long(), *_one())
    database.client.command(
        "INSERT INTO persons SELECT * REPLACE (version + 1 AS version, true AS excluded) FROM persons FINAL"
    )
    assert await write_settled_counts(database.store, margin_seconds=0) == 1
    assert await write_settled_counts(database.store, margin_seconds=0) == 0
    assert _numbers(database.client) == (0, 0, 0)
    assert _watching(database.client) == [(None, None)]


async def test_what_changed_lately_is_left_alone(database: Database) -> None:
    database.put(*hour_long(), *_one())
    assert await write_settled_counts(database.store) == 0


async def test_a_webinar_with_an_event_ahead_of_now_is_left_alone(database: Database) -> None:
    in_an_hour = (datetime.now(UTC) - T0) / timedelta(minutes=1) + 60
    database.put(*hour_long(), *_one(), attendance(1, "recording_viewed", in_an_hour))
    assert await write_settled_counts(database.store, margin_seconds=0) == 0


async def test_no_earlier_moment_takes_the_settled_counts(database: Database) -> None:
    database.put(*hour_long(), *_one())
    await write_settled_counts(database.store, margin_seconds=0)
    end = T0 + timedelta(minutes=60)
    assert _settled(database.client, f"toDateTime64('{end:%F %T}', 3, 'UTC')") == ["zoom:1"]
    assert _settled(database.client, f"toDateTime64('{end - timedelta(seconds=1):%F %T}', 3, 'UTC')") == []


async def test_a_late_event_counts_at_once_and_is_settled_anew(database: Database) -> None:
    database.put(*hour_long(), *_one())
    await write_settled_counts(database.store, margin_seconds=0)
    database.put(*hour_long(), *_one(), *_one(2))
    assert _settled(database.client) == []
    assert _numbers(database.client) == (2, 2, 2)
    assert await write_settled_counts(database.store, margin_seconds=0) == 1
    assert _numbers(database.client) == (2, 2, 2)


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO excluded_domains VALUES ('d_1', true, 7)",
        "INSERT INTO webinars SELECT * REPLACE (version + 1 AS version) FROM webinars FINAL",
    ],
)
async def test_other_domains_or_statements_make_the_count_invalid(database: Database, statement: str) -> None:
    database.put(*hour_long(), *_one())
    await write_settled_counts(database.store, margin_seconds=0)
    database.client.command(statement)
    assert _settled(database.client) == []
    assert await write_settled_counts(database.store, margin_seconds=0) == 1
    assert _settled(database.client) == ["zoom:1"]


async def test_rows_that_missed_a_change_of_the_rules_are_renewed_and_counted_anew(database: Database) -> None:
    database.put(*hour_long(), *_one())
    await write_settled_counts(database.store, margin_seconds=0)
    database.client.command(
        "INSERT INTO rules SELECT * REPLACE (80 AS full_percent, now64(3) AS changed_at) FROM rules FINAL"
    )
    assert await write_settled_counts(database.store, margin_seconds=0) == 1
    assert _settled(database.client) == ["zoom:1"]
    assert database.client.query("SELECT full_percent FROM webinar_instants FINAL").result_rows == [(80,)]
    assert await write_settled_counts(database.store, margin_seconds=0) == 0
