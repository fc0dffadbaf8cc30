"""How webinars are named: the same by plan and by what happened, by webhook and by REST."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.zoom.occurrence import PLANNED, SINGLE, UNPLANNED, day_of, webinar_id
from connectors.zoom.payload import FieldError
from contract.instants import DAY, FIRST_INSTANT, HOUR, MINUTE, parse_instant


def test_a_single_webinar_is_its_number_as_in_zooms_report() -> None:
    assert webinar_id("123", SINGLE, None, "Europe/Berlin") == "zoom:123"
    assert webinar_id("123", SINGLE, parse_instant("2026-11-22T18:00:00Z"), "") == "zoom:123"


@pytest.mark.parametrize("kind", [UNPLANNED, PLANNED])
def test_an_occurrence_has_its_day(kind: int) -> None:
    assert webinar_id("123", kind, parse_instant("2026-11-22T18:00:00Z"), "UTC") == "zoom:123:2026-11-22"
    with pytest.raises(FieldError):
        webinar_id("123", kind, None, "UTC")


@pytest.mark.parametrize(
    ("start", "zone", "day"),
    [
        ("2026-11-23T23:30:00Z", "America/New_York", "2026-11-23"),
        ("2026-11-24T00:00:00Z", "America/Los_Angeles", "2026-11-23"),
        ("2026-11-22T23:55:00Z", "UTC", "2026-11-22"),
        ("2026-11-23T00:05:00Z", "UTC", "2026-11-22"),
        ("2026-11-23T03:59:59Z", "UTC", "2026-11-22"),
        ("2026-11-23T04:00:00Z", "UTC", "2026-11-23"),
        ("2026-11-23T23:30:00Z", "Mars/Olympus", "2026-11-23"),
        ("2026-11-23T23:30:00Z", "../../etc", "2026-11-23"),
        ("2026-11-23T23:30:00Z", "", "2026-11-23"),
    ],
)
def test_the_day_is_the_webinars_own_and_goes_on_until_four(start: str, zone: str, day: str) -> None:
    assert day_of(parse_instant(start), zone) == day


def test_a_daily_webinar_has_a_day_of_its_own_also_when_the_clocks_change() -> None:
    """16:30 in Los Angeles is 00:30 UTC in winter and 23:30 UTC in summer: one UTC day would hold two of them."""
    winter, summer = parse_instant("2026-03-08T00:30:00Z"), parse_instant("2026-03-08T23:30:00Z")
    assert day_of(winter, "America/Los_Angeles") == "2026-03-07"
    assert day_of(summer, "America/Los_Angeles") == "2026-03-08"


@given(st.integers(0, 20_000), st.integers(5, 23), st.integers(-59, 59))
def test_starting_early_or_late_does_not_change_the_name(day: int, hour: int, minutes: int) -> None:
    """Of whatever is planned for a full hour from five in the morning to eleven at night."""
    planned = FIRST_INSTANT + day * DAY + hour * HOUR
    assert day_of(planned, "UTC") == day_of(planned + minutes * MINUTE, "UTC")
