"""`make bench`: what one worker does on this machine, beside a stock Faust agent in the same rounds.

Figures depend on the machine and on what else it does; the ratio is the claim, and the gate. Writes
bench/results/bench.json; exits 1 when a gate is missed. Other peers: `python -m bench.peers`.
"""

import argparse
import asyncio
import json
import os
import platform
import sys
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from bench.contender import OURS, STOCK, cpu_seconds, running
from bench.latency import latencies
from bench.load import Load, repeated_and_long
from bench.rounds import in_turns, measured, publish, summary
from bench.stack import clickhouse_process, emptied, stack
from streams.settings import Settings

GATE_RATIO = 5.0
GATES_MS = {1_000: {"p50": 100, "p99": 300}, 5_000: {"p50": 150, "p99": 600}}
"""Events a second -> produce to visible row, on a machine that does nothing else."""
GATE_MB = 450
WIDTH = 130
RESULTS = Path(__file__).parent / "results" / "bench.json"
PUBLISHED = (0.1, 1_500)
"""The shape of the only published load test of the field: 10 % repeated, 1.5 KB an event (docs/benchmarks.md)."""


def main() -> int:
    """Runs everything; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=600_000, help="events of the long run (default %(default)s)")
    parser.add_argument("--persons", type=int, default=300_000, help="persons among them (default %(default)s)")
    parser.add_argument("--peer-events", type=int, default=100_000, help="for both contenders (default %(default)s)")
    parser.add_argument("--rounds", type=int, default=5, help="of each contender (default %(default)s)")
    parser.add_argument("--seconds", type=int, default=30, help="of each run of latency (default %(default)s)")
    options = parser.parse_args()
    console = Console(stderr=True)
    with stack(console, cached_persons=options.persons) as config:
        results = measure(config, options, console)
    show(results)
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(results, indent=2) + "\n")
    for missed in results["missed"]:
        console.print(f"missed: {missed}")
    return 1 if results["missed"] else 0


def measure(config: Settings, options: argparse.Namespace, console: Console) -> dict[str, Any]:
    """The peer and ours in turns; then ours alone with many persons, with long events, and at a steady rate."""
    load = Load(options.peer_events, options.peer_events // 2, 20, seed=1)
    contenders = summary(in_turns((OURS, STOCK), config, load, options.rounds, console))
    console.print(f"{options.events:,} events of {options.persons:,} persons")
    sent = load.total + asyncio.run(publish(config, Load(options.events, options.persons, 30, seed=2).sent()))
    emptied(config)
    own = config.model_copy(update={"consumer_group": "bench-alone"})
    with running(OURS, own, config.data_dir / "alone.log") as worker:
        many = measured(worker, own, sent, 0.0)
        latency = {}
        for rate in GATES_MS:
            console.print(f"{rate:,} events/s for {options.seconds} s")
            latency[str(rate)] = latencies(own, options.seconds, rate, seed=rate)
    results = {
        "machine": {"cores": os.cpu_count(), "python": platform.python_version(), "load": os.getloadavg()[0]},
        "contenders": contenders,
        "many_persons": {key: getattr(many, key) for key in ("seconds", "events_per_second", "cpu_us", "peak_mb")},
        "latency_ms": latency,
        "published_shape": published_shape(options.peer_events, console),
    }
    return results | {"missed": missed(results)}


def published_shape(count: int, console: Console) -> dict[str, float]:
    """One worker on long events, a tenth of them repeated, on a Kafka that holds nothing else."""
    with stack(console) as other:
        repeated, size = PUBLISHED
        sent = asyncio.run(publish(other, repeated_and_long(Load(count, count // 2, 20, seed=4), repeated, size)))
        server = clickhouse_process(other)
        with running(OURS, other, other.data_dir / "long.log") as worker:
            turn = measured(worker, other, sent, cpu_seconds(server))
    return {"events": sent, "events_per_second": turn.events_per_second, "cpu_us": turn.cpu_us}


def missed(results: dict[str, Any]) -> list[str]:
    """The gates that were missed, a line each."""
    stock = results["contenders"][STOCK.name]
    found = [] if stock["equal_rows"] else ["the stock agent's rows differ from ours"]
    for key, what in (("ours_is_faster_by", "speed"), ("ours_needs_less_cpu_by", "CPU")):
        if stock[key] < GATE_RATIO:
            found.append(f"{what}: {stock[key]} times the stock agent, not {GATE_RATIO:g}")
    for rate, gates in GATES_MS.items():
        at_rate = results["latency_ms"][str(rate)]
        found += [
            f"at {rate:,}/s {cut} {at_rate[cut]} ms, not {most}" for cut, most in gates.items() if at_rate[cut] > most
        ]
    if results["many_persons"]["peak_mb"] > GATE_MB:
        found.append(f"peak memory {results['many_persons']['peak_mb']} MB, not {GATE_MB}")
    return found


def show(results: dict[str, Any]) -> None:
    """The results as tables."""
    Console(width=WIDTH).print(contenders_table(results["contenders"]))
    many, shape = results["many_persons"], results["published_shape"]
    table = Table("alone", "events/s", "CPU us/event", "peak MB")
    table.add_row(
        "many persons", f"{many['events_per_second']:,}", str(many["cpu_us"]), f"{many['peak_mb']} (gate {GATE_MB})"
    )
    table.add_row("10 % repeated, 1.5 KB", f"{shape['events_per_second']:,}", str(shape["cpu_us"]), "")
    Console(width=WIDTH).print(table)
    table = Table("produce to visible row, ms", "p50", "p95", "p99", "gates")
    for rate, found in results["latency_ms"].items():
        gates = ", ".join(f"{cut} {most}" for cut, most in GATES_MS[int(rate)].items())
        table.add_row(f"{int(rate):,} events/s", *(str(found[cut]) for cut in ("p50", "p95", "p99")), gates)
    Console(width=WIDTH).print(table)


def contenders_table(contenders: dict[str, dict[str, Any]]) -> Table:
    """Medians, spread and ratios of all contenders; no figure of one whose rows differ."""
    table = Table("contender", "events/s", "spread", "CPU us/event, own + ClickHouse", "peak MB", "ours: speed", "CPU")
    for name, one in contenders.items():
        if not one["equal_rows"]:
            table.add_row(name, "its rows differ: it has no result")
            continue
        low, high = one["spread"]
        table.add_row(
            name,
            f"{one['events_per_second']:,.0f}",
            f"{low:,.0f} to {high:,.0f}",
            f"{one['cpu_us_per_event']} + {one['clickhouse_cpu_us_per_event']}",
            str(one["peak_mb"]),
            f"{one['ours_is_faster_by']} x",
            f"{one['ours_needs_less_cpu_by']} x",
        )
    return table


if __name__ == "__main__":
    sys.exit(main())
