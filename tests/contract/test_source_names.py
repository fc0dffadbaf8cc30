"""One source, one name: however it was encoded, written or pasted."""

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.source import canonical_source, default_group
from contract.source_names import canonical_host, canonical_name
from funnel.report.oracle_sources import NO_RULES, source_group

WRITTEN = [
    "google ads", "google%20ads", "google%2520ads", "google+ads", " google  ads ", "google%252520ads",
    "google\u00a0ads", "goo\u200bgle ads", "google\u00ad ads\ufeff", "google&nbsp;ads", "google&#32;ads",
]  # fmt: skip
PLACEHOLDERS = [
    "undefined", "null", "NULL", "(direct)", "(none)", "(not set)", "xxxxx", "XXX", "{{site_source_name}}",
    "{{campaign.name}}", "fb_{{placement}}", "%%campaign%%", "${utm}", "{campaignid}", "__CAMPAIGN_NAME__",
    "[object Object]", "-", "--", "N/A", "nan", "%7B%7Bsite%7D%7D", "%%41campaign%%", "",
]  # fmt: skip


@pytest.mark.parametrize("written", WRITTEN)
def test_percent_and_plus_signs_are_decoded(written: str) -> None:
    assert canonical_name(written) == "google ads"


@pytest.mark.parametrize("placeholder", PLACEHOLDERS)
def test_a_placeholder_says_nothing(placeholder: str) -> None:
    assert canonical_name(placeholder) == ""


@pytest.mark.parametrize(
    "name", ["vk", "50% off", "Registration Modal", "xx", "x", "Q&A", "a/b", "100%", "%C3", "Direct"]
)
def test_a_plain_name_stays_as_it_is(name: str) -> None:
    assert canonical_name(name) == name


def test_unicode_forms_are_one() -> None:
    assert canonical_name(unicodedata.normalize("NFD", "café")) == canonical_name("café") == "café"
    assert canonical_name("ｖｋ") == "vk"


def test_entities_of_pages_are_their_characters() -> None:
    assert canonical_name("Q&amp;A") == canonical_name("Q&amp;amp;A") == canonical_name("Q%26amp%3BA") == "Q&A"
    assert canonical_name("a&copy b&x;") == "a&copy b&x;"


def test_what_was_encoded_more_often_than_hands_do_is_left() -> None:
    assert canonical_name("google%25252520ads") == "google%20ads"


def test_what_was_pasted_behind_a_value_is_left_out() -> None:
    assert canonical_name("cpc?utm_campaign=x") == canonical_name("cpc&amp;utm_term=y") == "cpc"


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("https://partner.example:8443/path?x=1", "partner.example"),
        ("https://PARTNER.example/other", "partner.example"),
        ("https://www.partner.example/", "partner.example"),
        ("http://user:pw@WWW.partner.example./x", "partner.example"),
        ("partner.example/no-scheme", "partner.example"),
        ("//partner.example", "partner.example"),
        ("https://пример.рф/страница", "пример.рф"),
        ("https://xn--e1afmkfd.xn--p1ai/", "пример.рф"),
        ("https://%D0%BF%D1%80%D0%B8%D0%BC%D0%B5%D1%80.рф", "пример.рф"),
        ("https://xn--\u00e9/", "xn--\u00e9"),
        ("https://straße.de/", "straße.de"),
        ("https://xn--strae-oqa.de/", "straße.de"),
        ("https://xn--zzzzzzzz.de/", "xn--zzzzzzzz.de"),
        ("android-app://com.google.android.gm/", "com.google.android.gm"),
        ("https%3A%2F%2Fwww.partner.example%2Fpath%3Fx%3D1", "partner.example"),
        ("https%253A%252F%252Fpartner.example", "partner.example"),
        ("https://partner.example\\path", "partner.example"),
        ("https://partner。example/", "partner.example"),
        ("partner.example\u200b", "partner.example"),
        ("null", ""),
        ("/", ""),
        ("", ""),
    ],
)
def test_a_host_has_one_name(address: str, host: str) -> None:
    assert canonical_host(address) == host


def test_the_group_is_made_of_canonical_names() -> None:
    groups = {default_group(json.dumps({"utm_source": written})) for written in WRITTEN}
    assert groups == {"google ads"}
    assert default_group('{"utm_source":"(direct)","referrer":"https://www.Partner.example/x"}') == "partner.example"
    assert default_group('{"utm_source":"{{source}}"}') == "No source given"
    assert canonical_source('{"utm_source":"undefined","utm_medium":"CPC"}') == {"utm_medium": "CPC"}


@given(
    st.dictionaries(
        st.sampled_from(["utm_source", "tracking_code", "platform_source", "referrer"]),
        st.one_of(
            st.sampled_from([*WRITTEN, *PLACEHOLDERS, "added by presenter"]),
            st.text("aX%20+.:/@?#&{}_-wxn", max_size=12),
        ).filter(str.strip).map(str.strip),
    )
)  # fmt: skip
def test_the_oracle_says_the_same(said: dict[str, str]) -> None:
    event = {
        "status": "registered",
        "occurred_at": "2026-11-22T18:00:00Z",
        "event_id": "e",
        "canonical": "",
        "source": said,
    }
    assert default_group(json.dumps(said)) == source_group([event], NO_RULES)
