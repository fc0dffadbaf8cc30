"""docs/contract.md, "registration": what a registration says of its source, its key and its default group."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.events import Source
from contract.source import NO_SOURCE, WALK_IN, default_group, source_key

texts = st.one_of(st.none(), st.sampled_from(["", " ", "vk", " VK", "é", "added by presenter"]), st.text(max_size=5))
sources = st.builds(Source, **dict.fromkeys(Source.model_fields, texts))


@pytest.mark.parametrize("source", [None, Source(), Source(utm_source=""), Source(utm_source=" \t", referrer="\n")])
def test_only_a_non_empty_field_says_a_source(source: Source | None) -> None:
    assert source_key(source) == NO_SOURCE


def test_values_are_trimmed_and_empty_ones_left_out() -> None:
    assert json.loads(source_key(Source(utm_source=" VK ", utm_term="", utm_campaign="a b"))) == {
        "utm_source": "VK",
        "utm_campaign": "a b",
    }


@given(sources, sources)
def test_two_sources_have_one_key_exactly_if_they_say_the_same(one: Source, other: Source) -> None:
    said = [{name: text.strip() for name, text in source if text and text.strip()} for source in (one, other)]
    assert (source_key(one) == source_key(other)) == (said[0] == said[1])


@given(sources)
def test_every_key_has_a_group_with_a_name(source: Source) -> None:
    assert default_group(source_key(source)).strip() or source.referrer


@pytest.mark.parametrize(
    ("source", "group"),
    [
        (Source(utm_source=" VK "), "vk"),
        (Source(utm_source="VK", tracking_code="t", platform_source="s", referrer="https://r.example"), "vk"),
        (Source(tracking_code="Tra-1", platform_source="s", referrer="https://r.example"), "Tra-1"),
        (Source(platform_source="Partner", referrer="https://r.example"), "Partner"),
        (Source(platform_source="Added by Presenter", referrer="https://r.example/x"), "r.example"),
        (Source(platform_source="added by presenter"), "No source given"),
        (Source(referrer="https://Sub.R.example/path?utm=1#top"), "sub.r.example"),
        (Source(referrer="http://r.example:8080"), "r.example"),
        (Source(referrer="//r.example/x"), "r.example"),
        (Source(referrer="r.example/x"), "r.example"),
        (Source(referrer="r.example?x"), "r.example"),
        (Source(referrer="android-app://com.example.app"), "com.example.app"),
        (Source(referrer="/"), "No source given"),
        (Source(utm_campaign="autumn", utm_medium="cpc"), "No source given"),
        (Source(), "No source given"),
        (None, "No source given"),
    ],
)
def test_the_most_telling_field_names_the_group(source: Source | None, group: str) -> None:
    assert default_group(source_key(source)) == group


def test_a_person_with_no_registration_is_a_walk_in() -> None:
    assert default_group(WALK_IN) == "Walk-in"
    assert source_key(None) != WALK_IN
