"""Registrations far above or below usual, with parts that add up."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from alerts.detection.standouts import StandOut, gaps, sentence, stand_out
from tests.alerts.detection.webinars import SETTINGS, baseline

EARLIER = {f"zoom:{day}": {"a": 300 + day % 5 * 10, "b": 200 - day % 3 * 10} for day in range(40)}
groups = st.dictionaries(st.sampled_from("abcd"), st.integers(0, 900))


def found(now: dict[str, int]) -> StandOut | None:
    return stand_out(now, baseline(), EARLIER, SETTINGS)


def test_a_usual_number_does_not_stand_out() -> None:
    assert found({"a": 330, "b": 190}) is None


def test_so_many_more_stand_out_and_the_source_is_named() -> None:
    one = found({"a": 320, "b": 190, "blogger": 600})
    assert one is not None
    assert one.above
    assert sentence(one).startswith("1110 registered instead of 511 (usual of 40 like it); of 599 more, 600 are from")
    assert "the new source group 'blogger'" in sentence(one)


def test_far_fewer_stand_out_too() -> None:
    one = found({"a": 20, "b": 190})
    assert one is not None
    assert not one.above
    assert one.gaps[0].value == "a"


def test_nobody_can_say_without_enough_webinars() -> None:
    assert stand_out({"a": 9000}, baseline(), {"zoom:1": {"a": 1}}, SETTINGS) is None


@given(groups, st.lists(st.tuples(st.integers(1, 1000), groups), min_size=1, max_size=6))
def test_the_gaps_add_up_exactly(now: dict[str, int], earlier: list[tuple[int, dict[str, int]]]) -> None:
    weights = sum(weight for weight, _ in earlier)
    mean = Fraction(sum(weight * sum(one.values()) for weight, one in earlier), weights)
    assert sum((one.more for one in gaps(now, earlier)), Fraction(0)) == sum(now.values()) - mean
