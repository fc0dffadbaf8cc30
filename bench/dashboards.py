"""`python -m bench.dashboards`: how long every query of every dashboard takes, on a database with years of data.

Fills an embedded ClickHouse by SQL (bench/fill.py), or uses one filled before (--port). Prints median and p95 of each
query and writes bench/results/dashboards.json; exits 1 if one misses its bar. Figures depend on the machine and its
other load.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil
from clickhouse_connect.driver.client import Client
from rich.console import Console
from rich.table import Table

from bench.fill import Size, fill
from clickhouse.client import connect
from clickhouse.migrate import create_database, migrate
from grafana.base import AS_OF, Json
from grafana.build import rendered
from grafana.preview.expand import expand
from grafana.variables import opened_with
from streams.settings import Settings
from tests.servers.clickhouse import PASSWORDS, embedded_clickhouse

BARS = {"now": 60.0, "live": 30.0, "past": 300.0, "people": 500.0}
"""Greatest p95 of a query, ms: of now, of now on a page that many keep open, of a moment ten days ago, of now for new
people only."""
LIVE = ("on-now",)
"""Dashboards that many people keep open, and that refresh every few seconds."""
_PAST_MS = 10 * 86_400_000
RESULTS = Path(__file__).parent / "results" / "dashboards.json"
_UNITS = {"m": 60, "h": 3600, "d": 86_400, "w": 604_800}


@dataclass(frozen=True, slots=True)
class Timing:
    """The times of one query, ms."""

    dashboard: str
    query: str
    case: str
    """now, live, past or people: see BARS."""
    rows: int
    median: float
    p95: float
    cpu: float
    """Of the server's process, by query; other queries of the moment count too. 0: not known."""
    bar: float


def main() -> int:
    """Fills if needed, measures, prints; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--webinars", type=int, default=5_000)
    parser.add_argument("--persons", type=int, default=10_000_000)
    parser.add_argument("--runs", type=int, default=20, help="of each query (default %(default)s)")
    parser.add_argument("--port", type=int, help="of a server that was filled by an earlier run")
    parser.add_argument("--database", default="funnel", help="with --port: its name")
    parser.add_argument("--keep", type=Path, help="a folder for the filled database; it is kept")
    parser.add_argument("--only", default="", help="queries whose name holds this")
    options = parser.parse_args()
    os.environ.update(PASSWORDS)
    if options.port:
        config = Settings(_env_file=None, clickhouse_port=options.port, clickhouse_database=options.database)
        return _report(config, options.runs, options.only)
    with (
        tempfile.TemporaryDirectory(prefix="funnel-bench-") as folder,
        embedded_clickhouse(options.keep or Path(folder)) as server,
    ):
        config = server.settings()
        client = create_database(config)
        migrate(client, config)
        if not client.query("SELECT count() FROM webinars").result_rows[0][0]:
            fill(client, config, Size(options.webinars, options.persons, int(time.time() * 1000)))
        return _report(config, options.runs, options.only)


def _report(config: Settings, runs: int, only: str) -> int:
    client = connect(config, user="reader")
    pid = _server(config.clickhouse_port)
    found = [_timing(client, pid, runs, *one) for one in _queries(client) if only in f"{one[0]}/{one[1]}/{one[2]}"]
    drawn = Table("dashboard", "query", "case", "rows", "median", "p95", "cpu", "bar")
    for one in found:
        style = "red" if one.p95 > one.bar else ""
        drawn.add_row(
            one.dashboard,
            one.query,
            one.case,
            str(one.rows),
            f"{one.median:.0f}",
            f"{one.p95:.0f}",
            f"{one.cpu:.0f}",
            f"{one.bar:.0f}",
            style=style,
        )
    Console().print(drawn)
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(
        json.dumps({"cores": os.cpu_count(), "timings": [asdict(one) for one in found]}, indent=2) + "\n"
    )
    return 1 if any(one.p95 > one.bar for one in found) else 0


def _queries(client: Client) -> Iterator[tuple[str, str, str, str]]:
    """Dashboard, name, case and statement of every query, with the page's initial values and time range."""
    live = client.query("SELECT webinar_id FROM webinar_list(at = now64(3)) WHERE completeness = 'on_now' LIMIT 1")
    webinar = str(live.result_rows[0][0]) if live.result_rows else ""
    now = int(time.time() * 1000)
    for text in rendered().values():
        page: Json = json.loads(text)
        begin, end = (now + _offset(page["time"][side]) for side in ("from", "to"))
        chosen = opened_with(page) | {"webinar": [webinar], "at": [str(now)]}
        kept = chosen | {AS_OF: ["_now"]}
        then = chosen | {"moment": ["range"], "at": [str(now - _PAST_MS)]}
        for name, raw_sql in _named(page):
            case = "live" if page["uid"] in LIVE else "now"
            yield page["uid"], name, case, expand(raw_sql, kept, begin, end)
            if f"${{{AS_OF}:" in raw_sql:
                yield page["uid"], name, "past", expand(raw_sql, then, begin - _PAST_MS, end - _PAST_MS)
            if "$people" in raw_sql or "${people" in raw_sql:
                yield page["uid"], name, "people", expand(raw_sql, kept | {"people": "new"}, begin, end)


def _named(page: Json) -> Iterator[tuple[str, str]]:
    """(name, query) of every panel, then of every variable that has one."""
    for panel in page["panels"]:
        for one in (panel, *panel.get("panels", [])):
            for target in one.get("targets", []):
                if "rawSql" in target:
                    yield one["title"], target["rawSql"]
    for variable in page["templating"]["list"]:
        if variable["type"] == "query":
            yield f"filter {variable['name']}", variable["query"]["rawSql"]


def _offset(text: str) -> int:
    """now-7d or now-25w/w as milliseconds relative to now."""
    relative = text.partition("/")[0].removeprefix("now")
    return int(relative[:-1]) * _UNITS[relative[-1]] * 1000 if relative else 0


def _server(port: int) -> psutil.Process | None:
    """The embedded server that listens on a port of this machine."""
    for one in psutil.process_iter(["cmdline"]):
        command = one.info["cmdline"] or []
        if "clickhouse.embedded" in command and str(port) in command:
            return one
    return None


def _cpu_ms(server: psutil.Process | None) -> float:
    return 1000 * sum(server.cpu_times()[:2]) if server is not None else 0.0


def _timing(
    client: Client, server: psutil.Process | None, runs: int, dashboard: str, name: str, case: str, statement: str
) -> Timing:
    taken: list[float] = []
    rows = 0
    used = _cpu_ms(server)
    for _ in range(runs):
        began = time.perf_counter()
        rows = len(client.query(statement).result_rows)
        taken.append((time.perf_counter() - began) * 1000)
    p95 = statistics.quantiles(taken, n=20, method="inclusive")[-1]
    used = (_cpu_ms(server) - used) / runs
    median = statistics.median(taken)
    return Timing(dashboard, name, case, rows, round(median, 1), round(p95, 1), round(used, 1), BARS[case])


if __name__ == "__main__":
    sys.exit(main())
