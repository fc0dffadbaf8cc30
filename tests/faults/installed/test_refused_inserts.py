"""An insert that ClickHouse refuses at its end, for each cause: nothing of it is committed, and status says why."""

from typing import NamedTuple

import pytest

from tests.faults.installed.case import Case

pytestmark = pytest.mark.faults

_INTO = "CREATE TABLE refused_into (n UInt64) ENGINE = MergeTree ORDER BY n"
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
            "CREATE MATERIALIZED VIEW refused TO refused_into AS"
            " SELECT arrayJoin(range(200)) + length(webinar_id) * 0 AS n FROM {table}",
        ),
        _AWAY,
        ("too many partitions",),
    ),
    "a violated CHECK": Refusal(
        ("ALTER TABLE {table} ADD CONSTRAINT refused CHECK webinar_id = 'refused'",),
        ("ALTER TABLE {table} DROP CONSTRAINT refused",),
        ("constraint",),
    ),
    "a view that throws": Refusal(
        (
            _INTO,
            "CREATE MATERIALIZED VIEW refused TO refused_into AS"
            " SELECT throwIf(webinar_id != '', 'the view refuses') AS n FROM {table}",
        ),
        _AWAY,
        ("the view refuses",),
    ),
}


@pytest.mark.parametrize(
    ("table", "cause"),
    [
        *(pytest.param("events", cause, id=f"{cause}, events") for cause in REFUSALS),
        *(pytest.param("persons", cause, id=f"{cause}, persons", marks=pytest.mark.long) for cause in REFUSALS),
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
