"""docs/contract.md, "All state is a function of the set of events": the canonical JSON that breaks a tie."""

import json
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.canonical import canonical, canonical_of

numbers = st.integers(-(10**40), 10**40) | st.floats(allow_nan=False, allow_infinity=False)
values = st.recursive(
    st.none() | st.booleans() | numbers | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text('abcé"\\\n', max_size=3), inner, max_size=3),
    max_leaves=8,
)
fields = st.dictionaries(st.text("abcdé🎓", max_size=3), values, max_size=6)


def written(fields: dict[str, Any], *, indent: bool = False) -> str:
    return json.dumps(fields, indent=2 if indent else None)


def test_keys_are_sorted_and_nothing_is_padded() -> None:
    assert canonical(b' {"b" : [1, 2.50], "a": {"d": null, "c": "\\u00e9"}} ') == '{"a":{"c":"é","d":null},"b":[1,2.5]}'


def test_received_at_is_left_out_on_the_top_only() -> None:
    text = '{"received_at":"x","source":{"received_at":"y"},"type":"t"}'
    assert canonical(text) == '{"source":{"received_at":"y"},"type":"t"}'
    assert canonical(text, without={"type"}) == '{"source":{"received_at":"y"}}'


@given(fields, st.randoms(use_true_random=False))
def test_the_spelling_of_a_record_does_not_matter(fields: dict[str, Any], random: Any) -> None:
    names = list(fields)
    random.shuffle(names)
    shuffled = {name: fields[name] for name in names}
    assert canonical(written(fields)) == canonical(written(shuffled, indent=True))
    assert canonical(written(fields)) == canonical(written(fields | {"received_at": "whenever"}))


@given(fields)
def test_what_the_store_gives_back_has_the_same_content(fields: dict[str, Any]) -> None:
    content = canonical(written(fields))
    stored = orjson.dumps({"state": [orjson.Fragment(content)]})
    assert canonical_of(orjson.loads(stored)["state"][0]) == content
    assert canonical(content) == content


@pytest.mark.parametrize(
    ("smaller", "greater"), [({"a": 1}, {"a": 2}), ({"a": "é"}, {"a": "🎓"}), ({"a": "Z"}, {"a": "a"})]
)
def test_the_order_is_that_of_the_characters(smaller: dict[str, Any], greater: dict[str, Any]) -> None:
    assert canonical_of(smaller) < canonical_of(greater)
