"""`python -m bench.plateau`: an hour of new people in new webinars: memory, lag and parts must not grow.

Writes bench/results/plateau.json, a line a minute; exits 1 if a process holds over 5 % more memory in the last quarter
than in the one before, or if lag or parts grow. Memory of a worker: its cached persons (FUNNEL_CACHED_PERSONS).
"""

import argparse
import asyncio
import json
import multiprocessing
import statistics
import sys
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil
from aiokafka import AIOKafkaProducer
from clickhouse_connect.driver.client import Client
from rich.console import Console
from rich.table import Table

from bench.contender import OURS, running
from bench.load import Load
from bench.stack import clickhouse_process, stack
from clickhouse.client import connect
from process.kafka import reach
from streams.lag import asking, behind, committed, ends
from streams.settings import Settings

MOST_GROWTH = 1.05
MOST_LAG_SECONDS = 5.0
RESULTS = Path(__file__).parent / "results" / "plateau.json"
_WEBINARS, _EVENTS_A_PERSON = 3, 3
_SENT_TOGETHER = 50


@dataclass(frozen=True, slots=True)
class Minute:
    """What was found at its end."""

    minute: int
    worker_mb: float
    clickhouse_mb: float
    lag: int
    """Records published and not committed."""
    parts: int
    """Active ones, of all tables."""
    persons: int
    """Rows of persons; until they are merged, some stand twice."""


def main() -> int:
    """Runs it; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=int, default=60, help="how long (default %(default)s)")
    parser.add_argument("--rate", type=int, default=2_000, help="events a second (default %(default)s)")
    options = parser.parse_args()
    console = Console(stderr=True)
    with stack(console) as config, running(OURS, config, config.data_dir / "worker.log") as worker:
        sender = multiprocessing.get_context("spawn").Process(
            target=_send, args=(config, options.minutes, options.rate), daemon=True
        )
        sender.start()
        found = [_minute(config, worker.process, number, console) for number in range(1, options.minutes + 1)]
        worker.require_alive()
        sender.terminate()
    _show(found)
    missed = judged(found, options.rate)
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps({"rate": options.rate, "minutes": [asdict(one) for one in found]}, indent=2) + "\n")
    for line in missed:
        console.print(f"missed: {line}")
    return 1 if missed else 0


def judged(found: Sequence[Minute], rate: int) -> list[str]:
    """What still grows in the last quarter of the time."""
    quarter = max(1, len(found) // 4)
    before, last = found[-2 * quarter : -quarter], found[-quarter:]
    missed = []
    for name in ("worker_mb", "clickhouse_mb", "parts"):
        was, now = (statistics.median(getattr(one, name) for one in some) for some in (before, last))
        if now > MOST_GROWTH * was:
            missed.append(f"{name} grew from {was:,.0f} to {now:,.0f}")
    if (lag := statistics.median(one.lag for one in last)) > MOST_LAG_SECONDS * rate:
        missed.append(f"the worker is {lag:,.0f} records behind")
    return missed


def _minute(config: Settings, worker: psutil.Process, number: int, console: Console) -> Minute:
    time.sleep(60)
    with closing(connect(config, user="migrator")) as client, asking(config) as admin:
        one = Minute(
            number,
            worker.memory_info().rss / 1e6,
            clickhouse_process(config).memory_info().rss / 1e6,
            behind(ends(admin), committed(admin, config.consumer_group)).records,
            _number(client, "SELECT count() FROM system.parts WHERE active AND database = currentDatabase()"),
            _number(client, "SELECT count() FROM persons"),
        )
    console.print(str(one))
    return one


def _number(client: Client, query: str) -> int:
    return int(str(client.command(query)))


def _send(config: Settings, minutes: int, rate: int) -> None:
    async def send() -> None:
        producer = AIOKafkaProducer(**reach(config))
        await producer.start()
        began, sent = time.monotonic(), 0
        for minute in range(minutes + 1):
            for topic, key, value in Load(60 * rate, 60 * rate // _EVENTS_A_PERSON, _WEBINARS, seed=minute).sent():
                await producer.send(topic, value, key)
                sent += 1
                if sent % _SENT_TOGETHER == 0:
                    await asyncio.sleep(max(0.0, began + sent / rate - time.monotonic()))
        await producer.stop()

    asyncio.run(send())


def _show(found: Sequence[Minute]) -> None:
    table = Table("minute", "worker MB", "ClickHouse MB", "lag", "parts", "persons")
    for one in found[4::5]:
        table.add_row(
            *(f"{one.minute}", f"{one.worker_mb:,.0f}", f"{one.clickhouse_mb:,.0f}"),
            *(f"{number:,}" for number in (one.lag, one.parts, one.persons)),
        )
    Console().print(table)


if __name__ == "__main__":
    sys.exit(main())
