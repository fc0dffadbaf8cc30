"""What the bench claims of the turns that it took."""

from dataclasses import replace

from bench.__main__ import missed
from bench.load import Load, repeated_and_long
from bench.rounds import Turn, ratio, summary

OURS = Turn(seconds=1.0, events_per_second=40_000, cpu_us=15.0, clickhouse_cpu_us=10.0, peak_mb=300, rows="a")
THEIRS = Turn(seconds=5.0, events_per_second=8_000, cpu_us=90.0, clickhouse_cpu_us=20.0, peak_mb=200, rows="a")


def test_medians_spread_and_ratios_of_rounds() -> None:
    ours = [OURS, replace(OURS, events_per_second=20_000, cpu_us=30.0), OURS]
    theirs = [THEIRS, replace(THEIRS, events_per_second=4_000, cpu_us=180.0), replace(THEIRS, events_per_second=9_000)]
    found = summary({"ours": ours, "theirs": theirs})["theirs"]
    assert found["equal_rows"]
    assert found["events_per_second"] == 8_000
    assert found["spread"] == [4_000, 9_000]
    # Round by round: the second round had a busy machine for both.
    assert (found["ours_is_faster_by"], found["ours_needs_less_cpu_by"]) == (5.0, 6.0)


def test_a_contender_with_other_rows_has_no_result() -> None:
    found = summary({"ours": [OURS], "theirs": [replace(THEIRS, rows="b")]})
    assert not found["theirs"]["equal_rows"]
    # Not even one round of several, and not one of ours.
    assert not summary({"ours": [OURS, OURS], "x": [THEIRS, replace(THEIRS, rows="b")]})["x"]["equal_rows"]
    assert not summary({"ours": [OURS, replace(OURS, rows="b")], "x": [THEIRS, THEIRS]})["ours"]["equal_rows"]


def test_gates() -> None:
    good = {
        "contenders": summary({"our worker": [OURS], "stock Faust agent": [THEIRS]}),
        "many_persons": {"peak_mb": 450},
        "latency_ms": {"1000": {"p50": 100, "p99": 300}, "5000": {"p50": 150, "p99": 600}},
    }
    assert missed(good) == []
    slower = summary({"our worker": [replace(OURS, events_per_second=39_000)], "stock Faust agent": [THEIRS]})
    bad = {
        "contenders": slower,
        "many_persons": {"peak_mb": 451},
        "latency_ms": {"1000": {"p50": 101, "p99": 300}, "5000": {"p50": 150, "p99": 601}},
    }
    assert missed(bad) == [
        "speed: 4.88 times the stock agent, not 5",
        "at 1,000/s p50 101 ms, not 100",
        "at 5,000/s p99 601 ms, not 600",
        "peak memory 451 MB, not 450",
    ]


def test_ratio_is_the_median_of_rounds() -> None:
    assert ratio([2, 30, 4], [1, 10, 1]) == 3.0


def test_a_tenth_of_long_events_comes_twice() -> None:
    load = Load(events=2_000, persons=1_000, webinars=4, seed=1)
    sent = list(repeated_and_long(load, repeated=0.1, size=1_500))
    once = list(load.sent())
    assert {key for _, key, _ in sent} == {key for _, key, _ in once}
    assert len(set(sent)) == load.total
    assert load.total * 1.07 < len(sent) < load.total * 1.13
    assert min(len(value) for _, _, value in sent) >= 1_500
