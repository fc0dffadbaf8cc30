"""Where a registration came from, without what may be personal in it."""

import pytest

from connectors.toolkit.utm import source_of, utm_of, utm_of_cookies, utm_of_url, without_query


def test_utm_fields_are_found_in_any_case_and_others_are_not() -> None:
    fields = {"UTM_Source": " vk ", "utm_medium": "", "utm_content": 7, "utm_id": "x", "source": "y"}
    assert utm_of(fields) == {"utm_source": "vk", "utm_content": "7"}


@pytest.mark.parametrize("who", ["ann@example.com", "to-ann%40example.com"])
def test_a_utm_field_that_says_who_is_left_out(who: str) -> None:
    assert utm_of({"utm_content": who, "utm_source": "mail"}) == {"utm_source": "mail"}


def test_the_query_of_a_landing_page_is_read() -> None:
    assert utm_of_url("https://a.example/p?x=1&utm_term=%D1%8F+b#c") == {"utm_term": "я b"}
    assert utm_of_url("http://[") == {}
    assert utm_of_cookies("OTHERTILDAUTM=utm_source=a") == {}


@pytest.mark.parametrize(
    ("referrer", "kept"),
    [
        ("https://a.example/p/q?email=ann%40example.com#x", "https://a.example/p/q"),
        ("https://ann:pw@a.example/p", "https://a.example/p"),
        ("a.example/p?q", "a.example/p"),
        ("https://a.example/ann@example.com", None),
        ("https://a.example/ann%40example.com/x", None),
        ("?x=1", None),
        ("", None),
        ("https%3A%2F%2Fa.example%2Fp%3Femail%3Dann%40example.com", "https://a.example/p"),
        ("https%253A%252F%252Fa.example%252Fp", "https://a.example/p"),
        ("https://a.example/p%3Fx", "https://a.example/p%3Fx"),
    ],
)
def test_a_referrer_keeps_host_and_path(referrer: str, kept: str | None) -> None:
    assert without_query(referrer) == kept


def test_who_says_nothing_of_the_source_has_none() -> None:
    assert source_of({}, "", tracking_code="") is None
    assert source_of({}, "https://a.example/?q", tracking_code="t") == {
        "tracking_code": "t",
        "referrer": "https://a.example/",
    }


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("https://a.example/?utm_source=mail&amp;utm_medium=x", {"utm_source": "mail", "utm_medium": "x"}),
        ("https://a.example/#utm_source=mail&utm_medium=x", {"utm_source": "mail", "utm_medium": "x"}),
        ("https://a.example/?a=1?utm_source=newsletter", {"utm_source": "newsletter"}),
        ("https://a.example/?UTM_Source=Newsletter&utm_source=", {"utm_source": "Newsletter"}),
        ("https://a.example/?x=1#top?utm_source=vk&#38;utm_term=a%20b", {"utm_source": "vk", "utm_term": "a b"}),
        ("https://a.example/utm_source=vk", {}),
        ("https://a.example/?gclid=Cj0KCQ", {"utm_source": "google"}),
        ("https://a.example/?gclid=", {}),
        ("https://a.example/?fbclid=Iw&utm_campaign=autumn", {"utm_source": "facebook", "utm_campaign": "autumn"}),
        ("https://a.example/?utm_source=mail&msclkid=1&yclid=2", {"utm_source": "mail"}),
        ("https://a.example/?yclid=2", {"utm_source": "yandex"}),
        ("https://a.example/?ttclid=2", {"utm_source": "tiktok"}),
        ("https://a.example/?ScCid=2", {"utm_source": "snapchat"}),
        ("https://a.example/?ysclid=2", {"utm_source": "yandex"}),
        ("https://a.example/?gad_source=1", {"utm_source": "google"}),
        ("https://a.example/?utm_source=%7B%7Bsite%7D%7D&fbclid=1", {"utm_source": "facebook"}),
        ("https://a.example/?utm_source=undefined&gclid=1", {"utm_source": "google"}),
        ("https://a.example/?utm_source=undefined", {"utm_source": "undefined"}),
    ],
)  # fmt: skip
def test_what_the_address_of_a_landing_page_says(url: str, said: dict[str, str]) -> None:
    assert source_of(utm_of_url(url)) == (said or None)


def test_a_click_id_in_a_hidden_field_never_beats_a_utm_source_of_the_page() -> None:
    fields = {**utm_of_url("https://a.example/?utm_source=mail"), **utm_of({"GCLID": "Cj0"})}
    assert source_of(fields) == {"utm_source": "mail"}
