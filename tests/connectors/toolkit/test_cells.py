"""What cells of any table have in common."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from connectors.toolkit.cells import clean, instant_of, whole_number
from contract.instants import HOUR, parse_instant


def test_of_an_hour_that_exists_twice_the_second_is_meant_only_where_the_first_is_too_early_for_it() -> None:
    twice, berlin = datetime(2026, 10, 25, 2, 30), ZoneInfo("Europe/Berlin")  # noqa: DTZ001
    first = parse_instant("2026-10-25T00:30:00Z")
    second = first + HOUR
    assert instant_of(twice, berlin) == instant_of(twice, berlin, first) == first
    assert instant_of(twice, berlin, first + 1) == instant_of(twice, berlin, second) == second
    assert instant_of(twice, berlin, second + 1) == first


def test_a_cell_comes_out_of_its_formula_with_the_quotes_in_it() -> None:
    assert clean(' ="a ""b"" c" ') == 'a "b" c'
    assert clean('="--"') == clean(" N/A ") == ""


@pytest.mark.parametrize(
    "error", ["#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#NV", "#BEZUG!", "#ИМЯ?", "#¡REF!"]
)
def test_an_error_of_a_spreadsheet_says_nothing(error: str) -> None:
    assert clean(error) == clean(f'="{error.lower()}"') == ""
    assert clean(f"{error} x") == f"{error} x"


@pytest.mark.parametrize("name", ["#SALE!", "#Java?", "#AB/1!", "#ref", "ref!"])
def test_a_hashtag_is_no_error_of_a_spreadsheet(name: str) -> None:
    assert clean(name) == name


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1,024", 1024),
        ("12,345,678", 12_345_678),
        ("1\u202f024", 1024),
        ("1.024", 1024),
        ("12.345.678", 12_345_678),
        ("1'024", 1024),
        ("1’024", 1024),
        ("388.0", 388),
        ("388,00", 388),
        ("0.0", 0),
        ("４５", 45),
    ],
)
def test_thousands_may_be_separated(text: str, number: int) -> None:
    assert whole_number(text) == number


@pytest.mark.parametrize(
    "text", ["1,02", "12,34,567", "1234,567", "1,0245", "", "-1", "1.5", "1.024,5", "1.5.0", "1,024.7"]
)
def test_what_is_no_whole_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a whole number"):
        whole_number(text)
