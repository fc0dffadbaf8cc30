"""The database of tests/grafana/school.py, with what the alerts' process writes into it."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial

import orjson
from clickhouse_connect.driver.client import Client

from funnel.alerts.evaluate import Evaluation
from funnel.alerts.known import plan
from funnel.alerts.read import Reader
from funnel.alerts.store import AlertStore
from funnel.alerts.usual_numbers import usual_rows
from streams.decode import DeadLetter, decode
from streams.drops.reason import Cell
from streams.drops.settings import DropSettings, Metric
from streams.drops.usual import History, alike
from streams.instants import MINUTE
from streams.lines import LetterRow
from streams.topics import ATTENDANCE
from tests.grafana import school
from tests.grafana.conftest import Database, database
from tests.servers.clickhouse import Server

_DAYS_AHEAD = 14
_EVALUATIONS = 4
"""As many as persistence asks for, and one."""


@contextmanager
def played(server: Server) -> Iterator[Database]:
    """What the demo plays, as it is stored at school.AT."""
    events = [orjson.loads(value) for value in school.values()]
    with database(server, "grafana_school", events, when_received=True) as one:
        _put_dead_letters(one.writer)
        for report in school.reports():
            row = {"version": 1, **report}
            one.writer.insert("connector_reports", [list(row.values())], list(row))
        evaluate(one.writer)
        yield one


def evaluate(client: Client) -> None:
    """What is usual, and what is not, as `funnel alerts watch` finds it in the last minutes before school.AT."""
    reader, store, settings = Reader(client), AlertStore(client), DropSettings()
    stored, unusual = store.stored(), store.unusual()
    for ago in range(_EVALUATIONS - 1, -1, -1):
        at = school.AT - ago * MINUTE
        held = reader.held(at)
        planned = plan(held.values(), at, settings, _DAYS_AHEAD)
        if ago == _EVALUATIONS - 1:
            history = History(one.webinar for one in held.values())
            like = {one.webinar.webinar_id: alike(one.webinar, history, settings) for one in held.values()}
            store.write_usual(usual_rows(like | dict(planned.alike), reader.finals(at), settings))
        known = reader.known(held, planned, at)
        cells = partial(_cells, reader, at)
        outcome = Evaluation(at, planned, known, settings, cells).run(stored, unusual)
        store.write_unusual(outcome.unusual.values())
        store.write_paces(outcome.paces, at)
        stored, unusual = outcome.stored, outcome.unusual


def _cells(reader: Reader, at: int, webinar_ids: Iterable[str], elapsed: int, metric: Metric) -> dict[str, list[Cell]]:
    return reader.cells(webinar_ids, elapsed, metric, at)


def _put_dead_letters(client: Client) -> None:
    for offset, value in enumerate(school.dead_letters()):
        at = school.AT - (offset + 1) * 7 * MINUTE
        dead = decode(value, ATTENDANCE, at)
        assert isinstance(dead, DeadLetter)
        row = LetterRow(ATTENDANCE.name, 0, offset, at, dead.reason, dead.detail)
        client.insert(
            "dead_letters", [[*row, datetime.fromtimestamp(at / 1000, UTC)]], [*LetterRow._fields, "inserted_at"]
        )
