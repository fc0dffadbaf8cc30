from datetime import date

import pytest

from funnel.cli.days import parse_days

WEDNESDAY = date(2026, 11, 25)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026-11-01", "2026-11-01", "2026-11-01"),
        ("2026-1-9", "2026-01-09", "2026-01-09"),
        ("01.11.2026", "2026-11-01", "2026-11-01"),
        ("1.2.2028", "2028-02-01", "2028-02-01"),
        ("2026-11", "2026-11-01", "2026-11-30"),
        ("2028-02", "2028-02-01", "2028-02-29"),
        ("2026-12", "2026-12-01", "2026-12-31"),
        ("2026-W48", "2026-11-23", "2026-11-29"),
        ("2026-w01", "2025-12-29", "2026-01-04"),
        ("yesterday", "2026-11-24", "2026-11-24"),
        ("Today", "2026-11-25", "2026-11-25"),
        ("tomorrow", "2026-11-26", "2026-11-26"),
        ("monday", "2026-11-23", "2026-11-23"),
        ("Wed", "2026-11-25", "2026-11-25"),
        ("thursday", "2026-11-19", "2026-11-19"),
    ],
)
def test_a_day_a_week_or_a_month_as_people_write_it(text: str, first: str, last: str) -> None:
    assert tuple(day.isoformat() for day in parse_days(text, WEDNESDAY)) == (first, last)


@pytest.mark.parametrize(
    "text",
    ["", "m", "soon", "2026", "2026-13", "2026-11-31", "31.11.2026", "11/01/2026", "2026-W54", "0000-01", "9999-W60"],
)
def test_what_is_no_day_says_how_to_write_one(text: str) -> None:
    with pytest.raises(ValueError, match=r"no such day; write 2026-11-01, 01.11.2026, 2026-11, "):
        parse_days(text, WEDNESDAY)


@pytest.mark.parametrize("text", ["1969-12-31", "9999-12", "2286-01-01"])
def test_a_day_that_no_webinar_can_have_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not between the years 1970 and 2285"):
        parse_days(text, WEDNESDAY)
