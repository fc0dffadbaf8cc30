"""The database of tests/grafana/school.py, with what the alerts' process writes into it."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import orjson
from clickhouse_connect.driver.client import Client

from alerts.detection.settings import DropSettings
from alerts.read import Reader
from alerts.store import AlertStore
from alerts.watch import look
from contract.decode import DeadLetter, decode
from contract.events import Totals
from contract.instants import DAY, HOUR, MINUTE, format_instant
from contract.topics import ATTENDANCE, WEBINARS
from streams.fold.lines import LetterRow, TotalsRow, totals_line
from streams.jobs.judging import Judging
from streams.store import Store
from tests.contract_events import Event, totals, webinar
from tests.grafana import school
from tests.grafana.conftest import Database, database
from tests.rows import RawRecord, insert, put
from tests.servers.clickhouse import Server

TOTALS_ONLY = "table:sums"
_VIEWS_BY_SOURCE = {"newsletter": 320, "blogger-x": 110}
_DAYS_AHEAD = 14
_EVALUATIONS = 4
"""As many as persistence asks for, and one."""


@contextmanager
def played(server: Server) -> Iterator[Database]:
    """What the demo plays, as it is stored at school.AT."""
    events = [orjson.loads(value) for value in school.values()]
    with database(server, events, when_received=True) as one:
        put(one.writer, one.config, of_totals_only())
        for value in map(orjson.dumps, tops()):
            line = totals_line(Totals.model_validate_json(value), RawRecord(value, WEBINARS.name))
            insert(one.writer, "totals", TotalsRow, [line])
        _put_dead_letters(one.writer)
        for report in school.reports():
            row = {"version": 1, **report}
            one.writer.insert("connector_reports", [list(row.values())], list(row))
        judge(one)
        evaluate(one.writer)
        yield one


def tops() -> Iterator[Event]:
    """What is told of webinars as a whole besides: each number another one, so that none passes for another."""
    for number, webinar_id in enumerate((school.LIVE, school.WEAK, TOTALS_ONLY), 1):
        sources = [{"source": {"utm_source": name}, "page_views": views} for name, views in _VIEWS_BY_SOURCE.items()]
        said: dict[str, Any] = {"invited": 5_000 + number, "page_views": 700 + number, "page_views_by_source": sources}
        yield totals(webinar_id=webinar_id, **said, reported_at=format_instant(school.AT - DAY))


def of_totals_only() -> Iterator[Event]:
    """A webinar of which no person is told."""
    began = school.AT - 3 * DAY
    times = {"starts_at": began, "started_at": began, "ended_at": began + HOUR}
    said: dict[str, Any] = {name: format_instant(at) for name, at in times.items()}
    yield webinar(webinar_id=TOTALS_ONLY, title="In sums", course="Go", duration_seconds=3600, **said)
    counts: dict[str, Any] = {
        "registrations": 90,
        "visits_all": 80,
        "visits": 70,
        "visits_5m": 60,
        "visits_30m": 50,
        "visits_full": 40,
    }
    yield totals(webinar_id=TOTALS_ONLY, **counts, recording_views=30, reported_at=format_instant(began + DAY))


def judge(one: Database, at: int = school.AT) -> None:
    """What is typical, and what is not, as a worker judges it at that moment, ms."""
    asyncio.run(Judging(Store(one.config)).turn(at, margin_seconds=0))


def evaluate(client: Client) -> None:
    """What `funnel alerts watch` finds in the last minutes before school.AT."""
    reader, store = Reader(client), AlertStore(client)
    before = store.stored(), store.unusual()
    for ago in range(_EVALUATIONS - 1, -1, -1):
        at = school.AT - ago * MINUTE
        outcome, _ = look(reader, store, at, before, DropSettings(), _DAYS_AHEAD)
        before = outcome.stored, outcome.unusual


def _put_dead_letters(client: Client) -> None:
    for offset, value in enumerate(school.dead_letters()):
        at = school.AT - (offset + 1) * 7 * MINUTE
        dead = decode(value, ATTENDANCE, at)
        assert isinstance(dead, DeadLetter)
        row = LetterRow(ATTENDANCE.name, 0, offset, at, dead.reason, dead.detail)
        client.insert(
            "dead_letters", [[*row, datetime.fromtimestamp(at / 1000, UTC)]], [*LetterRow._fields, "inserted_at"]
        )
