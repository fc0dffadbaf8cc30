"""The registry of what is counted: names and words of every choice of buckets."""

from dataclasses import replace

import pytest

from contract.measures import FULL, MEASURES, NAMED, STAYED, STAYED_MINUTES, STEPS, THRESHOLDS, checked, stayed
from funnel.report.oracle import Rules


def test_the_buckets_have_the_names_that_users_know() -> None:
    assert STAYED_MINUTES == (5, 30)
    assert [step.metric for step in STEPS] == ["visits", "visits_5m", "visits_30m", "visits_full"]
    assert [step.column for step in STEPS[:3]] == ["came", "stayed_5m", "stayed_30m"]
    assert [step.rate for step in STEPS] == [
        "Attendance rate",
        "Stayed 5+ min %",
        "Stayed 30+ min %",
        "Completion rate",
    ]
    assert THRESHOLDS == "300,1800"


def test_a_bucket_says_itself_everywhere() -> None:
    one, ten = stayed(1), stayed(10)
    assert (ten.ending, ten.seconds, ten.minutes, ten.label) == ("_10m", 600, 10, "Stayed 10+ min")
    assert (ten.did, ten.conversion) == ("stayed 10 minutes", "Conversion to 10 minutes")
    assert (one.did, one.conversion) == ("stayed 1 minute", "Conversion to 1 minute")
    assert one.description == "Registered people who watched 1 minute or more."


@pytest.mark.parametrize("wrong", [(), (0,), (5, 5), (30, 5), (1, 2, 3, 4, 5)])
def test_what_cannot_be_buckets_is_refused(wrong: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"STAYED_MINUTES in contract/measures\.py are one to four whole minutes"):
        checked(wrong)


@pytest.mark.parametrize("right", [(1,), (10, 45), (1, 20, 60), (1, 2, 3, 4)])
def test_one_to_four_can(right: tuple[int, ...]) -> None:
    assert checked(right) == right


def test_no_two_measures_have_one_name() -> None:
    assert len(NAMED) == len(MEASURES)


def test_the_oracle_has_names_and_thresholds_of_its_own_that_are_the_same() -> None:
    rules = Rules(stayed_minutes=STAYED_MINUTES)
    assert rules.endings == tuple(step.ending for step in STEPS)
    assert rules.thresholds == {step.ending: step.seconds for step in STEPS if step is not FULL}
    assert replace(rules, stayed_minutes=(10,)).thresholds == {"": 1, "_10m": 600}


def test_stays_are_known_live_only_where_leaves_are() -> None:
    assert all("leaves" in step.needs for step in (*STAYED, FULL))
    assert "leaves" not in STEPS[0].needs
