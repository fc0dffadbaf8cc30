"""What counts as growth in the hour at a steady rate."""

from dataclasses import replace

from bench.plateau import Minute, judged

RATE = 2_000
FLAT = [Minute(number, 300.0, 900.0, 100, 80, 40_000 * number) for number in range(1, 61)]


def test_a_plateau_is_no_growth() -> None:
    rising = [replace(one, worker_mb=10.0 * min(one.minute, 30)) for one in FLAT]
    assert judged(rising, RATE) == []


def test_what_still_grows_in_the_last_quarter_is_named() -> None:
    assert judged([replace(one, worker_mb=10.0 * one.minute) for one in FLAT], RATE) == [
        "worker_mb grew from 380 to 530"
    ]
    assert judged([replace(one, parts=one.minute) for one in FLAT], RATE) == ["parts grew from 38 to 53"]
    behind = [replace(one, lag=1_000 * one.minute) for one in FLAT]
    assert judged(behind, RATE) == ["the worker is 53,000 records behind"]
