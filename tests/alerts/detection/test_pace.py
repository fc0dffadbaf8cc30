"""Registrations now against usual at the same time before the start, and what may come of it."""

import pytest

from alerts.detection.pace import Grown, Pace, pace
from tests.alerts.detection.webinars import SETTINGS, baseline

EARLIER = {f"zoom:{day}": Grown({"a": 120 + day % 5, "b": 80 - day % 3}, 500 + day % 7 * 10) for day in range(40)}


def paced(now: dict[str, int]) -> Pace:
    found = pace(now, baseline(), EARLIER, SETTINGS)
    assert found is not None
    return found


def test_a_usual_number_now_comes_to_the_usual_final_number() -> None:
    one = paced({"a": 122, "b": 79})
    assert not one.behind
    assert one.expected == pytest.approx(float(one.baseline_final), rel=0.02)
    assert one.low < one.expected < one.high


def test_half_of_usual_is_behind_and_says_where() -> None:
    one = paced({"a": 20, "b": 79})
    assert one.behind
    assert one.gaps[0].value == "a"
    assert sum(gap.more for gap in one.gaps) == one.registrations - one.baseline
    assert one.registrations < one.expected < 0.75 * one.baseline_final


def test_a_new_source_is_seen_ahead() -> None:
    one = paced({"a": 122, "b": 79, "new": 100})
    assert one.gaps[-1].new
    assert one.expected > one.baseline_final


def test_many_days_before_a_handful_more_or_fewer_means_little() -> None:
    early = {name: Grown({"a": 4}, 500) for name in EARLIER}
    none = pace({}, baseline(), early, SETTINGS)
    assert none is not None
    assert not none.behind


def test_few_are_not_behind_while_one_in_five_made_up_for_it() -> None:
    late = {name: Grown({"a": 20 if number % 5 == 0 else 200}, 500) for number, name in enumerate(EARLIER)}
    one = pace({"a": 20}, baseline(), late, SETTINGS)
    assert one is not None
    assert one.expected < SETTINGS.pace_behind * one.baseline_final <= one.baseline_final <= one.high
    assert not one.behind


def test_nobody_is_expected_to_leave_where_earlier_ones_lost_some() -> None:
    one = pace({"a": 180}, baseline(), {name: Grown({"a": 200}, 150) for name in EARLIER}, SETTINGS)
    assert one is not None
    assert (one.low, one.expected, one.high) == (180, 180, 180)


def test_nobody_can_say_without_enough_webinars() -> None:
    assert pace({"a": 1}, baseline(), {}, SETTINGS) is None
