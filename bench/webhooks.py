"""`python -m bench.webhooks`: signed webhooks per second of one server process, their latency, and mapping alone.

A real Kafka, a server process, and a load generator with 256 keep-alive connections in this process, paced at the
target. Writes bench/results/webhooks.json. Figures depend on the machine and its other load.
"""

import argparse
import asyncio
import hmac
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson
import psutil
from rich.console import Console
from rich.table import Table

from bench.webhook_service import SECRET, map_payload
from connectors.mapped import Context
from funnel.stack.child import Plan
from funnel.stack.commands import down, up_plan
from funnel.stack.plan import stack_plan
from funnel.stack.ports import free_port
from streams.settings import Settings

TARGETS = {"webhooks_per_second": 2_000, "p99_ms": 1_000, "mapped_per_second": 20_000}
RESULTS = Path(__file__).parent / "results" / "webhooks.json"
HASH_SECRET = "0123456789abcdef"


def main() -> int:
    """Runs everything; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=int, default=2_000, help="webhooks a second (default %(default)s)")
    parser.add_argument("--seconds", type=int, default=30, help="of load (default %(default)s)")
    parser.add_argument("--connections", type=int, default=256, help="kept alive (default %(default)s)")
    options = parser.parse_args()
    console = Console(stderr=True)
    with tempfile.TemporaryDirectory(prefix="funnel-bench-") as folder:
        config = Settings(_env_file=None, data_dir=Path(folder), kafka_bootstrap=f"127.0.0.1:{free_port()}")
        wanted = [child for child in stack_plan(config, workers=0).children if child.name in ("kafka", "topics")]
        with console.status("starting Kafka") as progress:
            up_plan(config, Plan(children=tuple(wanted)), progress)
        try:
            results = measure(config, options, console)
        finally:
            down(config)
    show(results)
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(results, indent=2) + "\n")
    met = results["webhooks_per_second"] >= 0.95 * options.rate and results["latency_ms"]["p99"] < TARGETS["p99_ms"]
    return 0 if met else 1


def measure(config: Settings, options: argparse.Namespace, console: Console) -> dict[str, Any]:
    """Measures mapping alone, then the server under load."""
    mapped = mapping_speed()
    with server(config) as (process, port):
        asyncio.run(load(port, options.rate, 3, options.connections))
        before = process.memory_info().rss
        cpu = process.cpu_times()
        console.print(f"{options.rate:,} webhooks/s for {options.seconds} s")
        taken, statuses, seconds = asyncio.run(load(port, options.rate, options.seconds, options.connections))
        after, used = process.memory_info().rss, process.cpu_times()
    cuts = statistics.quantiles(taken, n=100)
    return {
        "machine": {"cores": os.cpu_count(), "python": platform.python_version(), "load": os.getloadavg()[0]},
        "webhooks_per_second": round(len(taken) / seconds),
        "latency_ms": {f"p{cut}": round(cuts[cut - 1] * 1000, 1) for cut in (50, 95, 99)}
        | {"max": round(max(taken) * 1000, 1)},
        "statuses": dict(statuses),
        "cpu_us_per_webhook": round((used.user + used.system - cpu.user - cpu.system) / len(taken) * 1e6),
        "memory_mb": {"before": round(before / 2**20), "after": round(after / 2**20)},
        "mapped_per_second": mapped,
        "targets": TARGETS,
    }


def mapping_speed(count: int = 20_000) -> int:
    """Payloads per second, from bytes to events, on one core."""
    context = Context(HASH_SECRET, time.time_ns() // 1_000_000)
    payloads = [payload(number) for number in range(count)]
    began = time.perf_counter()
    for one in payloads:
        map_payload(one, context)
    return round(count / (time.perf_counter() - began))


@contextmanager
def server(config: Settings) -> Iterator[tuple[psutil.Process, int]]:
    """The server process and its port."""
    environment = os.environ | {
        "FUNNEL_HASH_SECRET": HASH_SECRET,
        "FUNNEL_KAFKA_BOOTSTRAP": config.kafka_bootstrap,
        "FUNNEL_DATA_DIR": str(config.data_dir / "server"),
        "FUNNEL_BUSINESS_DIR": str(config.data_dir),
        "FUNNEL_WEBHOOK_PORT": "0",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.webhook_service"], env=environment, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        yield psutil.Process(process.pid), int(process.stdout.readline().rpartition(":")[2])
    finally:
        process.terminate()
        process.wait(20)


async def load(port: int, rate: int, seconds: int, connections: int) -> tuple[list[float], Counter[int], float]:
    """(seconds of each from its due time, statuses, seconds in total). Due times do not wait for responses."""
    began = time.monotonic() + 0.2
    run = f"{began:f}"
    numbers = iter(range(rate * seconds))
    taken: list[float] = []
    statuses: Counter[int] = Counter()

    async def connection() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for number in numbers:
            due = began + number / rate
            if (early := due - time.monotonic()) > 0:
                await asyncio.sleep(early)
            writer.write(request(payload(number, run)))
            head = await reader.readuntil(b"\r\n\r\n")
            await reader.readexactly(int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0]))
            statuses[int(head[9:12])] += 1
            taken.append(time.monotonic() - due)
        writer.close()

    await asyncio.gather(*(connection() for _ in range(connections)))
    return taken, statuses, time.monotonic() - began


def request(body: bytes) -> bytes:
    """One signed POST."""
    signature = hmac.digest(SECRET, body, "sha256").hex()
    return (
        f"POST /webhooks/bench HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"X-Signature: {signature}\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode() + body


def payload(number: int, run: str = "") -> bytes:
    """A join, as long and as deep as real payloads."""
    participant = {
        "user_id": f"{number}",
        "user_name": "Ann Example",
        "email": f"ann{number % 5_000}@example.com",
        "registrant_id": f"r{number % 5_000}",
        "participant_uuid": f"{number:032x}",
        "join_time": "2026-11-22T18:00:07Z",
    }
    webinar = {"id": f"9151{number % 20}", "uuid": "kQ3xT==", "topic": "Data careers", "participant": participant}
    return orjson.dumps({"event": "joined", "event_ts": number, "run": run, "payload": {"object": webinar}})


def show(results: dict[str, Any]) -> None:
    """The results as a table."""
    latency, memory = results["latency_ms"], results["memory_mb"]
    table = Table("figure", "one server process", "target")
    table.add_row("webhooks/s", f"{results['webhooks_per_second']:,}", f"{TARGETS['webhooks_per_second']:,}")
    table.add_row("p50 / p95 / p99 / max, ms", " / ".join(map(str, latency.values())), f"p99 < {TARGETS['p99_ms']:,}")
    table.add_row("statuses", ", ".join(f"{status}: {count:,}" for status, count in results["statuses"].items()))
    table.add_row("CPU us/webhook", f"{results['cpu_us_per_webhook']:,}")
    table.add_row("memory before / after, MB", f"{memory['before']} / {memory['after']}", "flat")
    table.add_row("payloads mapped/s", f"{results['mapped_per_second']:,}", f"{TARGETS['mapped_per_second']:,}")
    Console().print(table)


if __name__ == "__main__":
    sys.exit(main())
