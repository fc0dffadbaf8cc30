"""The filter by new or returning people: on every page that has it the numbers are those of the report by people."""

import pytest

from funnel.report.numbers import BUCKETS, COUNTS, PEOPLE, Question, Row, answer
from tests.grafana import months, week
from tests.grafana.conftest import Database

each_people = pytest.mark.parametrize("people", PEOPLE)
WEDNESDAYS = [slot.webinar_id for slot in months.slots() if slot.webinar_id.endswith(("0", "1", "8"))]


def asked(database: Database, name: str, people: str, **chosen: str) -> list[Row]:
    values = {"people": people, "moment": "range"} | chosen
    begin = months.MIDDLE if name.startswith("sources") else months.FROM
    return database.ask(name, begin, months.TO, {key: [value] for key, value in values.items()})


ANSWERS: dict[Question, list[Row]] = {}


def reported(database: Database, people: str, *by: str, **asked: object) -> dict[tuple[object, ...], Row]:
    """Asked once a question: an answer has new and returning people."""
    question = Question(week.ms(months.TO), ("people", *by), **asked)  # type: ignore[arg-type]
    if question not in ANSWERS:
        ANSWERS[question] = answer(database.reader, question)
    return {tuple(row[name] for name in by): row for row in ANSWERS[question] if row["people"] == people}


@each_people
def test_each_webinar(two_months: Database, people: str) -> None:
    shown = {row["webinar_id"]: row for row in asked(two_months, "webinars/all_numbers", people)}
    assert shown.keys() == {slot.webinar_id for slot in months.slots()}
    for webinar_id in WEDNESDAYS:
        expected = reported(two_months, people, webinar_ids=(webinar_id,)).get((), {})
        for name in COUNTS:
            assert (shown[webinar_id][name] or 0) == (expected.get(name) or 0), (webinar_id, name)
        for bucket in BUCKETS:
            rate = expected.get(f"conversion{bucket}")
            in_percent = None if rate is None else pytest.approx(100 * rate)
            assert shown[webinar_id][f"conversion{bucket}"] == in_percent


@each_people
@pytest.mark.parametrize("measure", ["registrations", "registered_visits", "walk_ins"])
def test_weeks(two_months: Database, people: str, measure: str) -> None:
    rows = asked(two_months, "weeks/heat_map", people, measure=measure, by="region")
    shown = {(row["week"].split(" · ")[0], row["of"]): row["value"] for row in rows}
    for (of_week, region), row in reported(two_months, people, "week", "region").items():
        assert shown[of_week, region].split("|")[0] == f"{row[measure]:,}"


@each_people
def test_sources(two_months: Database, people: str) -> None:
    shown = {row["source_group"]: row for row in asked(two_months, "sources/sources", people)}
    inside = asked(two_months, "sources/inside", people)
    expected = reported(two_months, people, "source_group", first_day=months.MIDDLE.date())
    for (group,), row in expected.items():
        registered = row["registrations"]
        assert shown[str(group)]["registrations"] == registered
        assert sum(one["registrations"] for one in inside if one["source_group"] == group) == registered
        few = f" (n={registered})" if registered < 30 else ""
        assert shown[str(group)]["conversion"] == f"{100 * row['conversion']:.1f} %{few}"
    assert expected.keys() == {(name,) for name in shown if name != "Total"}


def test_new_and_returning_together_are_all(two_months: Database) -> None:
    parts = [asked(two_months, "webinars/totals", people)[0] for people in PEOPLE]
    (everybody, _) = asked(two_months, "webinars/totals", "$__all")
    for name in ("registrations", "registered_visits", "no_shows"):
        assert sum(part[name] or 0 for part in parts) == (everybody[name] or 0)
    assert 0 < parts[0]["registrations"] < parts[1]["registrations"]


@each_people
def test_beside_a_part_of_the_people_nothing_is_usual(two_months: Database, people: str) -> None:
    shown = asked(two_months, "webinars/schedule", people)
    assert any(row["conversion"] for row in shown)
    assert all(not str(row["conversion"]).endswith(("▼", "=", "▲")) for row in shown)


def test_a_value_is_only_a_value(two_months: Database) -> None:
    for value in ("it's; DROP TABLE persons", "\\') OR 1=1 --"):
        (row, _) = asked(two_months, "webinars/totals", value)
        assert row["registrations"] == 0
