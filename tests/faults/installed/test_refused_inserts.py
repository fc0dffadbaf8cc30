"""An insert that ClickHouse refuses at its end, for each cause: nothing of it is committed, and status says why."""

from itertools import product
from typing import NamedTuple

import pytest

from tests.faults.installed.case import Case

pytestmark = pytest.mark.faults

# What the user who makes the tables may not do is done to a table that a view fills from the one that is refused.
_INTO = "CREATE TABLE refused_into (n UInt64) ENGINE = ReplacingMergeTree ORDER BY n"
_CHECKED = "CREATE TABLE refused_into (n UInt64, CONSTRAINT refused CHECK n = 0) ENGINE = ReplacingMergeTree ORDER BY n"
_VIEW = "CREATE MATERIALIZED VIEW refused TO refused_into AS SELECT {n} AS n FROM {{table}}"
_AWAY = ("DROP VIEW refused", "DROP TABLE refused_into")


class Refusal(NamedTuple):
    """How it is done and undone; `table` is the one that is refused."""

    do: tuple[str, ...]
    undo: tuple[str, ...]
    says: tuple[str, ...]


REFUSALS = {
    "too many parts": Refusal(
        ("ALTER TABLE {table} MODIFY SETTING parts_to_delay_insert = 1, parts_to_throw_insert = 1",),
        ("ALTER TABLE {table} RESET SETTING parts_to_delay_insert, parts_to_throw_insert",),
        ("too many parts",),
    ),
    "too many partitions": Refusal(
        (
            f"{_INTO} PARTITION BY n",
            _VIEW.format(n="arrayJoin(range(200)) + length(webinar_id) * 0"),
        ),
        _AWAY,
        ("too many partitions",),
    ),
    "a violated CHECK": Refusal(
        (_CHECKED, _VIEW.format(n="length(webinar_id)")),
        _AWAY,
        ("constraint",),
    ),
    "a view that throws": Refusal(
        (
            _INTO,
            _VIEW.format(n="throwIf(webinar_id != '', 'the view refuses')"),
        ),
        _AWAY,
        ("the view refuses",),
    ),
}


_SHORT = ("too many parts", "a view that throws")
"""Of the raw log: one is refused before anything of it is read, the other one by what comes after the table."""


@pytest.mark.parametrize(
    ("table", "cause"),
    [
        pytest.param(
            table,
            cause,
            id=f"{cause}, {table}",
            marks=() if table == "events" and cause in _SHORT else pytest.mark.long,
        )
        for table, cause in product(("events", "persons"), REFUSALS)
    ],
)
def test_an_insert_is_refused(case: Case, table: str, cause: str) -> None:
    refusal = REFUSALS[cause]
    with case.flowing():
        case.installation.alter(*(statement.format(table=table) for statement in refusal.do))
        try:
            case.says(*refusal.says)
        finally:
            case.installation.alter(*(statement.format(table=table) for statement in refusal.undo))
