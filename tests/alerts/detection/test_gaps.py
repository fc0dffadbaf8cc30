"""Registrations by source against those of earlier webinars: the gaps add up."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from alerts.detection.gaps import gaps

groups = st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 500), max_size=6)


@given(groups, st.lists(st.tuples(st.integers(1, 1000), groups), min_size=1, max_size=6))
def test_the_gaps_add_up_exactly(now: dict[str, int], earlier: list[tuple[int, dict[str, int]]]) -> None:
    weights = sum(weight for weight, _ in earlier)
    mean = Fraction(sum(weight * sum(one.values()) for weight, one in earlier), weights)
    assert sum((one.more for one in gaps(now, earlier)), Fraction(0)) == sum(now.values()) - mean
