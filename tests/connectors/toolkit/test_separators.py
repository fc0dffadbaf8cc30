"""Decimals or thousands: the column decides."""

import pytest

from connectors.toolkit.separators import decimal_of, is_ambiguous, number


@pytest.mark.parametrize(
    ("column", "decimal"),
    [
        (["45,5", "10"], ","), (["45.5", "1,024"], "."), (["1,024.5"], "."), (["1.024,5", "3"], ","),
        (["1,024,000"], "."), (["1.024.000"], ","), (["0,500"], ","), (["12345.678"], "."), (["1234,567"], ","),
        (["1,024"], None), (["1,024", "1.024"], None), (["45,5", "45.5"], None), ([], None), (["12"], None),
    ],
)  # fmt: skip
def test_what_a_column_tells(column: list[str], decimal: str | None) -> None:
    assert decimal_of(column) == decimal


def test_a_number_is_read_with_the_columns_decimal() -> None:
    assert number("1,024", ".") == 1024
    assert number("1,024", ",") == pytest.approx(1.024)
    assert number("1 024") == number("1'024") == number("1024") == 1024
    assert number("45,5") == pytest.approx(45.5)
    assert number("1.024,5") == pytest.approx(1024.5)


def test_an_ambiguous_number_is_refused_by_name() -> None:
    assert is_ambiguous("1,024")
    assert not is_ambiguous("45,5")
    with pytest.raises(ValueError, match="thousand or a decimal"):
        number("1,024")


@pytest.mark.parametrize("text", ["", "x", "1,2,3", "1.2.3,4,5", "-5", "1,02,400"])
def test_what_is_no_number(text: str) -> None:
    with pytest.raises(ValueError, match="not a number"):
        number(text)


def test_a_number_against_its_column_is_refused() -> None:
    with pytest.raises(ValueError, match="not a number"):
        number("45,5", ".")
