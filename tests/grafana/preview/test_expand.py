"""The expander does what the data source does: cases from its documentation and source."""

import pytest

from tests.grafana.expand import ALL, expand

BEGIN, END = 1_700_000_000_123, 1_700_003_600_456


@pytest.mark.parametrize(
    ("raw", "expanded"),
    [
        ("$__timeFilter(c)", "c >= toDateTime(1700000000) AND c <= toDateTime(1700003600)"),
        (
            "$__timeFilter_ms(c)",
            "c >= fromUnixTimestamp64Milli(1700000000123) AND c <= fromUnixTimestamp64Milli(1700003600456)",
        ),
        ("[$__fromTime, $__toTime]", "[toDateTime(1700000000), toDateTime(1700003600)]"),
        (
            "least($__fromTime_ms, $__toTime_ms)",
            "least(fromUnixTimestamp64Milli(1700000000123), fromUnixTimestamp64Milli(1700003600456))",
        ),
    ],
)
def test_time_macros(raw: str, expanded: str) -> None:
    assert expand(raw, {}, BEGIN, END) == expanded


@pytest.mark.parametrize(
    ("value", "expanded"),
    [
        (ALL, "WHERE 1=1 AND b"),
        ([""], "WHERE 1=1 AND b"),
        (["x"], "WHERE lower(a) IN ('x') AND b"),
        (["x", "y"], "WHERE lower(a) IN ('x','y') AND b"),
        (["it's), (", "y"], r"WHERE lower(a) IN ('it\'s), (','y') AND b"),
    ],
)
def test_conditional_all(value: list[str], expanded: str) -> None:
    raw = "WHERE $__conditionalAll(lower(a) IN (${v:singlequote}), $v) AND b"
    assert expand(raw, {"v": value}, BEGIN, END) == expanded


def test_conditional_all_in_conditional_all() -> None:
    raw = "$__conditionalAll($__conditionalAll(a = ${v:singlequote}, $v) OR b = ${w:singlequote}, $w)"
    assert expand(raw, {"v": ALL, "w": ["x"]}, BEGIN, END) == "1=1 OR b = 'x'"


def test_only_singlequote_escapes() -> None:
    assert expand("${v:singlequote}", {"v": ["it's"]}, BEGIN, END) == r"'it\'s'"
    assert expand("${v}", {"v": ["it's"]}, BEGIN, END) == "'it's'"
    assert expand("$v", {"v": ["a", "b"]}, BEGIN, END) == "'a','b'"


@pytest.mark.parametrize(
    "raw",
    [
        "$__conditionalAll(a = ')', $v)",
        "$__rateColumns(a)",
        "$unknown",
        "${v:singlequote}",
        "${v:csv}",
        "$__timeFilter",
    ],
)
def test_what_would_reach_the_server_unexpanded_is_refused(raw: str) -> None:
    with pytest.raises(ValueError, match=r"unexpanded|macro|variable|All|form"):
        expand(raw, {"v": ALL}, BEGIN, END)
