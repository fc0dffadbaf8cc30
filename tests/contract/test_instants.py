"""docs/contract.md, first paragraph: times are RFC 3339 with any offset, cut to milliseconds, written in UTC."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.instants import DAY, FAR_FUTURE, FIRST_INSTANT, format_instant, parse_instant

AT_SIX = 1_795_370_400_000

offsets = st.integers(-23 * 60 - 59, 23 * 60 + 59).map(lambda minutes: timezone(timedelta(minutes=minutes)))
moments = st.datetimes(datetime(1971, 1, 1), datetime(9998, 1, 1), timezones=offsets)  # noqa: DTZ001


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-22T18:00:00.000Z",
        "2026-11-22T18:00:00Z",
        "2026-11-22T18:00:00.0Z",
        "2026-11-22t18:00:00z",
        "2026-11-22T18:00:00+00:00",
        "2026-11-22T18:00:00-00:00",
        "2026-11-22T23:30:00+05:30",
        "2026-11-22T14:15:00.000-03:45",
        "2026-11-23T07:45:00+13:45",
        "2026-11-21T18:01:00-23:59",
        "2026-11-22T18:00:00.000000000000Z",
    ],
)
def test_every_form_and_offset_is_read(text: str) -> None:
    assert parse_instant(text) == AT_SIX


@pytest.mark.parametrize(
    ("fraction", "millis"), [("9", 900), ("99", 990), ("999", 999), ("9999", 999), ("0009", 0), ("123999999", 123)]
)
@pytest.mark.parametrize("offset", ["Z", "+00:00"])
def test_fractions_are_cut_not_rounded(fraction: str, millis: int, offset: str) -> None:
    assert parse_instant(f"2026-11-22T18:00:00.{fraction}{offset}") == AT_SIX + millis


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "2026-11-22",
        "2026-11-22T18:00:00",
        "2026-11-22T18:00:00.000",
        "2026-11-22 18:00:00Z",
        "2026-11-22T18:00Z",
        "2026-11-22T18:00:00.Z",
        "2026-11-22T18:00:00,5Z",
        "2026-11-22T18:00:00+0530",
        "2026-11-22T18:00:00+05",
        "2026-11-22T18:00:00+24:00",
        "2026-11-22T18:00:00+05:60",
        "2026-11-22T24:00:00.000Z",
        "2026-11-22T18:60:00.000Z",
        "2026-11-22T18:00:60.000Z",
        "2026-11-22T18.00:00.000Z",
        "2026-11-22T18:00.00.000Z",
        "2026-11-22T18:00:00.00aZ",
        "2026-11-22T18:00:0a.000Z",
        "2026-11-22T18:00:00.000Z ",
        " 2026-11-22T18:00:00.000Z",
        "2026-11-22T18:00:00.000Z\n",
        "2026-13-22T18:00:00.000Z",
        "2026-11-00T18:00:00.000Z",
        "2026-02-29T18:00:00.000Z",
        "0000-01-01T18:00:00.000Z",
        "26-11-22T18:00:00.000Z",
        "20261122T180000Z",
        "２026-11-22T18:00:00.000Z",
        "2026-11-22T18:00:00.00０Z",
        "2026-W47-7T18:00:00.000Z",
        "1795370400000",
        AT_SIX,
        float(AT_SIX),
        True,
        None,
        datetime(2026, 11, 22, 18, tzinfo=UTC),
        ["2026-11-22T18:00:00.000Z"],
    ],
)
def test_anything_else_is_refused(wrong: object) -> None:
    with pytest.raises(ValueError, match=r"time|day"):
        parse_instant(wrong)


def test_a_day_that_does_not_exist_is_refused_each_time() -> None:
    for _ in range(2):
        with pytest.raises(ValueError, match="day"):
            parse_instant("2026-02-30T18:00:00.000Z")


def test_the_refusal_does_not_repeat_the_text() -> None:
    with pytest.raises(ValueError, match="day") as raised:
        parse_instant("2026-02-30T18:00:00.000Z")
    assert "2026-02-30" not in str(raised.value)


@given(moments)
def test_reading_is_what_datetime_says_cut_to_milliseconds(moment: datetime) -> None:
    exact = (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
    assert parse_instant(moment.isoformat()) == exact
    assert parse_instant(moment.isoformat().replace("T", "t")) == exact


@given(st.integers(0, FAR_FUTURE))
def test_what_was_written_is_read_again(instant: int) -> None:
    text = format_instant(instant)
    assert parse_instant(text) == instant
    assert datetime.fromisoformat(text) == datetime.fromtimestamp(instant // 1000, UTC) + timedelta(
        milliseconds=instant % 1000
    )


def test_it_is_written_in_utc_with_milliseconds() -> None:
    assert format_instant(AT_SIX) == "2026-11-22T18:00:00.000Z"
    assert format_instant(AT_SIX + 7) == "2026-11-22T18:00:00.007Z"


def test_the_first_instant_is_the_year_2000() -> None:
    assert format_instant(FIRST_INSTANT) == "2000-01-01T00:00:00.000Z"
    assert format_instant(FIRST_INSTANT + 366 * DAY) == "2001-01-01T00:00:00.000Z"
