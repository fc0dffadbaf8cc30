"""What a poll remembers of a sheet."""

from hypothesis import given
from hypothesis import strategies as st

from connectors.table.seen import Seen
from connectors.toolkit.content_id import content_hash

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
