"""Fields of BigMarker's JSON in every form that they may come in."""

from contextlib import suppress
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.bigmarker.cells import FieldError, count, instant, seconds, text, yes
from connectors.mapped import Reason
from contract.instants import format_instant

NEW_YORK = ZoneInfo("America/New_York")


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("01:05:10", 3910),
        ("1:05:10", 3910),
        ("101:00:00", 363_600),
        ("00:12:03.7", 723),
        ("65:10", 3910),
        ("04:59", 299),
        ("3910", 3910),
        ("3910.9", 3910),
        (3910, 3910),
        (3910.9, 3910),
        (0, 0),
        ("0", 0),
        ("65 min", 3900),
        ("65min.", 3900),
        ("1 minute", 60),
        ("12 mins", 720),
        ("1h 5m", 3900),
        ("1h5m10s", 3910),
        ("1 hr 5 min 10 sec", 3910),
        ("2 hours, 1 minute", 7260),
        ("1.5 h", 5400),
        ("45 s", 45),
        ("PT1H5M", 3900),
        (" 65 Min ", 3900),
    ],
)
def test_durations(said: object, expected: int) -> None:
    assert seconds(said, "total_duration") == expected


@pytest.mark.parametrize("said", [None, "", " ", "-", "N/A", "null"])
def test_nothing_is_no_duration_and_no_moment(said: object) -> None:
    assert seconds(said, "total_duration") is None
    assert instant(said, "entered_at", NEW_YORK) is None


@pytest.mark.parametrize(
    "said",
    [
        *("a while", "1:2:3:4", "00:61", "1:60:00", "h", "pt", "-5", "-00:05:00", "9999999:00", "1 day", "5 5"),
        *(-5, 1e300, float("nan"), True, [], {}),
    ],
)
def test_an_unknown_form_of_duration_is_said_without_its_content(said: object) -> None:
    with pytest.raises(FieldError) as caught:
        seconds(said, "total_duration")
    assert caught.value.rejection.reason is Reason.WRONG_FORM
    assert caught.value.rejection.detail.startswith("total_duration: ")
    assert "while" not in caught.value.rejection.detail


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("2024-03-05T10:01:02Z", "2024-03-05T10:01:02.000Z"),
        ("2024-03-05T10:01:02.987654+02:00", "2024-03-05T08:01:02.987Z"),
        ("2024-03-05 10:01:02 UTC", "2024-03-05T10:01:02.000Z"),
        # Every zone that the other ways in know.
        ("2024-03-05 10:01:02 JST", "2024-03-05T01:01:02.000Z"),
        ("2024-03-05 10:01:02 -0500", "2024-03-05T15:01:02.000Z"),
        ("2024-03-05T10:01:02-0500", "2024-03-05T15:01:02.000Z"),
        ("2024-03-05 10:01:02 +05:30", "2024-03-05T04:31:02.000Z"),
        ("2024-03-05T10:01:02", "2024-03-05T15:01:02.000Z"),
        ("2024-07-05 10:01", "2024-07-05T14:01:00.000Z"),
        ("2024/03/05 10:01:02", "2024-03-05T15:01:02.000Z"),
        ("03/05/2024 10:01 AM", "2024-03-05T15:01:00.000Z"),
        ("03/05/2024 12:01:09 am EST", "2024-03-05T05:01:09.000Z"),
        ("Mar 5, 2024 10:01 PM", "2024-03-06T03:01:00.000Z"),
        ("Tuesday, March 5, 2024 at 10:01 AM PST", "2024-03-05T18:01:00.000Z"),
        ("Tue, 05 Mar 2024 10:01:02 GMT", "2024-03-05T10:01:02.000Z"),
        ("1709632862", "2024-03-05T10:01:02.000Z"),
        (1709632862, "2024-03-05T10:01:02.000Z"),
        (1709632862.5, "2024-03-05T10:01:02.500Z"),
        (1709632862500, "2024-03-05T10:01:02.500Z"),
        ("2024-11-03 01:30:00", "2024-11-03T05:30:00.000Z"),
    ],
)
def test_moments_with_the_conference_s_zone_where_none_is_said(said: object, expected: str) -> None:
    found = instant(said, "entered_at", NEW_YORK)
    assert found is not None
    assert format_instant(found) == expected


@pytest.mark.parametrize("said", ["soon", "2024-02-30 10:00", "2024-13-01 10:00", "2024-03-06", "13/13/2024 10:00"])
def test_no_moment_is_said_without_its_content(said: str) -> None:
    with pytest.raises(FieldError) as caught:
        instant(said, "entered_at", NEW_YORK)
    assert caught.value.rejection.reason is Reason.WRONG_FORM
    assert said not in caught.value.rejection.detail


@pytest.mark.parametrize("said", [0, 12, "1999-12-31T23:59:59Z", "2286-12-01T00:00:00Z", "0001-01-01T00:00:00+14:00"])
def test_a_moment_beyond_all_sense_is_out_of_range(said: object) -> None:
    with pytest.raises(FieldError) as caught:
        instant(said, "entered_at", NEW_YORK)
    assert caught.value.rejection.reason is Reason.TIME_OUT_OF_RANGE


def test_texts_are_trimmed_cut_and_fit_for_utf8() -> None:
    assert text("  Ann ") == "Ann"
    assert text(482913756021) == "482913756021"
    assert text("N/A") == text(None) == text([]) == text({}) == text(True) == text(10**30) == ""
    assert len(text("x" * 10_000)) == 500
    assert text("half \ud83d of a pair\0").encode() == b"half ? of a pair"
    assert text("NA") == "NA", "Namibia"


def test_counts_and_truths() -> None:
    assert [count(one) for one in (5, "5", " 5 ", 0)] == [5, 5, 5, 0]
    assert [count(one) for one in (-1, 1.5, "many", None, True, "٣", 10**20)] == [None] * 7
    assert [yes(one) for one in (True, "Yes", "true", "1", 1)] == [True] * 5
    assert [yes(one) for one in (False, "No", "false", "0", 0)] == [False] * 5
    assert yes("perhaps") is yes(None) is yes({}) is None


anything = st.one_of(
    st.text(),
    st.text("0123456789:.- hmsTZAPM/+"),
    st.integers(),
    st.floats(),
    st.booleans(),
    st.none(),
    st.lists(st.text()),
)


@given(anything)
def test_any_value_is_read_or_refused(value: object) -> None:
    with suppress(FieldError):
        assert (seconds(value, "field") or 0) >= 0
    with suppress(FieldError):
        assert instant(value, "field", NEW_YORK) != 0


@given(st.integers(0, 86_399))
def test_the_forms_of_one_duration_agree(total: int) -> None:
    hours, minutes, rest = total // 3600, total // 60 % 60, total % 60
    forms = [
        f"{hours}:{minutes:02d}:{rest:02d}",
        f"{total // 60}:{rest:02d}",
        f"{hours}h {minutes}m {rest}s",
        str(total),
    ]
    assert {seconds(form, "field") for form in forms} == {total}
