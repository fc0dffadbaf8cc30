"""`.env` as text: what is there stays, what is new can be read back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funnel.setup.env_file import values_of, with_values

TEXT = "# a comment\n\nexport FUNNEL_A=1\nFUNNEL_B='old value'  # why\n  FUNNEL_C=\nOTHER=x\nFUNNEL_A=2\n"


def test_lines_and_comments_stay_and_a_setting_is_changed_where_it_counts() -> None:
    changed = with_values(TEXT, {"FUNNEL_A": "3", "FUNNEL_C": "c", "FUNNEL_D": "a b#c", "OTHER": "x"})
    assert changed == (
        "# a comment\n\nexport FUNNEL_A=1\nFUNNEL_B='old value'  # why\nFUNNEL_C=c\nOTHER=x\nFUNNEL_A=3\n"
        "\n# funnel setup wrote the lines below.\nFUNNEL_D='a b#c'\n"
    )
    again = with_values(changed, {"FUNNEL_E": "1"})
    assert again == changed + "FUNNEL_E=1\n"
    assert with_values(again, {"FUNNEL_E": "1", "FUNNEL_A": "3"}) == again
    assert with_values("", {}) == ""


@pytest.mark.parametrize("odd", ["a\u2028b", "a\x85b", "a\x0cb", "a\u2029FUNNEL_A=9", "two\nFUNNEL_A=9\nlines"])
def test_only_a_line_feed_ends_a_line_and_a_value_may_have_several(odd: str) -> None:
    text = f"# {odd.partition(chr(10))[0]}\nOTHER='{odd}'\n\n  FUNNEL_A=1\nBROKEN='x"
    changed = with_values(text, {"FUNNEL_A": "2"})
    assert changed == text.replace("  FUNNEL_A=1", "FUNNEL_A=2") + "\n"
    assert values_of(changed) == {"OTHER": odd, "FUNNEL_A": "2"}


@given(st.dictionaries(st.sampled_from(["FUNNEL_A", "FUNNEL_B", "FUNNEL_NEW"]), st.text(min_size=1)), st.just(TEXT))
def test_every_value_is_read_back_or_refused(new: dict[str, str], text: str) -> None:
    try:
        changed = with_values(text, new)
    except ValueError:
        return
    read = values_of(changed)
    assert {name: read[name] for name in new} == new
    kept = {name: value for name, value in values_of(text).items() if name not in new}
    assert {name: read.get(name) for name in kept} == kept


@pytest.mark.parametrize("value", ["two\nlines", "${HOME}"])
def test_what_cannot_be_written_is_refused_by_name(value: str) -> None:
    with pytest.raises(ValueError, match="FUNNEL_X cannot be written"):
        with_values("", {"FUNNEL_X": value})
