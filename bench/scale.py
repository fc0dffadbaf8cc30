"""`python -m bench.scale`: what so many webinars a month with so many people need, by what the benches measured.

python -m bench.scale --webinars 300 --people 500 --months 12
python -m bench.scale --write        # the table of docs/scale.md
"""

import argparse
import json
import sys
from math import ceil
from pathlib import Path
from typing import Any, NamedTuple

RESULTS = Path(__file__).parent / "results"
PAGE = Path(__file__).parents[1] / "docs/scale.md"
BEGIN, END = "<!-- python -m bench.scale --write -->\n", "<!-- end -->"
DAYS = (1, 10, 100, 1_000, 10_000)
"""Webinars a day of the table."""
EVENTS_EACH = 4
"""Of a person: a registration, a join, a leave, a sign of life; of stored.json's load, too."""
BUSIEST = 0.25
"""The share of a day's events that comes in its busiest hour."""
USED = 0.5
"""The share of a core that may be used at that time: the rest is for catching up, and for viewers."""
MERGING = 1.5
"""ClickHouse writes a part anew while the old ones are still there."""
KAFKA_DAYS = 30
_MONTH, _HOUR = 30, 3_600


class Costs(NamedTuple):
    """What was measured. CPU in microseconds, sizes in bytes, memory in MB."""

    worker_us: float
    clickhouse_us: float
    webhook_us: float
    kafka_bytes: float
    log_bytes: float
    person_bytes: float
    webinar_bytes: float
    worker_mb: float


class Need(NamedTuple):
    """What it takes. Disk in bytes, of one copy."""

    events_a_day: int
    peak: float
    """Events a second in the busiest hour."""
    workers: int
    cores: float
    """Of workers, webhook servers and ClickHouse."""
    memory_mb: int
    """Of the workers, with a full memory of persons each."""
    kafka: int
    log: int
    clickhouse: int
    """All tables, the raw log among them."""


def costs(results: Path = RESULTS) -> Costs:
    """From the results of the benches; of several figures the highest."""
    bench, growth, stored, webhooks = (
        json.loads((results / f"{name}.json").read_text()) for name in ("bench", "growth", "stored", "webhooks")
    )
    ours = bench["contenders"]["our worker"]
    beside: list[dict[str, Any]] = [*growth["stored"].values()]
    return Costs(
        worker_us=max(ours["cpu_us_per_event"], *(one["cpu_us"] for one in beside)),
        clickhouse_us=max(ours["clickhouse_cpu_us_per_event"], *(one["clickhouse_cpu_us"] for one in beside)),
        webhook_us=webhooks["cpu_us_per_webhook"],
        kafka_bytes=stored["kafka_bytes_per_event"],
        log_bytes=stored["log_bytes_per_event"],
        person_bytes=stored["person_bytes"],
        webinar_bytes=stored["webinar_bytes"],
        worker_mb=bench["many_persons"]["peak_mb"],
    )


def need(cost: Costs, webinars: float, people: int, months: float = 12, kafka_days: int = KAFKA_DAYS) -> Need:
    """For so many webinars a month with so many registrants each, after so many months. Pure.

    `kafka_days`: FUNNEL_KAFKA_RETENTION_DAYS; 0: forever.
    """
    persons = webinars * people
    events = persons * EVENTS_EACH
    a_day = events / _MONTH
    peak = a_day * BUSIEST / _HOUR
    workers = max(1, ceil(peak * cost.worker_us / 1e6 / USED))
    cores = peak * (cost.worker_us + cost.clickhouse_us + cost.webhook_us) / 1e6 / USED
    kept = months * _MONTH if kafka_days == 0 else min(kafka_days, months * _MONTH)
    log = events * months * cost.log_bytes
    tables = log + months * (persons * cost.person_bytes + webinars * cost.webinar_bytes)
    return Need(
        events_a_day=round(a_day),
        peak=peak,
        workers=workers,
        cores=cores,
        memory_mb=round(workers * cost.worker_mb),
        kafka=round(a_day * kept * cost.kafka_bytes),
        log=round(log),
        clickhouse=round(tables * MERGING),
    )


def table(cost: Costs, people: int = 500, months: float = 12) -> str:
    """The table of the page."""
    head = (
        "| webinars a day | events a day | events/s, busiest hour | workers | cores | memory of the workers "
        "| Kafka, 30 days | Kafka, forever | event log | ClickHouse |\n|" + "---:|" * 10 + "\n"
    )
    return head + "".join(_row(cost, a_day, people, months) for a_day in DAYS)


def _row(cost: Costs, a_day: int, people: int, months: float) -> str:
    one = need(cost, a_day * _MONTH, people, months)
    ever = need(cost, a_day * _MONTH, people, months, 0).kafka
    cells = [
        f"{a_day:,}",
        f"{one.events_a_day:,}",
        f"{one.peak:,.1f}",
        str(one.workers),
        f"{one.cores:,.2f}",
        f"{one.memory_mb / 1000:,.1f} GB",
        *(f"{size / 1e9:,.1f} GB" for size in (one.kafka, ever, one.log, one.clickhouse)),
    ]
    return f"| {' | '.join(cells)} |\n"


def main() -> int:
    """Prints one need, or writes the table; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--webinars", type=float, default=300, help="a month (default %(default)s)")
    parser.add_argument("--people", type=int, default=500, help="registrants of each (default %(default)s)")
    parser.add_argument("--months", type=float, default=12, help="that have passed (default %(default)s)")
    parser.add_argument("--kafka-days", type=int, default=KAFKA_DAYS, help="0: forever (default %(default)s)")
    parser.add_argument("--write", action="store_true", help="the table of docs/scale.md")
    options = parser.parse_args()
    if options.write:
        before, rest = PAGE.read_text().split(BEGIN)
        PAGE.write_text(before + BEGIN + table(costs()) + END + rest.partition(END)[2])
        return 0
    for name, value in (
        need(costs(), options.webinars, options.people, options.months, options.kafka_days)._asdict().items()
    ):
        print(f"{name:14} {value:,.2f}" if isinstance(value, float) else f"{name:14} {value:,}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
