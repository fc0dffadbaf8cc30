"""A webinar says what is wrong with its numbers: rows of a file were rejected, or nobody said when it was."""

from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from rich.console import Console

from alerts.detection.measurements import Moment, doubtful
from alerts.detection.settings import DropSettings
from alerts.read import Reader
from funnel.cli.import_table import SAY_WHEN
from funnel.report.marks import Mark, answer_marked, groups_marked, marks_by_group, marks_of
from funnel.report.numbers import Question, answer, by_webinar
from funnel.report.table import table
from tests.grafana import week
from tests.grafana.conftest import Database, database
from tests.servers.clickhouse import Server

NAMED, NO_TIME, OTHER = "zoom:1", "bizon:unknown", "zoom:3"
DOMAIN = f"d_{1:032x}"
SENTENCE = (
    "474 of 1000 rows of report.csv were rejected, so the numbers are too low. "
    "Correct them and import the whole file again."
)
WHEN = f"People attended, and nothing tells when: nobody counts as having come. {SAY_WHEN}"


@pytest.fixture(scope="module")
def days(clickhouse_server: Server) -> Iterator[Database]:
    left_out = [event | {"domain_id": DOMAIN} for event in week.stay("bizon:own-people", 2, week.MONDAY, 0, 30)]
    with database(clickhouse_server, [*week.events(), *left_out]) as one:
        one.writer.insert("excluded_domains", [[DOMAIN, True, 1]], ["domain_id", "excluded", "version"])
        for number, (webinar_id, rows, rejected) in enumerate([(NAMED, 1000, 474), ("", 9, 2), (OTHER, 9, 0)]):
            _imported(one, number, webinar_id, rows, rejected)
        yield one


def _imported(days: Database, number: int, webinar_id: str, rows: int, rejected: int, version: int = 1) -> None:
    row: dict[str, Any] = {"connector": "zoom-report", "type": "imported", "report_id": str(number)}
    row |= {"version": version, "at": week.ms(week.TO), "task": "attendee report", "webinar_id": webinar_id}
    row |= {"file_name": "report.csv", "rows": rows, "rejected": rejected, "people": [number]}
    days.writer.insert("connector_reports", [list(row.values())], list(row))


def _asked(days: Database, name: str, webinar_id: str) -> list[dict[str, Any]]:
    return days.ask(f"webinar/{name}", week.FROM, week.TO, {"webinar": [webinar_id], "moment": ["range"]})


def test_the_marks_are_what_is_known_now_and_about_people_that_count(days: Database) -> None:
    before = week.ms(week.TO - timedelta(hours=1))
    for at in (before, week.ms(week.TO)):
        assert marks_of(days.reader, at) == [
            Mark(NO_TIME, "no_time", 0, WHEN),
            Mark(NAMED, "rows_rejected", 474, SENTENCE),
        ]
        assert marks_of(days.reader, at, [OTHER]) == []


def test_the_report_has_them(days: Database) -> None:
    at = week.ms(week.TO)
    found = answer_marked(days.reader, Question(at))
    assert found.marks == marks_of(days.reader, at)
    rows = {row["webinar_id"]: row for row in found.rows}
    assert {key: (row["rows_rejected"], row["no_time"]) for key, row in rows.items() if row["no_time"]} == {
        NO_TIME: (0, True)
    }
    assert [key for key, row in rows.items() if row["rows_rejected"]] == [NAMED]


def test_the_report_of_groups_has_them(days: Database) -> None:
    at = week.ms(week.TO)
    for by in ("platform",), ("platform", "source_group"), ("people", "platform"), ("week", "hour"):
        question = Question(at, by=by)
        marks = marks_of(days.reader, at)
        found = marks_by_group(days.reader, question, marks)
        assert {mark for inside in found.values() for mark in inside} == set(marks)
        rows = groups_marked(answer(days.reader, question), question, found)
        of = {tuple(row[name] for name in by): (row["rows_rejected"], row["no_time"]) for row in rows}
        for mark in marks:
            places = by_webinar(days.reader, Question(at, by=by, webinar_ids=(mark.webinar_id,)))
            for key in {tuple(row[name] for name in by) for row in places}:
                assert of.pop(key) == (mark.rows_rejected, mark.mark == "no_time")
        assert set(of.values()) <= {(0, False)}
        (_, rejected), *_ = [(row, row["rows_rejected"]) for row in rows if row["rows_rejected"]]
        assert rejected == 474


def test_a_group_that_lacks_rows_is_doubtful_in_the_table(days: Database) -> None:
    question = Question(week.ms(week.TO), by=("platform",))
    rows, told = answer_marked(days.reader, question)
    assert {one.webinar_id for one in told} == {NAMED, NO_TIME}
    text = StringIO()
    Console(file=text, width=150).print(table(rows, question.by, 90, 150))
    (line,) = [line for line in text.getvalue().splitlines() if "%?" in line]
    assert line.startswith(" rows missing")


def test_marks_outside_the_asked_days_are_of_no_group(days: Database) -> None:
    at = week.ms(week.TO)
    question = Question(at, by=("platform",), first_day=week.TO.date() + timedelta(days=9))
    assert marks_by_group(days.reader, question, marks_of(days.reader, at)) == {}
    rows = answer(days.reader, Question(at, by=("platform",)))
    assert {(row["rows_rejected"], row["no_time"]) for row in groups_marked(rows, question, {})} == {(0, False)}


def test_the_list_has_them(days: Database) -> None:
    rows = {row["webinar_id"]: row for row in days.ask("webinars/schedule", week.FROM, week.TO)}
    assert (rows[NAMED]["stands_out"], rows[NAMED]["unusual"]) == ("rows_rejected", SENTENCE)
    assert rows[NO_TIME]["stands_out"] == "no_time"
    assert rows[NO_TIME]["unusual"].startswith(f"{WHEN} ")
    assert (rows[NAMED]["completeness"], rows[NO_TIME]["completeness"]) == ("final", "no_time")
    assert rows[OTHER]["unusual"] is None or "rejected" not in rows[OTHER]["unusual"]


def test_the_list_has_a_webinar_without_a_time_though_rows_of_it_are_missing(days: Database) -> None:
    _imported(days, 9, NO_TIME, 9, 3)
    try:
        rows = {row["webinar_id"]: row for row in days.ask("webinars/schedule", week.FROM, week.TO)}
    finally:
        _imported(days, 9, NO_TIME, 9, 0, version=2)
    assert (rows[NO_TIME]["stands_out"], rows[NO_TIME]["completeness"]) == ("rows_rejected", "no_time")
    assert "3 of 9 rows" in rows[NO_TIME]["unusual"]
    assert WHEN in rows[NO_TIME]["unusual"]


def test_the_page_of_a_webinar_has_them(days: Database) -> None:
    assert [row["sentence"] for row in _asked(days, "unusual", NAMED)] == [SENTENCE]
    assert [row["sentence"] for row in _asked(days, "unusual", NO_TIME)] == [WHEN]
    assert [row["completeness"] for row in _asked(days, "head", NO_TIME)] == ["no_time"]
    assert _asked(days, "unusual", OTHER) == []


def test_data_health_lists_the_files_those_of_no_webinar_too(days: Database) -> None:
    rows = days.ask("data-health/rejected_rows", week.FROM, week.TO)
    assert [(row["file_name"], row["webinar_id"], row["rejected"], row["rows"]) for row in rows] == [
        ("report.csv", "not told", 2, 9),
        ("report.csv", NAMED, 474, 1000),
    ]


def test_alerts_do_not_judge_it(days: Database) -> None:
    held = Reader(days.writer).webinars(week.ms(week.TO))
    assert [key for key, one in held.items() if one.webinar.rows_missing] == [NAMED]
    there = {key: Moment(one.webinar, 0, {}, {}, in_the_room=10) for key, one in held.items()}
    assert [key for key, one in there.items() if doubtful(one, DropSettings())] == [NAMED]
