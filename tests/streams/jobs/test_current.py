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


def _kept(client: Client) -> dict[str, Any]:
    return dict(client.query("SELECT webinar_id, made_at FROM current_webinars FINAL").result_rows)


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
