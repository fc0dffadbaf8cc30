"""`python -m bench.workers`: 1, 2 and 4 workers on topics of 1, 4 and 16 partitions, and what limits them.

Writes bench/results/workers.json, and with --write the table of docs/scale.md. The workers share this machine with
Kafka and ClickHouse.
"""

import argparse
import asyncio
import json
import os
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from pathlib import Path
from typing import NamedTuple

import psutil
from rich.console import Console

from bench.contender import OURS, cpu_seconds, running
from bench.load import Load
from bench.rounds import publish, reached
from bench.stack import emptied, stack
from clickhouse.client import connect
from funnel.stack.commands import child_pid
from streams.settings import Settings

PARTITIONS = (1, 4, 16)
WORKERS = (1, 2, 4)
RESULTS = Path(__file__).parent / "results" / "workers.json"
PAGE = Path(__file__).parents[1] / "docs/scale.md"
BEGIN, END = "<!-- python -m bench.workers --write -->\n", "<!-- end of workers -->"
_WEBINARS = 200
"""Enough for every partition to have about as many."""
_BUSY = 0.9
"""The share of a core, or of all, from which it is what limits."""


class Run(NamedTuple):
    """So many workers of one group, from the moment when all of them are ready. CPU in cores."""

    partitions: int
    workers: int
    events_per_second: int
    workers_cpu: float
    busiest_cpu: float
    """Of the busiest worker."""
    clickhouse_cpu: float
    kafka_cpu: float

    @property
    def cpu(self) -> float:
        """Of all of them."""
        return self.workers_cpu + self.clickhouse_cpu + self.kafka_cpu


def main() -> int:
    """Runs everything; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=400_000, help="of each run (default %(default)s)")
    parser.add_argument("--partitions", type=int, nargs="+", default=PARTITIONS, help="default: 1 4 16")
    parser.add_argument("--write", action="store_true", help="the table of docs/scale.md, after the runs")
    parser.add_argument("--results", type=Path, default=RESULTS, help="default: %(default)s")
    options = parser.parse_args()
    console = Console(stderr=True)
    runs = [run for count in options.partitions for run in of_topics(count, options.events, console)]
    cores = os.cpu_count() or 1
    print(table(runs, cores))
    results = {"machine": {"cores": cores, "load": os.getloadavg()[0]}, "events": options.events}
    options.results.write_text(json.dumps({**results, "runs": [run._asdict() for run in runs]}, indent=2) + "\n")
    if options.write:
        before, rest = PAGE.read_text().split(BEGIN)
        PAGE.write_text(before + BEGIN + table(runs, cores) + END + rest.partition(END)[2])
    return 0


def of_topics(partitions: int, events: int, console: Console) -> list[Run]:
    """Every number of workers on topics of so many partitions."""
    load = Load(events, events // 2, _WEBINARS, seed=1)
    with stack(console, partitions=partitions, cached_persons=events) as config:
        console.print(f"{partitions} partitions: publishing {load.total:,} events")
        sent = asyncio.run(publish(config, load.sent()))
        return [of_workers(config, count, sent, console) for count in WORKERS]


def of_workers(config: Settings, count: int, sent: int, console: Console) -> Run:
    """One run, on empty tables, in a group that reads everything."""
    emptied(config)
    own = config.model_copy(update={"consumer_group": f"bench-{count}-workers"})
    logs = [config.data_dir / f"worker-{number}.log" for number in range(count)]
    servers = [psutil.Process(child_pid(config, name)) for name in ("clickhouse", "kafka")]
    with ExitStack() as entered, closing(connect(own, user="migrator")) as client, ThreadPoolExecutor(count) as pool:
        started = list(pool.map(lambda log: entered.enter_context(running(OURS, own, log)), logs))
        processes = [*servers, *(one.process for one in started)]
        # What the first ones have done while the others started does not count.
        before, began, used = reached(client), time.monotonic(), [cpu_seconds(one) for one in processes]
        while reached(client) < sent:
            for one in started:
                one.require_alive()
            time.sleep(0.05)
        seconds = time.monotonic() - began
        clickhouse, kafka, *own_cpu = (
            (cpu_seconds(one) - then) / seconds for one, then in zip(processes, used, strict=True)
        )
    run = Run(
        config.partitions,
        count,
        round((sent - before) / seconds),
        *(round(one, 2) for one in (sum(own_cpu), max(own_cpu), clickhouse, kafka)),
    )
    console.print(f"{count} workers: {run.events_per_second:,} events/s")
    return run


def limit(run: Run, cores: int) -> str:
    """What holds it up. Pure."""
    if run.cpu >= _BUSY * cores:
        return f"all {cores} cores are busy"
    if run.workers > run.partitions:
        return f"workers without a partition: {run.workers - run.partitions}"
    if run.busiest_cpu >= _BUSY:
        return "the core of a worker"
    return "waiting for ClickHouse and Kafka"


def table(runs: Sequence[Run], cores: int) -> str:
    """A line a run, each beside one worker on the same topics. Pure."""
    alone = {run.partitions: run.events_per_second for run in runs if run.workers == 1}
    head = (
        "| partitions | workers | events/s | beside one worker | cores of the workers | of ClickHouse | of Kafka "
        "| what limits it |\n|" + "---:|" * 7 + "---|\n"
    )
    return head + "".join(
        f"| {run.partitions} | {run.workers} | {run.events_per_second:,} "
        f"| {run.events_per_second / alone[run.partitions]:.2f} "
        f"| {run.workers_cpu:.2f} | {run.clickhouse_cpu:.2f} | {run.kafka_cpu:.2f} | {limit(run, cores)} |\n"
        for run in runs
    )


if __name__ == "__main__":
    sys.exit(main())
