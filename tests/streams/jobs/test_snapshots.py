"""docs/design.md 3, last paragraph: the funnels of live webinars as they were known at a moment. A real server."""

from datetime import UTC, datetime, timedelta, timezone

from clickhouse_connect.driver.client import Client

from streams.jobs.snapshots import take_snapshot
from streams.store import Store
from tests.contract_events import T0, attendance, hour_long, moment, registration, stay, webinar
from tests.rows import put
from tests.streams.conftest import Database

COLUMNS = (
    "source_group, registrations, visits_all, visits, stayed[1], stayed[2], walk_ins,"
    " registered_visits, registered_stayed[1], registered_stayed[2]"
)


def taken(client: Client, what: str = COLUMNS) -> list[tuple[object, ...]]:
    found = client.query(f"SELECT {what} FROM funnel_snapshots FINAL ORDER BY taken_at, webinar_id, source_group")
    return [tuple(row) for row in found.result_rows]


async def test_every_number_of_a_live_webinar_is_written_by_source(database: Database) -> None:
    config, client = database.config, database.client
    vk = {"utm_source": "vk"}
    events = [
        webinar(starts_at=moment(0), started_at=moment(0), duration_seconds=3600, status="live"),
        *(registration(number, source=vk) for number in range(1, 8)),
        attendance(1, "joined", 39.99),
        attendance(2, "joined", 30),
        *stay(3, 2, 8),
        attendance(4, "joined", 1),
        *stay(5, 0, 35),
        *stay(6, 9, 9),
        attendance(10, "joined", 3),
    ]
    put(client, config, events)
    await take_snapshot(Store(config), T0 + timedelta(minutes=40))
    assert taken(client) == [
        ("Walk-in", 0, 1, 1, 1, 1, 1, 0, 0, 0),
        ("vk", 7, 6, 4, 4, 2, 0, 4, 4, 2),
    ]


async def test_only_live_webinars_are_written(database: Database) -> None:
    config, client = database.config, database.client
    put(
        client,
        config,
        [
            *hour_long("zoom:ended"),
            webinar(webinar_id="zoom:cancelled", starts_at=moment(60), status="cancelled"),
            webinar(webinar_id="zoom:upcoming", starts_at=moment(600)),
            webinar(webinar_id="zoom:live", starts_at=moment(60)),
            *(registration(1, webinar_id=f"zoom:{name}") for name in ("ended", "cancelled", "upcoming", "live", "x")),
        ],
    )
    await take_snapshot(Store(config), T0 + timedelta(minutes=70))
    assert taken(client, "webinar_id, registrations") == [("zoom:live", 1)]


async def test_what_was_known_stays_when_more_becomes_known(database: Database) -> None:
    config, client = database.config, database.client
    put(client, config, [webinar(starts_at=moment(0)), registration(1)])
    store, india = Store(config), timezone(timedelta(hours=5, minutes=30))
    await take_snapshot(store, (T0 + timedelta(minutes=10)).astimezone(india))
    put(client, config, [webinar(starts_at=moment(0)), registration(1), registration(2)])
    await take_snapshot(store, T0 + timedelta(minutes=11, milliseconds=7))
    first, second = taken(client, "taken_at, registrations, stayed[1], stayed[2]")
    assert first[1:] == (1, 0, None)
    assert second[1:] == (2, 0, None)
    moments = [one[0].replace(tzinfo=UTC) for one in (first, second) if isinstance(one[0], datetime)]
    assert moments == [T0 + timedelta(minutes=10), T0 + timedelta(minutes=11, milliseconds=7)]


async def test_the_same_moment_is_written_once(database: Database) -> None:
    config, client = database.config, database.client
    put(client, config, [webinar(starts_at=moment(0)), registration(1)])
    for _ in range(2):
        await take_snapshot(Store(config), T0 + timedelta(minutes=10))
    assert len(taken(client)) == 1


async def test_without_a_live_webinar_nothing_is_written(database: Database) -> None:
    config, client = database.config, database.client
    await take_snapshot(Store(config), T0)
    assert taken(client) == []
