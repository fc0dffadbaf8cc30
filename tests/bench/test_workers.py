"""What is said of several workers: the table, and what limits each line."""

import json

import pytest

from bench.workers import BEGIN, END, PAGE, RESULTS, Run, limit, table

WAITING = Run(4, 2, 4000, 0.8, 0.5, 0.3, 0.1)


@pytest.mark.parametrize(
    ("run", "said"),
    [
        (WAITING, "waiting for ClickHouse and Kafka"),
        (WAITING._replace(busiest_cpu=0.95), "the core of a worker"),
        (WAITING._replace(clickhouse_cpu=1.0), "all 2 cores are busy"),
        (WAITING._replace(partitions=1), "workers without a partition: 1"),
        (WAITING._replace(partitions=1, clickhouse_cpu=1.0), "all 2 cores are busy"),
    ],
)
def test_what_limits_a_run(run: Run, said: str) -> None:
    assert limit(run, cores=2) == said


def test_each_line_stands_beside_one_worker_on_the_same_topics() -> None:
    runs = [WAITING._replace(workers=1, events_per_second=2000), WAITING, WAITING._replace(partitions=16, workers=1)]
    head, _, *lines = table(runs, 2).splitlines()
    assert head.count("|") == 9
    assert [line.split(" | ")[3] for line in lines] == ["1.00", "2.00", "1.00"]


def test_the_table_of_the_page_is_that_of_the_results() -> None:
    """Else: python -m bench.workers --write."""
    wanted = ""
    if RESULTS.exists():
        found = json.loads(RESULTS.read_text())
        wanted = table([Run(**run) for run in found["runs"]], found["machine"]["cores"])
    assert BEGIN + wanted + END in PAGE.read_text()
