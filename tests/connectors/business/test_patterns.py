"""What a text of a rule fits."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.business.patterns import fits, pattern


@pytest.mark.parametrize(
    ("said", "value", "expected"),
    [
        ("vk", "VK ", True),
        ("vk", "vk2", False),
        ("vk*", "vk2", True),
        ("*python*", "Learn Python now", True),
        ("v?", "vk", True),
        ("What is SQL?", "what is sql?", True),
        ("[EN] Python (v1.0)", "[en] python (v1.0)", True),
        ("[EN] Python", "E Python", False),
        ("/^vk[0-9]+$/", "VK42", True),
        ("/sql|database/", "My database", True),
        ({"exact": "a*"}, "a*", True),
        ({"exact": "a*"}, "ab", False),
        ({"exact": "/blog/"}, "/blog/", True),
        ({"regex": "^a.c$"}, "abc", True),
        ({"glob": "/a*/"}, "/abc/", True),
        ("", "", True),
        ("", " ", True),
        ("", "x", False),
        ("*", "", False),
        ("Straße*", "STRASSE", False),
        ("Школа*", "школа python", True),
    ],
)
def test_a_pattern_fits(said: Any, value: str, expected: bool) -> None:
    assert pattern(said).fits(value) is expected


@pytest.mark.parametrize(
    "said", [{"like": "x"}, {}, {"exact": "a", "glob": "b"}, 5, "/(/", {"regex": "["}, {"exact": []}]
)
def test_what_is_no_pattern_is_a_value_error(said: Any) -> None:
    with pytest.raises(ValueError, match=r"expected|expression"):
        pattern(said)


def test_one_of_the_patterns_has_to_fit_one_of_the_values() -> None:
    patterns = (pattern("kz"), pattern("kazakhstan"))
    assert fits(patterns, ["en", "Kazakhstan"])
    assert not fits(patterns, ["en"])
    assert not fits(patterns, [])
    assert fits((pattern(""),), [])


@given(st.text(max_size=50))
def test_an_exact_pattern_fits_its_own_text_whatever_is_in_it(text: str) -> None:
    assert pattern({"exact": text}).fits(text)
