"""Which webinar a registration is for: the first rule that fits, and no guess where it finds none."""

from zoneinfo import ZoneInfo

import pytest

from connectors.forms.directory import Directory, Occurrence
from connectors.forms.rules import Fixed, FromDate, FromField, NextOfSeries, Rule, resolve
from connectors.mapped import FormRegistration
from contract.instants import DAY, HOUR, parse_instant

NOON = parse_instant("2026-11-22T12:00:00Z")
SERIES = "zoom:weekly"
BERLIN = ZoneInfo("Europe/Berlin")


def submission(form: str = "landing", **fields: str) -> FormRegistration:
    return FormRegistration("tilda", form, "s1", NOON, {"person_id": "p_" + "5" * 32}, fields=fields)


def occurrence(name: str, starts_at: int, status: str = "scheduled") -> Occurrence:
    return Occurrence(f"zoom:{name}", SERIES, starts_at, status)


def test_the_first_rule_that_fits_decides() -> None:
    rules = [
        Rule(Fixed("zoom:1"), service="typeform"),
        Rule(Fixed("zoom:2"), form="land*", where={"course": "sql"}),
        Rule(Fixed("zoom:3"), form="land*"),
    ]
    assert resolve(submission(course="sql"), rules, Directory()) == "zoom:2"
    assert resolve(submission(course="python"), rules, Directory()) == "zoom:3"
    assert resolve(submission("other"), rules, Directory()) is None


def test_a_rule_that_fits_and_finds_none_lets_no_later_one_guess() -> None:
    rules = [Rule(NextOfSeries("zoom:unknown")), Rule(Fixed("zoom:3"))]
    assert resolve(submission(), rules, Directory()) is None


def test_a_star_asks_for_any_value_of_a_field() -> None:
    rules = [Rule(FromField("id"), where={"id": "*"}), Rule(Fixed("zoom:3"))]
    assert resolve(submission(id="zoom:9151"), rules, Directory()) == "zoom:9151"
    assert resolve(submission(), rules, Directory()) == "zoom:3"


@pytest.mark.parametrize(
    ("value", "found"),
    [("9151", "zoom:9151"), ("zoom:9151", "zoom:9151"), ("", None), ("a b", None), ("x" * 300, None), ("a\0", None)],
)
def test_an_id_in_a_field(value: str, found: str | None) -> None:
    assert FromField("id", "zoom").find(submission(id=value), Directory()) == found


def test_an_id_without_a_platform_is_none() -> None:
    assert FromField("id").find(submission(id="9151"), Directory()) is None


def test_the_next_of_a_series_starts_after_the_submission_and_takes_place() -> None:
    directory = Directory(
        [
            occurrence("past", NOON - HOUR),
            occurrence("now", NOON),
            occurrence("called-off", NOON + HOUR, "cancelled"),
            occurrence("next", NOON + DAY),
            occurrence("later", NOON + 2 * DAY),
        ]
    )
    assert NextOfSeries(SERIES).find(submission(), directory) == "zoom:next"


def test_a_webinar_that_moves_to_another_series_leaves_the_first() -> None:
    directory = Directory([occurrence("a", NOON + DAY)])
    directory.put(Occurrence("zoom:a", "zoom:other", NOON + DAY, None))
    assert directory.of_series(SERIES) == []
    assert directory.of_series("zoom:other") == [(NOON + DAY, "zoom:a")]


@pytest.mark.parametrize(
    ("chosen", "found"),
    [
        ("2026-11-24T19:00", "zoom:tuesday"),
        ("2026-11-24T18:00:00Z", "zoom:tuesday"),
        ("24.11.2026 19:00", "zoom:tuesday"),
        ("2026-11-24", "zoom:tuesday"),
        ("24.11.2026", "zoom:tuesday"),
        ("2026-11-24 10:00", "zoom:tuesday"),
        ("2026-11-25T09:00", "zoom:morning"),
        ("2026-11-25", None),
        ("2026-11-26", None),
        ("0001-01-01T00:00", None),
        ("9999-12-31T23:59-14:00", None),
        ("soon", None),
        ("", None),
    ],
)
def test_a_chosen_date_is_the_series_webinar_then_as_people_there_see_it(chosen: str, found: str | None) -> None:
    directory = Directory(
        [
            occurrence("tuesday", parse_instant("2026-11-24T18:00:00Z")),
            occurrence("morning", parse_instant("2026-11-25T08:00:00Z")),
            occurrence("evening", parse_instant("2026-11-25T18:00:00Z")),
        ]
    )
    assert FromDate("date", SERIES, BERLIN).find(submission(date=chosen), directory) == found


def test_a_date_in_a_form_of_its_own() -> None:
    directory = Directory([occurrence("tuesday", parse_instant("2026-11-24T18:00:00Z"))])
    assert FromDate("date", SERIES, BERLIN, "%m/%d/%y").find(submission(date="11/24/26"), directory) == "zoom:tuesday"
