"""The exact tail against scipy's own, and what it makes of variation and of few earlier webinars."""

import numpy as np
import pytest
import scipy

from alerts.detection.expected import Expected
from alerts.detection.lower_tail import betabinom_cdf, lower_tail


def tail(converted: int, people: int, rate: float, variation: float, freedom: float = 50) -> float:
    expected = Expected(np.array([rate]), np.array([variation]), np.array([freedom]), np.array([20]))
    return float(lower_tail(np.array([people]), np.array([converted]), expected)[0])


def test_many_tails_at_once_are_those_of_scipy() -> None:
    random = np.random.default_rng(3)
    n = random.integers(1, 2000, 400)
    p, whole = random.uniform(0.01, 0.99, 400), 10 ** random.uniform(0, 6, 400)
    k = random.binomial(n, p)
    ours = betabinom_cdf(k, n, p * whole, (1 - p) * whole)
    assert ours == pytest.approx(scipy.stats.betabinom.cdf(k, n, p * whole, (1 - p) * whole), rel=1e-6)


def test_without_variation_it_is_the_binomial_test() -> None:
    exact = scipy.stats.binomtest(300, 800, 0.42, alternative="less").pvalue
    assert tail(300, 800, 0.42, 0.0) == pytest.approx(exact, rel=0.01)


def test_variation_between_webinars_makes_the_same_drop_less_sure() -> None:
    tails = [tail(280, 800, 0.42, sd) for sd in (0.0, 0.02, 0.04)]
    assert tails == sorted(tails)
    assert tails[2] > 20 * tails[0]


def test_fewer_earlier_webinars_make_it_less_sure() -> None:
    assert tail(240, 800, 0.42, 0.03, freedom=5) > 3 * tail(240, 800, 0.42, 0.03, freedom=60)


def test_all_converted_is_certainly_no_drop() -> None:
    assert tail(50, 50, 0.42, 0.02) == 1.0
