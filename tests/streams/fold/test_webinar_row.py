"""docs/contract.md, "Rows of the answer": local times of a webinar, and what a row says of what nobody said."""

from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from contract.instants import FAR_FUTURE, parse_instant
from streams.fold.row import LONGEST_SECONDS, fence, version
from streams.fold.webinar import EMPTY, facts, fold, statement
from streams.fold.webinar_row import WebinarRow, webinar_row
from tests.contract_events import at, moment
from tests.contract_events import webinar as said


def made(*events: dict[str, Any], default_timezone: str = "UTC") -> WebinarRow:
    state = fold(EMPTY, [statement(orjson.dumps(event)) for event in events])
    return webinar_row("zoom:1", state, facts(state), fence=fence(1, 2), offset=7, default_timezone=default_timezone)


def local(starts_at: str, timezone: str | None, default: str = "UTC") -> str:
    derived = made(said(starts_at=starts_at, timezone=timezone), default_timezone=default)
    assert derived.local_begin == derived.local_starts_at
    return datetime.fromtimestamp(derived.local_begin / 1000, UTC).isoformat(timespec="milliseconds")[:-6]


@pytest.mark.parametrize(
    ("starts_at", "timezone", "wall_clock"),
    [
        ("2026-11-22T18:00:00.123Z", "UTC", "2026-11-22T18:00:00.123"),
        ("2026-11-22T20:00:00Z", "Asia/Kolkata", "2026-11-23T01:30:00.000"),
        ("2026-11-22T18:00:00Z", "America/Sao_Paulo", "2026-11-22T15:00:00.000"),
        ("2026-07-01T12:00:00Z", "Pacific/Chatham", "2026-07-02T00:45:00.000"),
        ("2026-12-31T12:00:00Z", "Pacific/Chatham", "2027-01-01T01:45:00.000"),
        ("2026-03-29T00:59:59.999Z", "Europe/Berlin", "2026-03-29T01:59:59.999"),
        ("2026-03-29T01:00:00Z", "Europe/Berlin", "2026-03-29T03:00:00.000"),
        ("2026-10-25T00:30:00Z", "Europe/Berlin", "2026-10-25T02:30:00.000"),
        ("2026-10-25T01:30:00Z", "Europe/Berlin", "2026-10-25T02:30:00.000"),
    ],
)
def test_local_times_are_the_wall_clock_of_the_webinars_zone(starts_at: str, timezone: str, wall_clock: str) -> None:
    assert local(starts_at, timezone) == wall_clock
    assert made(said(timezone=timezone)).zone_known


@pytest.mark.parametrize(
    "unknown", [None, "", "No/Where", "../UTC", "/etc/localtime", "Europe", "Asia/Kolkata ", "\x00", "é", "x" * 5000]
)
def test_an_unknown_zone_is_the_settings_zone_and_is_said_to_be_unknown(unknown: str | None) -> None:
    assert local("2026-11-22T18:00:00Z", unknown, default="Asia/Kolkata") == "2026-11-22T23:30:00.000"
    assert not made(said(timezone=unknown)).zone_known
    assert made(said(timezone=unknown)).timezone == (unknown or "")


def test_what_nobody_said_has_its_own_values() -> None:
    derived = made(said())
    instants = ("starts_at", "started_at", "ended_at", "completed_at", "status_said_at", "begin")
    assert all(getattr(derived, name) == FAR_FUTURE for name in (*instants, "local_begin", "local_starts_at"))
    texts = ("title", "course", "language", "region", "format", "status", "timezone")
    assert all(getattr(derived, name) == "" for name in texts)
    assert derived.duration_ms == -1


def test_durations_are_milliseconds_cut_to_what_no_window_exceeds() -> None:
    assert made(said(duration_seconds=0)).duration_ms == 0
    assert made(said(duration_seconds=3600)).duration_ms == 3_600_000
    assert made(said(duration_seconds=2**63 - 1)).duration_ms == LONGEST_SECONDS * 1000


def test_begin_and_planned_start_are_told_apart() -> None:
    derived = made(said(starts_at=moment(0), started_at=moment(3), timezone="Asia/Kolkata"))
    assert (derived.starts_at, derived.started_at, derived.begin) == (at(0), at(3), at(3))
    assert derived.local_begin - derived.local_starts_at == at(3) - at(0)


def test_the_stored_state_holds_the_statements_in_one_order_and_the_offset() -> None:
    one, other = said(1, title="a"), said(2, course="b")
    state = orjson.loads(orjson.dumps(made(one, other).state))
    assert state == orjson.loads(orjson.dumps(made(other, one).state))
    assert state["offset"] == 7
    assert {each["event_id"] for each in state["statements"]} == {one["event_id"], other["event_id"]}
    assert made(one).version == version(fence(1, 2), 7)


def test_a_start_in_the_far_past_or_future_has_a_local_time() -> None:
    assert local("2000-01-01T00:00:00Z", "America/Sao_Paulo") == "1999-12-31T22:00:00.000"
    assert parse_instant("2029-01-01T00:00:00Z") < FAR_FUTURE
    assert local("2029-07-01T00:00:00Z", "Europe/Berlin") == "2029-07-01T02:00:00.000"


def test_what_the_service_says_is_taken_as_a_whole() -> None:
    first = said(-10, service={"series_id": "zoom:s", "tags": ["b", "a"], "channel": "c", "host": "h"})
    assert _of_service(made(first)) == ("zoom:s", ["b", "a"], "c", "h")
    assert _of_service(made(first, said(-9, service={"tags": ["x"]}))) == ("", ["x"], "", "")
    assert _of_service(made(said())) == ("", [], "", "")


def _of_service(row: WebinarRow) -> tuple[str, list[str], str, str]:
    return row.series_id, row.tags, row.channel, row.host
