"""One band of what is typical: quantiles of those like it, and chance of its own number."""

import random

import pytest

from alerts.detection.typical import Peer, counts, quantile, rates

PEERS = [Peer(1000, part, 100) for part in (20, 25, 30, 31, 32, 33, 34, 35, 40, 46)]


def test_a_rate_is_typical_between_the_quantiles_and_what_chance_makes_of_so_many() -> None:
    many, few = rates(PEERS, 640), rates(PEERS, 60)
    assert many is not None
    assert few is not None
    assert (round(many.low, 3), many.middle, round(many.high, 3)) == (0.18, 0.326, 0.425)
    # Chance makes more of fewer people: what is unusual of many may be typical of few.
    assert (round(few.low, 3), round(few.high, 3)) == (0.134, 0.481)
    assert (many.side(0.16), few.side(0.16), many.side(0.326), many.side(0.5)) == (-1, 0, 0, 1)


def test_recent_ones_weigh_more_and_those_without_people_nothing() -> None:
    recent = [Peer(9000, 10, 100), Peer(1, 90, 100), Peer(9000, 0, 0)]
    band = rates(recent, 1000)
    assert band is not None
    assert band.high < 0.2
    assert rates([Peer(1, 0, 0)], 10) is None
    assert rates(PEERS, 0) is None


def test_a_number_of_people_varies_by_ratios() -> None:
    band = counts([Peer(1000, n) for n in (60, 80, 100, 110, 125, 140, 160, 190, 200, 220)])
    assert band is not None
    assert band.side(639) == 1
    assert band.side(250) == 0
    assert band.side(20) == -1
    assert counts([]) is None
    # Where all were the same, so many people who decide each by himself still vary.
    alike = counts([Peer(1, 100)] * 10)
    assert alike is not None
    assert alike.side(115) == 0
    assert alike.side(150) == 1


@pytest.mark.parametrize(("people", "least"), [(40, 0.93), (400, 0.85)])
def test_what_is_as_ever_is_seldom_outside(people: int, least: float) -> None:
    """Webinars of one true rate that varies by four points: what is marked of them is false."""
    chance = random.Random(7)

    def part() -> int:
        rate = min(max(chance.gauss(0.35, 0.04), 0), 1)
        return sum(chance.random() < rate for _ in range(people))

    within = 0
    for _ in range(300):
        band = rates([Peer(1000, part(), people) for _ in range(12)], people)
        assert band is not None
        within += band.side(part() / people) == 0
    assert within / 300 >= least


def test_a_quantile_is_the_smallest_value_that_so_much_of_the_weight_does_not_exceed() -> None:
    assert quantile([(1.0, 1), (2.0, 1), (3.0, 8)], 0.1) == 1.0
    assert quantile([(3.0, 8), (2.0, 1), (1.0, 1)], 0.2) == 2.0
    assert quantile([(1.0, 1), (2.0, 1), (3.0, 8)], 0.9) == 3.0
