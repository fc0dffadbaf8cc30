"""The database of tests/grafana/school.py, with what the alerts' process writes into it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import orjson
from clickhouse_connect.driver.client import Client

from funnel.alerts.read import Reader
from funnel.alerts.store import AlertStore
from funnel.alerts.watch import UsualDue, look
from streams.decode import DeadLetter, decode
from streams.drops.settings import DropSettings
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
    reader, store = Reader(client), AlertStore(client)
    before = store.stored(), store.unusual()
    due = UsualDue()
    for ago in range(_EVALUATIONS - 1, -1, -1):
        at = school.AT - ago * MINUTE
        outcome, _ = look(reader, store, at, before, DropSettings(), _DAYS_AHEAD, usual_due=due)
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
