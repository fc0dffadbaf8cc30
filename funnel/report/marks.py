"""Known faults of webinars' numbers (view marks_at)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from clickhouse_connect.driver.client import Client

from clickhouse.at import at_parameter
from funnel.report.numbers import Question, Row, answer, by_webinar

ROWS_REJECTED, NO_TIME = "rows_rejected", "no_time"


class Mark(NamedTuple):
    """One known fault."""

    webinar_id: str
    mark: str
    """ROWS_REJECTED or NO_TIME."""
    rows_rejected: int
    sentence: str
    """The fault, and what to do."""


class Marked(NamedTuple):
    """The rows of an answer with their marks, and the marks of the webinars in it."""

    rows: list[Row]
    marks: list[Mark]


def answer_marked(client: Client, question: Question) -> Marked:
    """The answer to the question, with its marks."""
    rows = answer(client, question)
    marks = marks_of(client, question.at, question.webinar_ids)
    if not question.by:
        listed = {row["webinar_id"] for row in rows}
        return Marked(marked(rows, marks), [one for one in marks if one.webinar_id in listed])
    of = marks_by_group(client, question, marks)
    grouped = {one for inside in of.values() for one in inside}
    return Marked(groups_marked(rows, question, of), [one for one in marks if one in grouped])


def marks_of(client: Client, at: int, webinar_ids: Sequence[str] = ()) -> list[Mark]:
    """The marks of all webinars, or of these, at a moment (ms since 1970 UTC); sorted."""
    where = " WHERE webinar_id IN {webinar_ids:Array(String)}" if webinar_ids else ""
    found = client.query(
        "SELECT webinar_id, mark, rows_rejected, sentence FROM marks_at(at = {at:DateTime64(3, 'UTC')})"
        f"{where} ORDER BY ALL",
        parameters={"at": at_parameter(at), "webinar_ids": list(webinar_ids)},
    )
    return [Mark(*row) for row in found.result_rows]


def marked(rows: Sequence[Row], marks: Sequence[Mark]) -> list[Row]:
    """The rows of webinars with `rows_rejected` (how many rows of imported files are missing in them) and `no_time`
    (whether people attended at an unknown time). Pure.
    """
    rejected: dict[str, int] = {}
    for one in marks:
        rejected[one.webinar_id] = rejected.get(one.webinar_id, 0) + one.rows_rejected
    without_time = {one.webinar_id for one in marks if one.mark == NO_TIME}
    return [
        {**row, ROWS_REJECTED: rejected.get(row["webinar_id"], 0), NO_TIME: row["webinar_id"] in without_time}
        for row in rows
    ]


Group = tuple[object, ...]
"""The values of a question's dimensions."""


def marks_by_group(client: Client, question: Question, marks: Sequence[Mark]) -> dict[Group, list[Mark]]:
    """The marks of the webinars in each group of the question. A webinar in several groups marks each of them, because
    it is unknown in which its rows are missing.
    """
    if not marks:
        return {}
    asked = replace(question, webinar_ids=tuple(sorted({one.webinar_id for one in marks})))
    webinars: dict[Group, set[str]] = {}
    for row in by_webinar(client, asked):
        webinars.setdefault(_group(row, question), set()).add(row["webinar_id"])
    return {group: [one for one in marks if one.webinar_id in inside] for group, inside in webinars.items()}


def groups_marked(rows: Sequence[Row], question: Question, of: Mapping[Group, Sequence[Mark]]) -> list[Row]:
    """Like `marked`, for rows of groups: `rows_rejected` of their webinars, `no_time` if it holds for one. Pure."""
    return [_group_marked(row, of.get(_group(row, question), ())) for row in rows]


def _group(row: Row, question: Question) -> Group:
    return tuple(row[name] for name in question.by)


def _group_marked(row: Row, marks: Sequence[Mark]) -> Row:
    rejected = sum(one.rows_rejected for one in marks)
    return {**row, ROWS_REJECTED: rejected, NO_TIME: any(one.mark == NO_TIME for one in marks)}
