"""`python -m bench.viewers`: the effect of twenty viewers of Live on the latency of ingestion.

Fills a database with years of data, starts a worker, and measures from produce to visible row at 1,000 events/s:
first without viewers, then with viewers whose pages query every panel of Live every 10 s. Writes
bench/results/viewers.json; exits 1 if the latency's p95 misses its target, or more than doubles and grows by over
100 ms. Figures depend on the machine and its other load.
"""

import argparse
import json
import os
import statistics
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

import httpx
from rich.console import Console
from rich.table import Table

from bench.contender import OURS, running
from bench.fill import Size, fill
from bench.latency import latencies
from bench.stack import SERVERS, stack
from clickhouse.client import connect
from contract.instants import HOUR
from grafana.base import Json
from grafana.build import rendered
from grafana.variables import opened_with
from streams.settings import Settings

REFRESH_SECONDS = 10.0
TARGET_P95_MS = 1_000.0
RESULTS = Path(__file__).parent / "results" / "viewers.json"


def main() -> int:
    """Fills, measures twice, prints; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--viewers", type=int, default=20)
    parser.add_argument("--seconds", type=int, default=60, help="of each of the two runs (default %(default)s)")
    parser.add_argument("--webinars", type=int, default=5_000)
    parser.add_argument("--persons", type=int, default=10_000_000)
    options = parser.parse_args()
    with stack(Console(stderr=True), (*SERVERS, "dashboards")) as config:
        results = _measure(config, options)
    _show(results)
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(results, indent=2) + "\n")
    alone, watched = results["alone"]["p95"], results["watched"]["p95"]
    return 1 if watched > TARGET_P95_MS or watched > max(2 * alone, alone + 100) else 0


def _measure(config: Settings, options: argparse.Namespace) -> dict[str, dict[str, float]]:
    fill(connect(config, user="migrator"), config, Size(options.webinars, options.persons, int(time.time() * 1000)))
    with running(OURS, config, config.data_dir / "worker.log"):
        alone = latencies(config, options.seconds)
        waits: list[float] = []
        with _viewers(config, options.viewers, waits):
            watched = latencies(config, options.seconds, seed=5)
    if not waits:
        raise SystemExit("no viewer's page was answered: look at the server's log")
    cuts = statistics.quantiles(waits, n=20, method="inclusive")
    page = {"pages": float(len(waits)), "p50": round(cuts[9], 1), "p95": round(cuts[-1], 1)}
    return {"machine": {"cores": float(os.cpu_count() or 0)}, "alone": alone, "watched": watched, "page": page}


@contextmanager
def _viewers(config: Settings, count: int, waits: list[float]) -> Iterator[None]:
    """Viewers in threads, spread over the interval; `waits` gets the ms until a whole page was answered."""
    stop = Event()
    threads = [
        Thread(target=_view, args=(config, number * REFRESH_SECONDS / count, stop, waits)) for number in range(count)
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def _view(config: Settings, first: float, stop: Event, waits: list[float]) -> None:
    """One page: like a browser it queries the moment, then all panels; again one interval after it began."""
    page: Json = json.loads(rendered()["webinars/on-now.json"])
    panels = [str(one["id"]) for one in page["panels"] if any("rawSql" in target for target in one.get("targets", []))]
    address = f"http://127.0.0.1:{config.dashboards_port}/api/query"
    with httpx.Client(timeout=60) as http, ThreadPoolExecutor(len(panels)) as pool:

        def ask(kind: str, name: str, variables: dict[str, list[str]], now: int) -> list[list[str]]:
            question = {"dashboard": "on-now", "kind": kind, "name": name, "variables": variables}
            answer = http.post(address, json=question | {"begin": now - 3 * HOUR, "end": now}).raise_for_status()
            values: list[list[str]] = answer.json()["data"]["values"]
            return values

        wait = first
        while not stop.wait(wait):
            now, began = int(time.time() * 1000), time.perf_counter()
            variables = opened_with(page) | {"at": ask("variable", "at", {}, now)[0]}
            variables["as_of"] = ask("variable", "as_of", variables, now)[0]
            list(pool.map(lambda panel, asked=variables, at=now: ask("panel", panel, asked, at), panels))
            waits.append((time.perf_counter() - began) * 1000)
            wait = max(0.0, REFRESH_SECONDS - waits[-1] / 1000)


def _show(results: dict[str, dict[str, float]]) -> None:
    drawn = Table("ms", "p50", "p95", "p99")
    for name, label in (("alone", "produce to visible row, nobody looks"), ("watched", "the same, watched")):
        drawn.add_row(label, *(str(results[name][key]) for key in ("p50", "p95", "p99")))
    page = results["page"]
    drawn.add_row(f"all panels of Live ({page['pages']:.0f} pages)", str(page["p50"]), str(page["p95"]), "")
    Console().print(drawn)


if __name__ == "__main__":
    sys.exit(main())
