"""`python -m bench.stored`: bytes on the disk an event, a person and a webinar, in Kafka and ClickHouse, merged.

Writes bench/results/stored.json, which bench/scale.py reads.
"""

import asyncio
import json
import os
import sys
from contextlib import closing
from pathlib import Path

from clickhouse_connect.driver.client import Client
from kafka import KafkaAdminClient
from rich.console import Console

from bench.contender import OURS
from bench.load import Load
from bench.rounds import publish, take
from bench.stack import stack
from clickhouse.client import connect
from contract.topics import EVENT_TOPICS
from funnel.topics.listing import listed
from process.kafka import reach
from streams.jobs.ended_timelines import write_timelines
from streams.jobs.settled_counts import write_settled_counts
from streams.settings import Settings
from streams.store import Store

RESULTS = Path(__file__).parent / "results" / "stored.json"
LOAD = Load(events=200_000, persons=50_000, webinars=100, seed=1)
"""Four events a person, 500 persons a webinar."""
_OF_EVENTS, _OF_PERSONS = ("events", "event_minutes"), ("persons", "person_registrations", "current_people")


def main() -> int:
    """Runs it; returns the exit status."""
    console = Console(stderr=True)
    with stack(console, cached_persons=LOAD.persons) as config:
        asyncio.run(publish(config, LOAD.sent()))
        take(OURS, config, LOAD.total, 0)
        asyncio.run(_settle(config))
        with closing(connect(config, user="migrator")) as client:
            tables = sizes(client)
        kafka = in_kafka(config)
    results = {
        "machine": {"cores": os.cpu_count()},
        "load": LOAD._asdict(),
        "kafka_bytes_per_event": round(kafka / LOAD.total, 1),
        "log_bytes_per_event": round(sum(tables.get(name, 0) for name in _OF_EVENTS) / LOAD.total, 1),
        "person_bytes": round(sum(tables.get(name, 0) for name in _OF_PERSONS) / LOAD.persons, 1),
        "webinar_bytes": round(
            sum(size for name, size in tables.items() if name not in _OF_EVENTS + _OF_PERSONS) / LOAD.webinars
        ),
        "tables": tables,
    }
    RESULTS.write_text(json.dumps(results, indent=2) + "\n")
    console.print_json(data=results)
    return 0


async def _settle(config: Settings) -> None:
    store = Store(config)
    await write_settled_counts(store, 0)
    await write_timelines(store, 0)


def sizes(client: Client) -> dict[str, int]:
    """Bytes of each table that has any, once its parts are merged."""
    parts = "FROM system.parts WHERE active AND database = currentDatabase()"
    for table in client.query(f"SELECT DISTINCT table {parts}").result_columns[0]:
        client.command(f"OPTIMIZE TABLE `{table}` FINAL")
    rows = client.query(f"SELECT table, sum(bytes_on_disk) {parts} GROUP BY table ORDER BY table").result_rows
    return {str(table): int(size) for table, size in rows}


def in_kafka(config: Settings) -> int:
    """Bytes of one copy of the topics of events."""
    names = {topic.name for topic in EVENT_TOPICS}
    with closing(KafkaAdminClient(**reach(config))) as admin:
        return sum(one.bytes for one in listed(admin) if one.name in names)


if __name__ == "__main__":
    sys.exit(main())
