"""`python -m bench.growth`: what an event costs beside 10,000 to 10,000,000 stored persons.

Writes bench/results/growth.json; exits 1 when an event's CPU differs by more than 20 % between the sizes.
"""

import argparse
import asyncio
import json
import os
import sys
import time
from contextlib import closing
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.contender import OURS
from bench.fill import Size, fill
from bench.load import Load
from bench.rounds import publish, take
from bench.stack import emptied, stack
from clickhouse.client import connect
from streams.settings import Settings

SIZES = (10_000, 100_000, 1_000_000, 10_000_000)
MOST_DIFFERENCE = 1.2
RESULTS = Path(__file__).parent / "results" / "growth.json"
_PERSONS_EACH = 2_000


def main() -> int:
    """Runs everything; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=200_000, help="of each size (default %(default)s)")
    parser.add_argument("--most", type=int, default=SIZES[-1], help="stored persons (default %(default)s)")
    parser.add_argument("--results", type=Path, default=RESULTS, help="default: %(default)s")
    options = parser.parse_args()
    console = Console(stderr=True)
    load = Load(options.events, options.events // 2, 20, seed=1)
    with stack(console, cached_persons=options.events) as config:
        asyncio.run(publish(config, load.sent()))
        stored = {size: cost(config, size, load, console) for size in SIZES if size <= options.most}
    _show(stored)
    results = {"machine": {"cores": os.cpu_count(), "load": os.getloadavg()[0]}, "stored": stored}
    options.results.write_text(json.dumps(results, indent=2) + "\n")
    costs = [one["cpu_us"] for one in stored.values()]
    return 1 if max(costs) > MOST_DIFFERENCE * min(costs) else 0


def cost(config: Settings, size: int, load: Load, console: Console) -> dict[str, float]:
    """CPU of an event, the worker's and ClickHouse's, beside so many stored persons."""
    emptied(config)
    console.print(f"filling in {size:,} persons")
    with closing(connect(config, user="migrator")) as client:
        fill(client, config, Size(max(20, size // _PERSONS_EACH), size, int(time.time() * 1000)))
    turn = take(OURS, config, load.total, size, empty=False)
    return {
        "events_per_second": turn.events_per_second,
        "cpu_us": turn.cpu_us,
        "clickhouse_cpu_us": turn.clickhouse_cpu_us,
        "peak_mb": turn.peak_mb,
    }


def _show(stored: dict[int, dict[str, float]]) -> None:
    table = Table("stored persons", "events/s", "CPU us/event", "of ClickHouse", "peak MB")
    for size, one in stored.items():
        table.add_row(
            f"{size:,}", *(f"{one[key]:,}" for key in ("events_per_second", "cpu_us", "clickhouse_cpu_us", "peak_mb"))
        )
    Console().print(table)


if __name__ == "__main__":
    sys.exit(main())
