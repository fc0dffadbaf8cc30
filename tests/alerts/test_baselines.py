"""What is usual in numbers, as the dashboards show it."""

from alerts.baselines import BaselineRow, baseline_rows
from alerts.detection.measurements import Counts
from alerts.detection.settings import DropSettings
from alerts.known import Final
from tests.alerts.detection.webinars import baseline, held, webinar

SETTINGS = DropSettings()
TODAY = webinar(12)


def row_of(days: int, *, low_day: int = -1, fell: bool = False) -> BaselineRow:
    past = [held(day, fell=fell and day == low_day) for day in range(12 - days, 12)]
    finals = {
        one.webinar_id: Final({"a": Counts(200, 20 if one.webinar_id == f"zoom:{low_day}" else 80, None, 60)}, 90, 10)
        for one in past
    }
    (row,) = baseline_rows({TODAY.webinar_id: baseline(TODAY, past)}, finals, SETTINGS)
    return row


def width(row: BaselineRow) -> float:
    assert row.conversion_low is not None
    assert row.conversion_high is not None
    return row.conversion_high - row.conversion_low


def test_the_usual_conversion_lies_in_its_range_and_a_bucket_that_nobody_told_is_unknown() -> None:
    row = row_of(12)
    assert (row.registrations, row.registrations_low, row.registrations_high) == (200, 200, 200)
    assert row.conversion == 0.4
    assert 0.3 < (row.conversion_low or 0) < 0.4 < (row.conversion_high or 0) < 0.5
    (five, thirty) = row.stays
    assert five == (300, None, None, None)
    assert thirty[:2] == (1800, 0.3)
    assert (row.n, len(row.members), len(row.weights)) == (12, 12, 12)


def test_with_too_few_webinars_nothing_is_usual() -> None:
    few = row_of(SETTINGS.least_peers - 1)
    assert (few.registrations, few.conversion, few.stays[1]) == (None, None, (1800, None, None, None))
    assert row_of(SETTINGS.least_peers).conversion == 0.4


def test_a_webinar_of_a_drop_lowers_the_usual_but_does_not_widen_its_range() -> None:
    unknown, told = row_of(12, low_day=11), row_of(12, low_day=11, fell=True)
    assert told.conversion == unknown.conversion
    assert (told.conversion or 1) < 0.38
    assert width(told) < 0.7 * width(unknown)
