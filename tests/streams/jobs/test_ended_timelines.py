"""How a webinar went is kept once it has ended, and anew when anything has changed."""

import pytest

from streams.jobs.ended_timelines import write_timelines
from streams.jobs.settled_counts import write_settled_counts
from tests.contract_events import Event, hour_long, registration, stay, webinar
from tests.streams.conftest import Database

_COMPUTED = """
SELECT minute, in_room, registered, came, ifNull(stayed_5m, 0), ifNull(stayed_30m, 0), entered
FROM timelines_at(at = now64(3)) WHERE webinar_id = 'zoom:1' ORDER BY minute
"""
_KEPT = """
SELECT row.minute, row.in_room, row.registered, row.watched[1], row.watched[2], row.watched[3], row.entered
FROM ended_timelines FINAL ARRAY JOIN timeline AS row WHERE webinar_id = 'zoom:1' ORDER BY row.minute
"""


def _events(people: int) -> list[Event]:
    said = hour_long()
    for number in range(1, people + 1):
        said += [registration(number), *stay(number, 1, 10 + 20 * number)]
    return said


def _last_minute(database: Database) -> tuple[int, ...]:
    return tuple(database.client.query(_KEPT).result_rows[-1])


async def test_what_is_kept_is_what_would_be_computed(database: Database) -> None:
    database.put(*_events(2), webinar(0, "zoom:2", starts_at="2999-01-01T00:00:00.000Z"))
    assert await write_timelines(database.store) == 1
    computed = database.client.query(_COMPUTED).result_rows
    assert len(computed) == 91
    assert database.client.query(_KEPT).result_rows == computed
    assert _last_minute(database) == (60, 0, 2, 2, 2, 1, 2)


async def test_the_first_time_at_once_then_when_nothing_changed_for_a_while(database: Database) -> None:
    database.put(*_events(1))
    assert await write_timelines(database.store) == 1
    assert await write_timelines(database.store) == 0
    database.put(*_events(2))
    assert await write_timelines(database.store) == 0
    assert await write_timelines(database.store, margin_seconds=0) == 1
    assert _last_minute(database)[2] == 2
    assert await write_timelines(database.store, margin_seconds=0) == 0


async def test_a_webinar_of_which_no_person_counts_is_not_asked_for_again(database: Database) -> None:
    database.put(*_events(1))
    database.client.command(
        "INSERT INTO persons SELECT * REPLACE (version + 1 AS version, true AS excluded) FROM persons FINAL"
    )
    assert await write_timelines(database.store, margin_seconds=0) == 1
    assert await write_timelines(database.store, margin_seconds=0) == 0


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO excluded_domains VALUES ('d_1', true, 7)",
        "INSERT INTO webinars SELECT * REPLACE (version + 1 AS version) FROM webinars FINAL",
        "INSERT INTO webinar_instants SELECT * REPLACE (version + 1 AS version, now64(3) AS rules_changed_at)"
        " FROM webinar_instants FINAL",
    ],
)
async def test_other_domains_statements_or_rules_make_it_anew(database: Database, statement: str) -> None:
    database.put(*_events(1))
    await write_timelines(database.store, margin_seconds=0)
    database.client.command(statement)
    assert await write_timelines(database.store, margin_seconds=0) == 1
    assert await write_timelines(database.store, margin_seconds=0) == 0


@pytest.mark.parametrize("swapped", ["true", "false", "auto"])
async def test_one_more_webinar_ends_whichever_side_of_a_join_the_engine_begins_with(
    database: Database, swapped: str
) -> None:
    # By itself the engine swapped the sides once about 14 timelines were kept; then constants of one side were lost.
    for purpose in ("load", "insert"):
        database.store._client(purpose).set_client_setting("query_plan_join_swap_table", swapped)
    database.client.command("INSERT INTO excluded_domains VALUES ('d_1', true, 7)")
    database.put(*_ended(range(14)))
    assert await write_timelines(database.store, margin_seconds=0) == 14
    assert await write_settled_counts(database.store, margin_seconds=0) == 14
    database.put(*_ended(range(14, 16)))
    # One of which no person counts.
    database.client.command(
        "INSERT INTO persons SELECT * REPLACE (version + 1 AS version, true AS excluded)"
        " FROM persons FINAL WHERE webinar_id = 'zoom:15'"
    )
    assert await write_timelines(database.store, margin_seconds=0) == 2
    assert await write_settled_counts(database.store, margin_seconds=0) == 2
    for table in ("ended_timelines", "settled_counts"):
        asked = f"SELECT count(), min(exclusions_version), min(changes_until) > '2020-01-01' FROM {table} FINAL"
        assert database.client.query(asked).result_rows == [(16, 7, True)], table
    watching = (
        "SELECT DISTINCT watching[1].1, watching[1].2, webinar_id = 'zoom:15' FROM settled_counts FINAL ORDER BY 3"
    )
    assert database.client.query(watching).result_rows == [(2340.0, 1, 0), (None, None, 1)]
    assert await write_timelines(database.store, margin_seconds=0) == 0
    assert await write_settled_counts(database.store, margin_seconds=0) == 0


def _ended(numbers: range) -> list[Event]:
    said = []
    for number in numbers:
        webinar_id = f"zoom:{number}"
        said += [*hour_long(webinar_id), registration(1, webinar_id=webinar_id), *stay(1, 1, 40, webinar_id)]
    return said
