"""Others' texts on one line, and cut as services count."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.plain import cut, lines, one_line

ANY = st.text(st.characters(exclude_categories=()))


@pytest.mark.parametrize(
    ("text", "fit"),
    [
        ("SQL in an hour", "SQL in an hour"),
        (" a\r\n\tb\u2028c\x00d\u202ee\ud83df ", "a b c d e f"),
        ("Grüße 👩‍💻 日本", "Grüße 👩‍💻 日本"),
        ("\n\x00", ""),
    ],
)
def test_what_would_break_a_line_is_a_space(text: str, fit: str) -> None:
    assert one_line(text, 50) == fit


def test_it_is_cut_by_utf_16_units_and_never_within_a_character() -> None:
    assert cut("😀😀😀", 6) == "😀😀😀"
    assert cut("😀😀😀", 5) == "😀😀…"
    assert cut("😀😀😀", 4) == "😀…"
    assert lines(f"{'a' * 9_000}\nlast", 2_000).endswith("…\nlast")


@given(ANY, st.integers(2, 40))
def test_whatever_it_is_it_is_one_line_that_can_be_written(text: str, most: int) -> None:
    fit = one_line(text, most)
    assert len(fit.splitlines()) <= 1
    assert len(fit.encode("utf-16-le")) <= 2 * most
    assert one_line(fit, most) == fit
    assert len(lines(text, most).encode("utf-16-le")) <= 2 * most
