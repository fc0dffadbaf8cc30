"""What a text of a rule fits."""

import re
import time
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.business.patterns import LONGEST, SlowPatternError, fits, pattern


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


@pytest.mark.parametrize("said", ["/(a+)+$/", "/^(a|aa)+$/", "/(x+x+)+y/", r"/^(\d+)*$/", r"/^([a-z]+)*@/"])
def test_an_expression_that_could_take_for_ever_is_no_pattern(said: str) -> None:
    """Unless regex itself makes it quick for every value."""
    began = time.monotonic()
    with suppress(SlowPatternError):
        try:
            made = pattern(said)
        except ValueError as error:
            raise SlowPatternError from error
        for value in ("a" * 40 + "!", "x" * LONGEST, "1" * LONGEST + "a"):
            made.fits(value)
    assert time.monotonic() - began < 20


def test_an_expression_that_turns_out_slow_says_so_in_time() -> None:
    made = pattern("/^(?:ab|a|b)+$/")
    assert made.fits("abba")
    began = time.monotonic()
    with pytest.raises(SlowPatternError, match="takes too long"):
        made.fits("ab" * 30 + "#")
    assert time.monotonic() - began < 20


@pytest.mark.parametrize("said", ["*a*a*a*a*a*a*b", "a*" * 40 + "b", "*?a*?a*?a*?a*b", "*" * 40 + "b"])
def test_stars_take_no_time_however_many(said: str) -> None:
    began = time.monotonic()
    assert not pattern(said).fits("a" * LONGEST)
    assert pattern(said).fits("a" * (LONGEST - 1) + "b")
    assert time.monotonic() - began < 1


@given(st.text("ab*?", max_size=8), st.text("ab", max_size=8))
def test_stars_fit_what_they_always_did(said: str, value: str) -> None:
    if not said.strip() or not value:
        return
    plain = re.escape(said).replace(r"\*", ".*").replace(r"\?", ".")
    assert pattern(said).fits(value) is (re.fullmatch(plain, value) is not None)


def test_one_of_the_patterns_has_to_fit_one_of_the_values() -> None:
    patterns = (pattern("kz"), pattern("kazakhstan"))
    assert fits(patterns, ["en", "Kazakhstan"])
    assert not fits(patterns, ["en"])
    assert not fits(patterns, [])
    assert fits((pattern(""),), [])


@given(st.text(max_size=50))
def test_an_exact_pattern_fits_its_own_text_whatever_is_in_it(text: str) -> None:
    assert pattern({"exact": text}).fits(text)
