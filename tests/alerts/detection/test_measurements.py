"""Sums of counts, and what can be told."""

from alerts.detection.measurements import NOBODY, Counts, doubtful, total
from tests.alerts.detection.webinars import SETTINGS, moment, rates


def test_a_bucket_that_cannot_exist_stays_none_in_the_sum() -> None:
    assert total([Counts(3, 2, 1, None, None), Counts(4, 1, 1, None, None)]) == Counts(7, 3, 2, None, None)
    assert total([]) == NOBODY


def test_an_empty_room_is_not_doubtful() -> None:
    assert not doubtful(moment(rates(40), in_the_room=0), SETTINGS)
