"""The macros of the data source: the cases of its own tests and documentation (pkg/macros, 4.20.0)."""

import pytest

from grafana.preview.macros import Span, expand_macros

SPAN = Span(begin=1415792726123, end=1447328726456, interval=20_000)
FROM, TO = "toDateTime(1415792726)", "toDateTime(1447328726)"
FROM_MS, TO_MS = "fromUnixTimestamp64Milli(1415792726123)", "fromUnixTimestamp64Milli(1447328726456)"


@pytest.mark.parametrize(
    ("raw", "expanded"),
    [
        (
            "$__timeFilter(cast(sth as timestamp) )",
            f"cast(sth as timestamp) >= {FROM} AND cast(sth as timestamp) <= {TO}",
        ),
        ("$__timeFilter_ms(a)", f"a >= {FROM_MS} AND a <= {TO_MS}"),
        ("( date >= $__fromTime ) and ( date <= $__toTime )", f"( date >= {FROM} ) and ( date <= {TO} )"),
        ("[$__fromTime_ms, $__toTime_ms]", f"[{FROM_MS}, {TO_MS}]"),
        ("$__dateFilter(d)", "d >= toDate('2014-11-12') AND d <= toDate('2015-11-12')"),
        (
            "$__dt(d, t)",
            f"(d >= toDate('2014-11-12') AND d <= toDate('2015-11-12')) AND (t >= {FROM} AND t <= {TO})",
        ),
        ("$__timeFrom(ts)", f"ts >= {FROM}"),
        ("$__timeTo(ts)", f"ts <= {TO}"),
        ("$__timeInterval(col)", "toStartOfInterval(toDateTime(col), INTERVAL 20 second)"),
        ("$__timeInterval_ms(col)", "toStartOfInterval(toDateTime64(col, 3), INTERVAL 20000 millisecond)"),
        ("INTERVAL $__interval_s second", "INTERVAL 20 second"),
        ("$__timeGroup(ts, 5m)", "toStartOfInterval(toDateTime(ts), INTERVAL 300 second)"),
        ("$__timeGroup(ts, '1h')", "toStartOfInterval(toDateTime(ts), INTERVAL 3600 second)"),
        ("$__timeInterval($__fromTime)", f"toStartOfInterval(toDateTime({FROM}), INTERVAL 20 second)"),
        ("$__timeFrom(coalesce(closed_at, $__toTime))", f"coalesce(closed_at, {TO}) >= {FROM}"),
        (r"msg = 'it\'s -- fine' and $__fromTime", rf"msg = 'it\'s -- fine' and {FROM}"),
        (r"msg = 'a\'/*x' and $__toTime", rf"msg = 'a\'/*x' and {TO}"),
        ("msg = 'it''s' and $__fromTime", f"msg = 'it''s' and {FROM}"),
        ("$__timeFrom(f(')', a))", f"f(')', a) >= {FROM}"),
    ],
)
def test_it_expands_as_the_data_source_does(raw: str, expanded: str) -> None:
    assert expand_macros(raw, SPAN) == expanded


def test_what_stands_in_a_comment_is_left_out() -> None:
    assert expand_macros("a -- $__nothing\n/* $__nothing( */ + $__fromTime", SPAN).split() == ["a", "+", FROM]


def test_a_bucket_is_a_second_or_a_millisecond_at_least() -> None:
    assert expand_macros("$__interval_s", Span(0, 1, 1)) == "1"


@pytest.mark.parametrize(
    "raw",
    ["$__timeFilter", "$__timeFilter()", "$__dt(a)", "$__columns(a)", "$__timeFrom(a", "$__timeGroup(a, 1d)", "$__"],
)
def test_what_the_data_source_would_refuse_or_leave_is_an_error_of_one_line(raw: str) -> None:
    with pytest.raises(ValueError, match=r"^[^\n]+$"):
        expand_macros(raw, SPAN)
