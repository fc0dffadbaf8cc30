"""The decomposition adds up exactly, whatever the counts, and names what is new down to its raw source and campaign."""

from collections.abc import Iterable
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from alerts.detection.reason import BY_SOURCE, OTHER, Cell, Dimension, Part, Reason, combined, explain, rounded

cells = st.builds(
    lambda n, share, *values: Cell(n, n * share // 10, *values),
    st.integers(0, 500),
    st.integers(0, 10),
    st.sampled_from("abc"),
    st.sampled_from("xyz"),
    st.sampled_from("pq"),
    st.sampled_from(["new", "returning"]),
    st.sampled_from(["", "DE", "FR"]),
)
webinars = st.lists(cells, max_size=8)
histories = st.lists(st.tuples(st.integers(1, 1000), webinars), max_size=4)


def every_level(parts: tuple[Part, ...], whole: Fraction) -> None:
    assert sum((part.change for part in parts), Fraction(0)) == whole
    for part in parts:
        if part.inside:
            every_level(part.inside, part.change)


def reason_of(now: Iterable[Cell], *earlier: tuple[int, list[Cell]]) -> Reason:
    found = explain(now, earlier)
    assert found is not None
    return found


@given(webinars, histories, st.sampled_from([BY_SOURCE, *OTHER]))
def test_the_parts_add_up_to_the_change_to_the_last_digit_at_every_level(
    now: list[Cell], earlier: list[tuple[int, list[Cell]]], by: tuple[Dimension, ...]
) -> None:
    found = explain(now, earlier, by=by)
    if found is not None:
        every_level(found.parts, found.change)


@given(st.lists(st.tuples(webinars, histories), min_size=1, max_size=3))
def test_the_change_of_several_webinars_adds_up_to_the_last_digit_too(
    several: list[tuple[list[Cell], list[tuple[int, list[Cell]]]]],
) -> None:
    reasons = [one for one in (explain(*each) for each in several) if one is not None]
    if reasons:
        found = combined(reasons)
        every_level(found.parts, found.change)
        people = sum(one.registrations for one in reasons)
        assert found.change == sum((one.change * one.registrations for one in reasons), Fraction(0)) / people
        assert combined(reasons[:1]) == reasons[0]


@given(st.integers(1, 900), st.integers(0, 9), st.integers(1, 900), st.integers(0, 9))
def test_with_one_source_only_it_is_all_rate(n: int, k: int, n0: int, k0: int) -> None:
    found = reason_of([Cell(n, n * k // 9, "a")], (7, [Cell(n0, n0 * k0 // 9, "a")]))
    assert found.parts[0].mix == 0
    assert found.parts[0].rate == found.change


def test_nobody_now_or_nobody_earlier_is_no_change() -> None:
    assert explain([], [(1, [Cell(9, 3, "a")])]) is None
    assert explain([Cell(9, 3, "a")], []) is None


def test_a_new_source_has_what_its_people_lower_and_the_others_keep_their_own() -> None:
    now = [Cell(600, 252, "email"), Cell(200, 20, "partner-x", "partner-x", "launch")]
    found = reason_of(now, (1000, [Cell(800, 336, "email")]))
    first, second = found.parts
    assert (first.value, first.new) == ("partner-x", True)
    assert first.rate == second.change == 0
    assert first.mix == found.change == Fraction(272, 800) - Fraction(42, 100)
    assert first.inside[0].inside[0].value == "launch"


def test_a_new_raw_source_inside_a_known_group_is_named() -> None:
    now = [Cell(400, 160, "paid", "vk"), Cell(400, 40, "paid", "unheard-of")]
    found = reason_of(now, (10, [Cell(700, 280, "paid", "vk")]))
    worst = found.parts[0].inside[0]
    assert (worst.dimension, worst.value, worst.new, worst.change) == ("source", "unheard-of", True, found.change)


def test_returning_people_and_countries_have_their_part_too() -> None:
    now = [Cell(50, 10, "vk", people="new", country="DE"), Cell(50, 30, "vk", people="returning", country="FR")]
    baseline = [Cell(20, 4, "vk", people="new", country="DE"), Cell(80, 48, "vk", people="returning", country="FR")]
    for (dimension,), values in ((OTHER[0], ["new", "returning"]), (OTHER[1], ["DE", "FR"])):
        found = explain(now, [(1, baseline)], by=(dimension,))
        assert found is not None
        assert found.change == Fraction(40 - 52, 100)
        assert sorted(part.value for part in found.parts) == values
        assert all(part.rate == 0 for part in found.parts)


def test_more_people_from_a_weaker_source_are_mix_and_not_rate() -> None:
    now = [Cell(200, 100, "a"), Cell(600, 120, "b")]
    found = reason_of(now, (1, [Cell(600, 300, "a"), Cell(200, 40, "b")]))
    assert all(part.rate == 0 and part.mix < 0 for part in found.parts)


def test_recent_webinars_weigh_more() -> None:
    found = reason_of([Cell(10, 5, "a")], (3, [Cell(100, 60, "a")]), (1, [Cell(100, 20, "a")]))
    assert found.baseline_rate == Fraction(1, 2)


def test_the_same_change_twice_has_the_same_usual_in_every_part() -> None:
    one = reason_of([Cell(30, 6, "a"), Cell(10, 5, "b")], (1, [Cell(20, 8, "a"), Cell(20, 10, "b")]))
    twice = combined([one, one])
    baseline = {part.value: (part.baseline_share, part.baseline_rate, part.mix, part.rate) for part in one.parts}
    assert {
        part.value: (part.baseline_share, part.baseline_rate, part.mix, part.rate) for part in twice.parts
    } == baseline
    assert baseline["a"][:2] == (Fraction(1, 2), Fraction(2, 5))


@given(st.lists(st.fractions(-1, 1, max_denominator=999), max_size=9), st.sampled_from([1, 10, 1000]))
def test_rounded_parts_add_up_to_the_rounded_sum_and_are_off_by_less_than_one(parts: list[Fraction], n: int) -> None:
    unit = Fraction(1, n)
    units = rounded(parts, unit)
    assert sum(units) == round(sum(parts, Fraction(0)) / unit)
    assert all(abs(whole - part / unit) <= 1 for whole, part in zip(units, parts, strict=True))


@given(st.lists(st.fractions(-1, 1, max_denominator=999), min_size=1, max_size=4), st.integers(-1, 1))
def test_rounded_parts_add_up_to_what_is_shown_elsewhere(parts: list[Fraction], more: int) -> None:
    unit = Fraction(1, 100)
    shown = round(sum(parts, Fraction(0)) / unit) + more
    units = rounded(parts, unit, shown)
    assert sum(units) == shown
    assert all(abs(whole - part / unit) <= 2 for whole, part in zip(units, parts, strict=True))
