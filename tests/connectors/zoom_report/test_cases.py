"""Zoom's reports as people export them (details replaced).

`expected.txt` is what a case becomes, worked out by hand: a line an event (who, what, when in UTC, what it says), `!`
and a line a rejection, `refused` and why a file is not read at all.
"""

from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from connectors.pipeline.zoom_names import Names
from connectors.toolkit.date_order import DateOrder
from connectors.toolkit.identity import email_person_id
from connectors.toolkit.io.file_rows import read_rows
from connectors.zoom_report.about import Report
from connectors.zoom_report.mapping import NotAZoomReportError, order_of, report_events
from connectors.zoom_report.table import Context
from contract.events import Totals
from contract.instants import parse_instant
from tests.connectors.said import line_of

SECRET = "sixteen characters"
NOW = parse_instant("2026-12-01T12:00:00.000Z")
CASES = sorted(Path("tests/connectors/zoom_report/cases").iterdir())
PEOPLE = [*"abcvst", "al", "bo", "ca", "host", "pan", "p1", "q2", "r3", "s4"]
NAMES = {email_person_id(f"{name}@example.com", SECRET): name for name in PEOPLE}


def lines(case: Path, said: DateOrder | None = None) -> list[str]:
    names = Names(None)
    found: list[str] = []
    for file in sorted(case.glob("*.csv")):
        context = Context(ZoneInfo("Europe/Berlin"), SECRET, NOW, names.of_report)
        report = Report()
        try:
            context = replace(context, order=order_of(read_rows(file), said))
            events = list(report_events(read_rows(file), context, report))
        except NotAZoomReportError as error:
            found.append(f"refused: {error}")
            continue
        found += [
            f"{report.webinar_id} {file.name}",
            *(line_of(one, NAMES) for one in events if not isinstance(one, Totals)),
        ]
    return found


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.name)
def test_a_report_becomes_what_it_says(case: Path) -> None:
    assert lines(case) == (case / "expected.txt").read_text().splitlines()


def test_the_order_of_day_and_month_can_be_said() -> None:
    case = Path("tests/connectors/zoom_report/cases/either-way")
    joined = [line for line in lines(case, "day-first") if " joined " in line]
    assert joined == ["a attendance joined 2026-10-05T16:00:00Z", "b attendance joined 2026-10-05T16:01:00Z"]
    joined = [line for line in lines(case, "month-first") if " joined " in line]
    assert joined == ["a attendance joined 2026-05-10T16:00:00Z", "b attendance joined 2026-05-10T16:01:00Z"]


def test_nothing_of_questions_and_answers_enters() -> None:
    for name in ("questions", "polls", "survey"):
        (line,) = lines(Path("tests/connectors/zoom_report/cases") / name)
        assert not any(word in line for word in ("What is", "A webinar", "Which one", "This one", "ann"))


@pytest.mark.parametrize("file", sorted(Path("connectors/samples").glob("zoom-*.csv")), ids=lambda path: path.name)
def test_the_samples_say_their_order_themselves(file: Path) -> None:
    assert order_of(read_rows(file), None) == "month-first"
