"""The sizing of docs/scale.md: its formula, and its table against the results of the benches."""

import json

import pytest

from bench.scale import BEGIN, EVENTS_EACH, MERGING, PAGE, RESULTS, Costs, costs, need, table

PLAIN = Costs(100, 200, 200, 300, 50, 200, 1000, 500)
"""Round figures."""


def test_what_a_month_needs() -> None:
    one = need(PLAIN, webinars=300, people=1000, months=2, kafka_days=30)
    assert one.events_a_day == 40_000
    assert one.peak == pytest.approx(40_000 / 4 / 3600)
    assert one.cores == pytest.approx(one.peak * 500 / 1e6 * 2)
    assert (one.workers, one.memory_mb) == (1, 500)
    assert one.kafka == 1_200_000 * 300
    assert one.log == 2_400_000 * 50
    assert one.clickhouse == MERGING * (2_400_000 * 50 + 600_000 * 200 + 600 * 1000)


def test_kafka_without_an_end_grows_with_the_months_and_a_short_life_needs_less() -> None:
    assert need(PLAIN, 300, 1000, 12, 0).kafka == 12 * need(PLAIN, 300, 1000, 1, 0).kafka
    assert need(PLAIN, 300, 1000, 0.5).kafka == need(PLAIN, 300, 1000, 0.5, 0).kafka


def test_a_worker_more_is_needed_only_where_one_is_half_busy() -> None:
    assert [need(PLAIN, webinars, 1000).workers for webinars in (1, 30_000, 540_000, 600_000)] == [1, 1, 1, 2]


def test_the_costs_are_those_measured_and_the_load_is_the_same() -> None:
    found = costs()
    assert min(found) > 0
    stored = json.loads((RESULTS / "stored.json").read_text())["load"]
    assert stored["events"] / stored["persons"] == EVENTS_EACH
    assert (
        found.worker_us
        >= json.loads((RESULTS / "bench.json").read_text())["contenders"]["our worker"]["cpu_us_per_event"]
    )


def test_the_table_of_the_page_is_that_of_the_results() -> None:
    """Else: python -m bench.scale --write."""
    assert BEGIN + table(costs()) in PAGE.read_text()
