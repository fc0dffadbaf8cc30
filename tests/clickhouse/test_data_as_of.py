"""The view data_as_of: kept by the minute, exact to the millisecond."""

from datetime import UTC, datetime, timedelta

import pytest
from clickhouse_connect.driver.client import Client

MINUTE = datetime(2025, 11, 10, 16, tzinfo=UTC)
INSERTED = [MINUTE + timedelta(seconds=second) for second in (-600.5, 5, 20.25, 59.999, 60, 200)]
MOMENTS = [
    MINUTE + timedelta(seconds=second) for second in (-601, -600.5, -3, 4, 5, 6, 20.249, 21, 59.999, 60, 70, 999)
]

ALL = "SELECT maxOrNull(inserted_at) FROM events WHERE inserted_at <= {at}"
KEPT = "SELECT data_as_of FROM data_as_of(at = {at})"


@pytest.fixture
def store(store: Client) -> Client:
    _put(store, INSERTED)
    return store


def _ask(store: Client, query: str, at: datetime) -> object:
    moment = f"fromUnixTimestamp64Milli({round(at.timestamp() * 1000)}, 'UTC')"
    return store.query(query.format(at=moment)).result_rows[0][0]


def _put(store: Client, instants: list[datetime]) -> None:
    names = ["webinar_id", "event_id", "topic", "partition", "offset", "written_at", "inserted_at", "event"]
    rows = [
        [f"{'zoom' if number % 2 else 'bizon'}:1", str(number), "webinar.attendance.v1", 0, number, 0, at, "{}"]
        for number, at in enumerate(instants)
    ]
    store.insert("events", rows, names)


@pytest.mark.parametrize("since", ["all", "some", "none"])
def test_it_is_what_the_log_says_whatever_minutes_are_kept(store: Client, since: str) -> None:
    if since == "some":
        # As where the minutes began to be kept later.
        store.command(
            "DELETE FROM event_minutes WHERE minute < toDateTime('2025-11-10 16:00:00', 'UTC')",
            settings={"lightweight_deletes_sync": 2},
        )
    elif since == "none":
        store.command("TRUNCATE TABLE event_minutes")
    found = [_ask(store, KEPT, at) for at in MOMENTS]
    assert found == [_ask(store, ALL, at) for at in MOMENTS]
    assert found[0] is None
    assert found[-1] is not None


def test_the_log_is_not_read_for_now(store: Client) -> None:
    _put(store, [MINUTE] * 1000)
    moment = "fromUnixTimestamp64Milli(1900000000000, 'UTC')"
    read = int(store.query(KEPT.format(at=moment)).summary["read_rows"])
    assert 0 < read < 100


def test_of_the_log_only_the_minute_is_read_where_it_went_on(store: Client) -> None:
    _put(store, [MINUTE - timedelta(days=number % 30 + 1) for number in range(50_000)])
    store.command("OPTIMIZE TABLE events FINAL")
    moment = f"fromUnixTimestamp64Milli({round((INSERTED[3] - timedelta(seconds=2)).timestamp() * 1000)}, 'UTC')"
    answer = store.query(KEPT.format(at=moment))
    assert answer.result_rows == [(INSERTED[2].replace(tzinfo=None),)]
    assert int(answer.summary["read_rows"]) < 30_000
