"""ClickHouse's types as Grafana's, and rows of several series as columns."""

import math
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from grafana.preview.frames import Column, columns, frame_json, kind_of
from grafana.preview.wide import wide


@pytest.mark.parametrize(
    ("type_", "kind"),
    [
        ("String", "string"),
        ("LowCardinality(Nullable(String))", "string"),
        ("Enum8('a' = 1)", "string"),
        ("UUID", "string"),
        ("Nullable(UInt64)", "number"),
        ("Decimal(9, 2)", "number"),
        ("Int128", "string"),
        ("Bool", "boolean"),
        ("Nullable(DateTime64(3, 'Europe/Moscow'))", "time"),
        ("Date32", "time"),
        ("Array(String)", "other"),
        ("Map(String, UInt8)", "other"),
    ],
)
def test_types(type_: str, kind: str) -> None:
    assert kind_of(type_) == kind


def test_times_are_milliseconds_whatever_their_zone() -> None:
    at = datetime(2025, 11, 10, 16, 0, 0, 123_000, tzinfo=UTC)
    (found,) = columns(
        ["t"], ["DateTime64(3)"], [[at, at.astimezone(ZoneInfo("Asia/Tokyo")), at.replace(tzinfo=None), None]]
    )
    assert found.values == [1762790400123] * 3 + [None]
    assert days("UTC") == [86_400_000, None]


def days(zone: str) -> list[int | None]:
    found = columns(["d"], ["Nullable(Date)"], [[date(1970, 1, 2), None]])
    drawn: list[int | None] = frame_json("A", found, ZoneInfo(zone))["data"]["values"][0]
    return drawn


def test_a_day_is_the_viewers_midnight_as_the_data_source_reads_it() -> None:
    assert days("Asia/Tokyo") == [86_400_000 - 9 * 3_600_000, None]
    assert days("America/New_York") == [86_400_000 + 5 * 3_600_000, None]
    # A time is one moment everywhere.
    at = datetime(2026, 3, 1, 12, tzinfo=UTC)
    frames = [
        frame_json("A", columns(["t"], ["DateTime64(3)"], [[at]]), ZoneInfo(zone)) for zone in ("UTC", "Asia/Tokyo")
    ]
    assert frames[0] == frames[1]


def test_numbers_that_json_cannot_say_are_named_beside_the_values() -> None:
    found = columns(["n", "d"], ["Float64", "Decimal(9, 2)"], [[1.5, math.nan, -math.inf, None], [Decimal("1.25")] * 4])
    frame = frame_json("B", found)
    assert frame["schema"] == {
        "refId": "B",
        "fields": [{"name": "n", "type": "number"}, {"name": "d", "type": "number"}],
    }
    assert frame["data"]["values"] == [[1.5, None, None, None], [1.25] * 4]
    assert frame["data"]["entities"] == [{"NaN": [1], "NegInf": [2]}, None]


def long() -> list[Column]:
    return [
        Column("time", "time", [1, 1, 2, 3]),
        Column("region", "string", ["ru", "kz", "ru", "kz"]),
        Column("people", "number", [10, 20, 11, 22]),
    ]


def test_each_combination_of_texts_becomes_a_series_with_gaps() -> None:
    assert wide(long()) == [
        Column("time", "time", [1, 2, 3]),
        Column("people", "number", [20, None, 22], {"region": "kz"}),
        Column("people", "number", [10, 11, None], {"region": "ru"}),
    ]


def test_what_has_no_text_or_no_time_stays_as_it_is() -> None:
    time, region, people = long()
    assert wide([time, people]) == [time, people]
    assert wide([region, people]) == [region, people]


@pytest.mark.parametrize("times", [[2, 1, 3, 4], [1, None, 2, 3]])
def test_times_must_be_there_and_ascend(times: list[int | None]) -> None:
    _, region, people = long()
    with pytest.raises(ValueError, match="time series"):
        wide([Column("time", "time", times), region, people])
