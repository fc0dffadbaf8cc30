"""Runs in a copy of the project that counts in other buckets (test_choice.py): `python -m tests.contract.choice
DATABASE PORT`. Prints what it saw as JSON.
"""

import asyncio
import json
import sys
from contextlib import redirect_stdout
from datetime import date
from io import StringIO
from typing import Any

from clickhouse_connect.driver.client import Client

from alerts.detection.measurements import METRICS, Counts
from alerts.detection.sentence import CAME, CONVERSION
from alerts.detection.settings import DropSettings
from alerts.digest_words import Over, daily
from alerts.evidence import Final
from alerts.read import Reader
from clickhouse.client import connect
from clickhouse.migrate import run
from contract.instants import MINUTE
from contract.measures import LONGEST, STAYED_MINUTES
from funnel.report.numbers import Question, answer
from funnel.report.table import table
from funnel.report.verify import compare
from grafana.base import sql
from grafana.preview.expand import expand
from grafana.variables import opened_with
from streams.jobs.ended_timelines import write_timelines
from streams.jobs.judged_rows import TypicalRow
from streams.jobs.settled_counts import write_settled_counts
from streams.jobs.snapshots import take_snapshot
from streams.settings import Settings
from streams.store import Store
from tests.contract_events import T0, at, hour_long, registration, stay
from tests.grafana.pages import PAGES
from tests.rows import put

QUERIES = (
    "on-now/webinars",
    "webinars/schedule",
    "webinars/totals",
    "webinars/all_numbers",
    "webinar/funnel",
    "webinar/timeline",
    "webinar/sources",
    "today/week",
    "today/yesterday",
    "sources/sources",
    "weeks/heat_map",
)
"""Those of each page that have buckets in them."""


def main(database: str, port: int) -> dict[str, Any]:
    config = Settings(_env_file=None, clickhouse_port=port, clickhouse_database=database)
    client, reader = (connect(config, user=user) for user in ("migrator", "reader"))
    store = Store(config)
    said: dict[str, Any] = {"dry_run": _printed(config, dry_run=True), "migrated": _printed(config)}
    said["right"] = _mismatches(client, config, 3000)
    remade = _reached(client)
    # As a worker that does not know these buckets yet would write them: what stands there must not be believed.
    client.command(
        "INSERT INTO persons SELECT * REPLACE (version + 1 AS version, '7' AS thresholds, [0] AS reached_at)"
        " FROM persons FINAL"
    )
    said["curves"] = _curves(client)
    said["meanwhile"] = _mismatches(client, config, 25)
    said["again"] = _printed(config)
    said["made_anew_alike"] = _reached(client) == remade
    # Rows as the fold makes them now.
    put(client, config, [*hour_long("zoom:new"), registration(1, webinar_id="zoom:new"), *stay(1, 2, 59, "zoom:new")])
    asyncio.run(_timers(store))
    said["settled"] = client.command("SELECT count() FROM settled_at(at = now64(3))")
    said["after"] = _mismatches(client, config, 3000)
    said["snapshot"] = client.query(
        "SELECT DISTINCT thresholds, length(stayed) FROM funnel_snapshots FINAL"
    ).result_rows
    said["baseline"] = _baseline(client)
    rows = answer(client, Question(at=at(3000)))
    said["report"] = next(row for row in rows if row["webinar_id"] == "zoom:1")
    said["totals"] = next(row for row in rows if row["webinar_id"] == "zoom:said")
    said["columns"] = [column.header for column in table(rows, (), 90, 200).columns]
    said["pages"] = {name: _asked(reader, name) for name in QUERIES}
    said["words"] = _words(client)
    return said


async def _timers(store: Store) -> None:
    await write_settled_counts(store, margin_seconds=0)
    await write_timelines(store, margin_seconds=0)
    await take_snapshot(store, T0.replace(minute=40))


def _printed(config: Settings, *, dry_run: bool = False) -> list[str]:
    with redirect_stdout(StringIO()) as out:
        run(config, dry_run=dry_run)
    return out.getvalue().splitlines()


def _mismatches(client: Client, config: Settings, minutes: float) -> list[str]:
    return [str(one) for one in compare(client, config, at(minutes)).mismatches]


def _reached(client: Client) -> list[Any]:
    asked = "SELECT webinar_id, person_id, thresholds, reached_at FROM persons FINAL ORDER BY webinar_id, person_id"
    return list(client.query(asked).result_rows)


def _curves(client: Client) -> bool:
    """Whether the changes of the minutes, and the cells of reasons, add up to what the funnel has."""
    known = Reader(client).curves(["zoom:1"], at(3000))["zoom:1"].groups(60)
    cells = Reader(client).cells(["zoom:1"], 60 * MINUTE, LONGEST.metric, at(3000))["zoom:1"]
    (row,) = answer(client, Question(at=at(3000), webinar_ids=("zoom:1",)))
    summed = [sum(counts.of(metric) or 0 for counts in known.values()) for metric in METRICS[:-1]]
    return (
        summed == [row[f"registered_{metric}"] or 0 for metric in METRICS[:-1]]
        and sum(cell.converted for cell in cells) == row[f"registered_{LONGEST.metric}"]
    )


def _baseline(client: Client) -> dict[str, Any]:
    """The baseline at minute 60 where five webinars say so, and a bucket of it as dashboards read it."""
    stays = tuple((60 * minutes, 0.5, 0.25, 0.75) for minutes in STAYED_MINUTES)
    members = ("zoom:2", "zoom:3", "zoom:new", "zoom:2", "zoom:3")
    like = TypicalRow("zoom:1", "like it", 5, members, (1,) * 5, *(None,) * 9, stays)
    client.insert("baseline_values", [like], [*TypicalRow._fields])
    asked = "SELECT * FROM baseline_timeline(webinar_id = 'zoom:1') WHERE minute = 60"
    (bands,) = client.query(asked).named_results()
    (read,) = client.query(f"SELECT conversion{LONGEST.ending}_low AS low FROM baselines").named_results()
    return {**bands, **read}


def _asked(client: Client, name: str) -> list[str]:
    """The columns that the query answers with."""
    variables = {name: value for page in PAGES.values() for name, value in opened_with(page).items()}
    chosen = {**variables, "at": str(at(30)), "webinar": ["zoom:1"], "step": [f"conversion{LONGEST.ending}"]}
    text = expand(sql(*name.split("/")), chosen, at(-10_000), at(3000))
    result = client.query(text)
    return list(result.column_names) or [row[0] for row in client.query(f"DESCRIBE ({text})").result_rows]


def _words(client: Client) -> list[str]:
    reader, settings = Reader(client), DropSettings()
    finals, held = reader.finals(at(3000)), reader.webinars(at(3000))
    one = Over(held["zoom:1"], finals["zoom:1"], {})
    counts = Counts(100, *range(90, 90 - len(METRICS), -1))
    thin = Over(held["zoom:1"], Final({"a": counts}, 90, 0), {})
    return [
        *(CONVERSION[metric] for metric in settings.alerting),
        *(CAME[metric] for metric in METRICS),
        *daily(date(2026, 11, 22), [one, thin], [], []),
    ]


if __name__ == "__main__":
    print(json.dumps({"minutes": STAYED_MINUTES, **main(sys.argv[1], int(sys.argv[2]))}, default=str))
