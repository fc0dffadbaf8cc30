"""docs/measures.md: what was stored for other buckets counts right, and is made anew by one command."""

from collections.abc import Iterator
from typing import Any

import pytest
from clickhouse_connect.driver.client import Client

from clickhouse.buckets import planned, remake
from clickhouse.migrate import write_rules
from funnel.report.verify import compare
from streams.jobs.ended_timelines import write_timelines
from streams.jobs.settled_counts import write_settled_counts
from streams.settings import Settings
from streams.store import Store
from tests.contract_events import at, hour_long, registration, stay
from tests.rows import put

_REACHED = "SELECT person_id, thresholds, reached_at FROM persons FINAL ORDER BY person_id"
_LATER = "toIntervalMillisecond(1)"
_MINUTES = """
SELECT sum(registered_visits_5m), sum(registered_visits_30m)
FROM minute_counts(at = fromUnixTimestamp64Milli(toInt64({at:Int64}), 'UTC')) WHERE minute <= {minute:Int32}
"""


@pytest.fixture
def filled(store: Client, own_config: Settings) -> Iterator[Client]:
    """Four people who stay from no time to the end, two of them to the second of a bucket."""
    said = [*hour_long(), *(registration(person) for person in range(1, 5))]
    said += [*stay(1, 0, 5), *stay(2, -10, 4.99), *stay(3, 1, 16), *stay(3, 40, 55, session="2"), *stay(4, 2, 70)]
    put(store, own_config, said)
    yield store
    write_rules(store, own_config)


def of_others(client: Client) -> None:
    """As a worker with other buckets would have written them; what stands there must not be believed."""
    client.command(
        "INSERT INTO persons SELECT * REPLACE (version + 1 AS version, '7' AS thresholds, [0] AS reached_at)"
        " FROM persons FINAL"
    )


def minutes(client: Client, minute: int) -> tuple[Any, ...]:
    return tuple(client.query(_MINUTES, {"at": at(100), "minute": minute}).result_rows[0])


def test_rows_of_other_buckets_count_by_what_they_hold(filled: Client, own_config: Settings) -> None:
    of_others(filled)
    for minute in (5, 30, 55, 100):
        assert compare(filled, own_config, at(minute)).mismatches == []
    assert [minutes(filled, minute) for minute in (4, 5, 6, 31, 32, 55)] == [
        (0, 0),
        (1, 0),
        (2, 0),
        (3, 0),
        (3, 1),
        (3, 2),
    ]


def test_they_are_made_anew_as_the_fold_makes_them(filled: Client) -> None:
    folded = filled.query(_REACHED).result_rows
    of_others(filled)
    assert [*planned(filled)] == ["4 rows of people were made for other buckets: they are made anew in place."]
    remake(filled)
    assert filled.query(_REACHED).result_rows == folded
    assert [*planned(filled)] == []


async def test_what_was_settled_in_other_buckets_is_not_read(filled: Client, own_config: Settings) -> None:
    store = Store(own_config)
    assert await write_settled_counts(store, margin_seconds=0) == 1
    assert await write_settled_counts(store, margin_seconds=0) == 0
    filled.command(
        f"INSERT INTO settled_counts SELECT * REPLACE (settled_at + {_LATER} AS settled_at, '7' AS thresholds,"
        " arrayMap(one -> arrayMap(n -> n + 9, one), counts) AS counts)"
        " FROM settled_counts FINAL"
    )
    assert compare(filled, own_config, at(3000)).mismatches == []
    assert await write_settled_counts(store, margin_seconds=0) == 1


async def test_curves_of_other_buckets_are_made_anew_when_their_turn_comes(
    filled: Client, own_config: Settings
) -> None:
    store = Store(own_config)
    assert await write_timelines(store, margin_seconds=0) == 1
    filled.command(
        f"INSERT INTO ended_timelines SELECT * REPLACE (written_at + {_LATER} AS written_at, '7' AS thresholds)"
        " FROM ended_timelines FINAL"
    )
    assert await write_timelines(store, margin_seconds=0) == 1
    assert await write_timelines(store, margin_seconds=0) == 0


async def test_a_worker_of_other_buckets_than_the_database_settles_nothing(
    filled: Client, own_config: Settings
) -> None:
    filled.command("INSERT INTO rules SELECT * REPLACE ('7' AS thresholds, now64(3) AS changed_at) FROM rules FINAL")
    assert await write_settled_counts(Store(own_config), margin_seconds=0) == 0
    assert await write_timelines(Store(own_config), margin_seconds=0) == 0


async def test_what_is_to_be_done_is_said_first(filled: Client, own_config: Settings) -> None:
    assert await write_settled_counts(Store(own_config), margin_seconds=0) == 1
    filled.command("INSERT INTO rules SELECT * REPLACE ('600' AS thresholds, now64(3) AS changed_at) FROM rules FINAL")
    filled.command(
        f"INSERT INTO settled_counts SELECT * REPLACE (settled_at + {_LATER} AS settled_at, '600' AS thresholds)"
        " FROM settled_counts FINAL"
    )
    assert [*planned(filled)] == [
        "Buckets: 10 min become 5 and 30 min. Every number is right from now on, while long ranges take longer.",
        "The workers' timers count 1 settled webinars and 0 curves anew: a few minutes. Restart what runs (funnel"
        " down, funnel up), so that workers and alerts know the buckets, too.",
    ]
