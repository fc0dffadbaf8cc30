"""`make bench`: measures one worker on this machine, beside a stock Faust agent in the same run.

Figures depend on the machine and its other load; the ratio is the claim, and the gate. Writes bench/results/bench.json;
exits 1 if the gate is missed.
"""

import argparse
import asyncio
import json
import os
import platform
import statistics
import sys
import time
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

import psutil
from aiokafka import AIOKafkaProducer
from clickhouse_connect.driver.client import Client
from rich.console import Console
from rich.table import Table

from bench.load import events
from bench.stack import stack
from bench.worker import OURS, STOCK, Worker, running
from clickhouse.client import connect
from clickhouse.migrate import create_database, migrate
from streams.settings import Settings

GATE_RATIO = 4.0
TARGETS = {"events_per_second": 40_000, "latency_p95_ms": 1_000, "peak_mb": 500}
RESULTS = Path(__file__).parent / "results" / "bench.json"


def main() -> int:
    """Runs everything; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=600_000, help="events for the worker (default %(default)s)")
    parser.add_argument("--persons", type=int, default=300_000, help="persons among them (default %(default)s)")
    parser.add_argument("--stock-events", type=int, default=100_000, help="for the peer (default %(default)s)")
    parser.add_argument("--seconds", type=int, default=30, help="of the latency run (default %(default)s)")
    options = parser.parse_args()
    console = Console(stderr=True)
    with stack(console, cached_persons=options.persons) as config:
        results = measure(config, options, console)
    show(results)
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(results, indent=2) + "\n")
    return 0 if results["ratio"]["cpu"] >= GATE_RATIO and results["ratio"]["speed"] >= GATE_RATIO else 1


def measure(config: Settings, options: argparse.Namespace, console: Console) -> dict[str, Any]:
    """The peer first, then ours on the same Kafka and ClickHouse, each with its own group and database."""
    folder = config.data_dir
    console.print(f"publishing {options.stock_events:,} events")
    asyncio.run(publish(config, events(options.stock_events, options.stock_events // 2, 20, seed=1)))
    stock_config = config.model_copy(update={"clickhouse_database": "stock", "consumer_group": "stock"})
    migrate(create_database(stock_config), stock_config)
    console.print("the stock agent works on them")
    with running(STOCK, stock_config, folder / "stock.log") as worker:
        stock = throughput(worker, stock_config, options.stock_events)
    small_config = config.model_copy(update={"clickhouse_database": "same", "consumer_group": "same"})
    migrate(create_database(small_config), small_config)
    console.print("a worker works on the same")
    with running(OURS, small_config, folder / "same.log") as worker:
        same = throughput(worker, small_config, options.stock_events)
    console.print(f"publishing {options.events:,} events of {options.persons:,} persons")
    asyncio.run(publish(config, events(options.events, options.persons, 30, seed=2)))
    console.print("a worker works on all of them")
    with running(OURS, config, folder / "worker.log") as worker:
        ours = throughput(worker, config, options.stock_events + options.events)
        ours["peak_mb"] = round(worker.peak_mb)
        console.print(f"1,000 events/s for {options.seconds} s")
        latency = asyncio.run(latencies(config, options.seconds))
    return {
        "machine": {"cores": os.cpu_count(), "python": platform.python_version(), "load": os.getloadavg()[0]},
        "worker": ours,
        "worker_on_the_peers_events": same,
        "stock_faust_agent": stock,
        "ratio": {
            "speed": round(same["events_per_second"] / stock["events_per_second"], 1),
            "cpu": round(stock["cpu_us_per_event"] / same["cpu_us_per_event"], 1),
        },
        "latency_ms": latency,
        "targets": TARGETS,
        "gate_ratio": GATE_RATIO,
    }


async def publish(config: Settings, load: Iterable[tuple[str, bytes, bytes]]) -> None:
    """Publishes as fast as the broker accepts it."""
    producer = AIOKafkaProducer(bootstrap_servers=config.kafka_bootstrap, linger_ms=20, max_batch_size=262_144)
    await producer.start()
    try:
        for topic, key, value in load:
            await producer.send(topic, value, key)
    finally:
        await producer.stop()


def throughput(worker: Worker, config: Settings, count: int) -> dict[str, float]:
    """From the worker's readiness to the last event's row."""
    began, cpu = time.monotonic(), worker.cpu_seconds
    with closing(connect(config, user="migrator")) as client:
        while _rows(client) < count:
            if not worker.process.is_running() or worker.process.status() == psutil.STATUS_ZOMBIE:
                raise SystemExit(f"the worker ended: see {config.data_dir}")
            time.sleep(0.1)
    seconds = time.monotonic() - began
    return {
        "events": count,
        "seconds": round(seconds, 2),
        "events_per_second": round(count / seconds),
        "cpu_us_per_event": round((worker.cpu_seconds - cpu) / count * 1e6, 1),
    }


def _rows(client: Client) -> int:
    return int(str(client.command("SELECT count() FROM events")))


async def latencies(config: Settings, seconds: int, seed: int = 3) -> dict[str, float]:
    """Milliseconds from produce to visible row, of a probe every 100 ms among 1,000 events per second.

    A second run needs another seed: the same people already have rows.
    """
    producer = AIOKafkaProducer(bootstrap_servers=config.kafka_bootstrap)
    await producer.start()
    client = connect(config, user="reader")
    background = asyncio.create_task(_background(producer, seconds, seed + 1))
    taken = []
    try:
        for topic, key, value in events(seconds * 10, seconds * 10, 1, seed):
            began = time.monotonic()
            await producer.send_and_wait(topic, value, key)
            person = json.loads(value)["person_id"]
            await asyncio.to_thread(_wait_for, client, key.decode(), person)
            taken.append((time.monotonic() - began) * 1000)
            if background.done():
                break
            await asyncio.sleep(max(0.0, began + 0.1 - time.monotonic()))
        await background
    finally:
        await producer.stop()
    cuts = statistics.quantiles(taken, n=100)
    return {"probes": len(taken)} | {f"p{cut}": round(cuts[cut - 1], 1) for cut in (50, 95, 99)}


def _wait_for(client: Client, webinar_id: str, person_id: str) -> None:
    asked = "SELECT count() FROM persons WHERE webinar_id = {webinar:String} AND person_id = {person:String}"
    while not int(str(client.command(asked, parameters={"webinar": webinar_id, "person": person_id}))):
        time.sleep(0.005)


async def _background(producer: AIOKafkaProducer, seconds: int, seed: int) -> None:
    began = time.monotonic()
    for number, (topic, key, value) in enumerate(events(seconds * 1_000, seconds * 100, 5, seed)):
        await producer.send(topic, value, key)
        if number % 20 == 0:
            await asyncio.sleep(max(0.0, began + number / 1_000 - time.monotonic()))


def show(results: dict[str, Any]) -> None:
    """The results as a table."""
    ours, same, stock = results["worker"], results["worker_on_the_peers_events"], results["stock_faust_agent"]
    latency, ratio = results["latency_ms"], results["ratio"]
    table = Table("figure", "one worker", "the same events as the peer", "stock Faust agent", "ratio", "target")
    table.add_row(
        "events/s, topic to row",
        f"{ours['events_per_second']:,}",
        f"{same['events_per_second']:,}",
        f"{stock['events_per_second']:,}",
        f"{ratio['speed']} x (gate {GATE_RATIO:g} x)",
        f"{TARGETS['events_per_second']:,}",
    )
    table.add_row(
        "CPU us/event",
        f"{ours['cpu_us_per_event']}",
        f"{same['cpu_us_per_event']}",
        f"{stock['cpu_us_per_event']}",
        f"{ratio['cpu']} x (gate {GATE_RATIO:g} x)",
    )
    table.add_row("produce to visible, p50 / p95 / p99 ms", " / ".join(str(latency[p]) for p in ("p50", "p95", "p99")))
    table.add_row("peak memory, MB", f"{ours['peak_mb']:,}", "", "", "", f"{TARGETS['peak_mb']}")
    Console().print(table)


if __name__ == "__main__":
    sys.exit(main())
