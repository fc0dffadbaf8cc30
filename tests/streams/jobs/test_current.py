"""Each webinar as it stands now is kept, and made anew when anything of it changes."""

from datetime import UTC, datetime, timedelta
from typing import Any

from clickhouse_connect.driver.client import Client

from streams.jobs.current import Current
from tests.contract_events import T0, Event, attendance, hour_long, moment, registration, stay, totals, webinar
from tests.current import PAIRS, different
from tests.streams.conftest import Database

NOW = round((datetime.now(UTC) - T0) / timedelta(minutes=1))
"""Minutes from T0 to now."""


def _live(*events: Event) -> list[Event]:
    times = {"starts_at": moment(NOW - 20), "started_at": moment(NOW - 20), "duration_seconds": 7200, "status": "live"}
    return [webinar(NOW - 30, "zoom:live", **times), *events]


def _everything() -> list[Event]:
    """Ended, live, upcoming with people who wait, cancelled, told as a whole, without anybody, and without a time."""
    return [
        *hour_long(),
        registration(1),
        *stay(1, 1, 40),
        registration(2, source={"utm_source": "vk"}),
        *stay(3, 5, 70),
        attendance(1, "recording_viewed", 100),
        *_live(
            registration(1, NOW - 60, webinar_id="zoom:live", source={"utm_source": "vk"}),
            attendance(1, "joined", NOW - 10, "zoom:live"),
            *stay(4, NOW - 15, NOW - 2, "zoom:live"),
        ),
        webinar(NOW - 30, "zoom:soon", starts_at=moment(NOW + 20), duration_seconds=3600, tells=["starts", "live"]),
        registration(5, NOW - 1, webinar_id="zoom:soon"),
        attendance(5, "joined", NOW - 1, "zoom:soon"),
        webinar(NOW - 30, "zoom:off", starts_at=moment(NOW + 20), status="cancelled"),
        registration(6, NOW - 3, webinar_id="zoom:off"),
        webinar(61, "zoom:told", starts_at=moment(0), started_at=moment(0), ended_at=moment(60), duration_seconds=3600),
        *_told("zoom:told"),
        webinar(NOW - 30, "zoom:empty", starts_at=moment(NOW + 600), duration_seconds=3600),
        registration(7, NOW - 3, webinar_id="zoom:nobody-said"),
    ]


def _told(webinar_id: str) -> list[Event]:
    return [totals(90, webinar_id, registrations=90, visits=40, invited=500, page_views=700)]


_KEPT = "SELECT webinar_id, made_at FROM current_webinars FINAL"


def _kept(client: Client) -> dict[str, Any]:
    return {row[0]: row[1] for row in client.query(_KEPT).result_rows}


async def test_what_is_kept_is_what_the_views_say_at_that_moment(database: Database) -> None:
    database.put(*_everything())
    assert await Current(database.store).work() == 7
    assert {name: rows for name in PAIRS if (rows := different(database.client, name))} == {}


async def test_only_what_changed_is_made_anew(database: Database) -> None:
    database.put(*_everything())
    job = Current(database.store)
    await job.work()
    before = _kept(database.client)
    assert await job.work() == 2, "the live one, and the one in whose room somebody waits"
    database.put(*hour_long("zoom:empty"), *stay(8, 3, 20, "zoom:empty"))
    assert await job.work() == 3
    after = _kept(database.client)
    assert {key for key in after if after[key] != before[key]} == {"zoom:live", "zoom:soon", "zoom:empty"}
    assert {name: rows for name in PAIRS if (rows := different(database.client, name))} == {}


async def test_a_row_of_the_future_or_a_moment_that_passes_makes_it_anew(database: Database) -> None:
    database.put(webinar(NOW - 30, "zoom:soon", starts_at=moment(NOW + 600), duration_seconds=3600))
    job = Current(database.store)
    assert await job.work() == 1
    (due_at,) = database.client.query("SELECT due_at FROM current_webinars").result_rows[0]
    assert due_at == round(T0.timestamp() * 1000) + (NOW + 600) * 60_000, "when it begins"
    database.put(
        webinar(NOW - 30, "zoom:soon", starts_at=moment(NOW + 600), duration_seconds=3600),
        registration(1, NOW + 30, webinar_id="zoom:soon"),
    )
    assert await job.work() == 1
    assert await job.work() == 1, "until the moment of that registration has passed"


async def test_whoever_takes_it_over_goes_on_and_makes_what_another_did_not_finish(database: Database) -> None:
    database.put(*hour_long(), *stay(1, 3, 20), *hour_long("zoom:2"), *stay(1, 3, 20, "zoom:2"))
    assert await Current(database.store).work() == 2
    assert await Current(database.store).work() == 0
    # Killed between what it read and what it wrote.
    database.client.command("DELETE FROM current_webinars WHERE webinar_id = 'zoom:2'")
    assert await Current(database.store).work() == 1
    assert sorted(_kept(database.client)) == ["zoom:1", "zoom:2"]


async def test_of_two_that_work_at_the_same_time_the_later_look_counts(database: Database) -> None:
    database.put(*hour_long(), *stay(1, 3, 20))
    await Current(database.store).work()
    database.client.command(
        "INSERT INTO current_webinars"
        " SELECT * REPLACE (made_at - 1 AS made_at, [] AS groups) FROM current_webinars FINAL"
    )
    assert different(database.client, "numbers_now") == []


async def test_rules_of_the_business_and_other_definitions_make_every_row_due(database: Database) -> None:
    database.put(*hour_long(), registration(1), *stay(1, 3, 20))
    job = Current(database.store)
    await job.work()
    for statement in (
        "INSERT INTO excluded_domains VALUES ('d_1', true, 7)",
        "INSERT INTO sources SELECT source, 'Ours', true, 9 FROM sources",
        "INSERT INTO current_definition (hash) VALUES ('another')",
    ):
        database.client.command(statement)
        assert await job.work() == 1, statement
        assert different(database.client, "numbers_now") == []


async def test_pages_compute_where_the_job_does_not_keep_up_and_it_is_said(database: Database) -> None:
    database.put(*hour_long(), *stay(1, 3, 20))
    asked = "SELECT as_of FROM as_of_at(at = now64(3) - {ago:UInt32}, people = '')"
    said = "SELECT error FROM jobs_at(at = now64(3)) WHERE job = 'current numbers are behind'"
    ways = [database.client.query(asked, {"ago": ago}).result_rows[0][0] for ago in (0, 90)]
    assert ways == ["_at", "_at"], "it never worked"
    await Current(database.store).work()
    # However slow the machine is.
    database.client.command("INSERT INTO current_turns SELECT 1, now64(3) + 60, thresholds FROM current_turns")
    ways = [database.client.query(asked, {"ago": ago}).result_rows[0][0] for ago in (0, 90)]
    assert ways == ["_now", "_at"], "now, and a past moment"
    assert database.client.query(said).result_rows == []
    database.client.command("TRUNCATE TABLE current_turns SYNC")
    database.client.command("INSERT INTO current_turns SELECT 1, now64(3) - 21, thresholds FROM rules FINAL")
    assert database.client.query(asked, {"ago": 0}).result_rows == [("_at",)]
    ((error,),) = database.client.query(said).result_rows
    assert "Pages are right and take longer until it catches up" in error


async def test_a_worker_of_other_buckets_keeps_nothing(database: Database) -> None:
    database.put(*hour_long(), *stay(1, 3, 20))
    database.client.command(
        "INSERT INTO rules SELECT * REPLACE ('600' AS thresholds, now64(3) AS changed_at) FROM rules FINAL"
    )
    assert await Current(database.store).work() == 0
    assert _kept(database.client) == {}


async def test_it_rests_for_a_while_after_a_long_turn(database: Database) -> None:
    ticks = iter([0.0, 3.0, 11.9, 12.0, 12.0])
    job = Current(database.store, clock=lambda: next(ticks))
    database.put(*hour_long())
    assert await job.turn() == 1
    database.put(*hour_long(), registration(1))
    assert await job.turn() == 0, "8.9 s after a turn of 3 s"
    assert await job.turn() == 1
