"""What polls remember of a list."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.toolkit.content_id import content_hash
from connectors.toolkit.seen import Seen

_keys = st.lists(st.integers(0, 30).map(content_hash), max_size=20)


@given(before=_keys, now=_keys)
def test_new_is_what_the_last_reading_did_not_have(before: list[str], now: list[str]) -> None:
    first = Seen("", "m")
    assert all(first.is_new(key) for key in before)
    second = Seen(first.text(), "m")
    assert {key for key in now if second.is_new(key)} == set(now) - set(before)
    third = Seen(second.text(), "m")
    assert {key for key in before if third.is_new(key)} == set(before) - set(now)


def test_another_mapping_has_seen_nothing() -> None:
    first = Seen("", "m")
    first.is_new(content_hash(1))
    assert Seen(first.text(), "other").is_new(content_hash(1))


@given(before=_keys, now=_keys)
def test_with_all_readings_what_is_no_longer_listed_stays_known(before: list[str], now: list[str]) -> None:
    first = Seen()
    assert all(first.is_new(key) for key in before)
    second = Seen(first.text())
    for key in now:
        second.is_new(key)
    assert not [key for key in (*before, *now) if Seen(second.text_of_all()).is_new(key)]
    assert Seen(second.text_of_all()).text_of_all() == second.text_of_all()


def test_keys_as_they_were_kept_before_0_2_0_are_known() -> None:
    former = "".join(content_hash(number)[:16] for number in range(3))
    assert [Seen(former).is_new(content_hash(number)) for number in range(4)] == [False, False, False, True]


@pytest.mark.parametrize("kept", ["no hex", "m not base64!", "abc", " AAA", "m  "])
def test_what_cannot_be_read_is_nothing(kept: str) -> None:
    assert Seen(kept, "").is_new(content_hash(1))
    assert Seen(kept, "m").is_new(content_hash(1))
