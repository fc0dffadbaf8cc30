"""One address, however it was written; and the reason for what is none, without repeating it."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.toolkit.email_address import EmailError, clean_email

WRITTEN = {
    "upper case and a space": "Ann@Example.com ",
    "zero-width space": "\u200bann@example.com",
    "zero-width space inside": "ann\u200b@exam\u200dple.com",
    "mark of direction": "\u200fann@example.com",
    "byte order mark": "\ufeffann@example.com",
    "soft hyphen": "ann@exa\u00admple.com",
    "no-break space": "\u00a0ann@example.com\u202f",
    "variation selector": "ann@example.com\ufe0f",
    "control character": "ann@example.com\x00",
    "line break": "ann@example.com\r\n",
    "semicolon": "ann@example.com;",
    "comma": "ann@example.com,",
    "full stop": "ann@example.com.",
    "quotes": "'ann@example.com'",
    "a spreadsheet's apostrophe": "'ann@example.com",
    "double quotes": '"ann@example.com"',
    "typographic quotes": "„ann@example.com“",
    "angle brackets": "<ann@example.com>",
    "a name": "Ann Lee <ann@example.com>",
    "a quoted name": '"Lee, Ann" <ann@example.com>;',
    "mailto": "mailto:ann@example.com",
    "mailto with a subject": "MAILTO:ann%40example.com?subject=hello@you",
    "mailto in brackets": "<mailto:ann@example.com>",
    "mailto with quotes": "mailto:'ann@example.com'",
    "full-width forms": "ａｎｎ＠ｅｘａｍｐｌｅ．ｃｏｍ",
    "percent-encoded": "ann%40example.com",
    "a name behind it": "ann@example.com (Ann Lee)",
    "a name before it": "(Ann) ann@example.com",
    "in brackets behind a name": "Ann Lee (ann@example.com)",
    "a bullet": "• ann@example.com",
    "dashes": "–ann@example.com—",
}
CLEAN = ["ann@example.com", "a.n+x@example.com", "o'neil@example.co.uk", "_x-1@a-b.example", "d@xn--e1afmkfd.xn--p1ai"]
NONE = {
    "ann": "no at sign",
    "--": "no at sign",
    "@example.com": "one side",
    "ann@": "one side",
    "ann lee@example.com": "space",
    "ann@ example.com": "space",
    "ann@example": "no ending",
    "ann@example..com": "two dots",
    "ann..lee@example.com": "two dots",
    "ann@example.com, bob@example.com": "more than one",
    "ann@example.com;bob@example.com": "more than one",
    "ann@@example.com": "two at signs",
    "ann@-example.com": "not a domain",
    "ann@10.0.0.1": "not a domain",
    "ann@10.0.0.10": "not a domain",
    "ann@example.com-": "not a domain",
    "ann\tlee@example.com": "space",
    "ann@example.com\nbob@example.org": "more than one",
    "ann@example.c": "not a domain",
    "a[b@example.com": "mailbox",
    "ann@i❤.example.com": "not a domain",
    "ann@-münchen.de": "not a domain",
    "ann@mün_chen.de": "not a domain",
    "ann@münchen": "no ending",
    "ann@münchen..de": "two dots",
    "ann@münchen.de bob": "space",
    "ann@münchen.de, bob@münchen.de": "more than one",
    f"ann@{'ü' * 70}.de": "not a domain",
    "x" * 250 + "@example.com": "longer",
    "\u200b": "no at sign",
    "ann@example.com (bob@example.com)": "more than one",
}


@pytest.mark.parametrize("written", WRITTEN.values(), ids=WRITTEN.keys())
def test_what_surrounds_an_address_is_nothing(written: str) -> None:
    assert clean_email(written) == "ann@example.com"


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("ann@münchen.de", "ann@xn--mnchen-3ya.de"),
        ("Ann@MÜNCHEN.de", "ann@xn--mnchen-3ya.de"),
        ("ann@mu\u0308nchen.de", "ann@xn--mnchen-3ya.de"),
        ("Ann <mailto:ann@münchen.de>;", "ann@xn--mnchen-3ya.de"),
        ("ann@XN--MNCHEN-3YA.de", "ann@xn--mnchen-3ya.de"),
        ("renée@straße.de", "renée@xn--strae-oqa.de"),
        ("ann@strasse.de", "ann@strasse.de"),
        ("d@пример.рф", "d@xn--e1afmkfd.xn--p1ai"),
        ("d@пример.xn--p1ai", "d@xn--e1afmkfd.xn--p1ai"),
        ("ann@example。com", "ann@example.com"),
        ("ann@例え。テスト", "ann@xn--r8jz45g.xn--zckzah"),
        ("x@xn--zzzzzzzz.com", "x@xn--zzzzzzzz.com"),
    ],
)
def test_a_domain_in_unicode_and_in_punycode_is_one(written: str, address: str) -> None:
    assert clean_email(written) == address


@pytest.mark.parametrize("address", CLEAN)
def test_a_clean_address_stays_as_it_is(address: str) -> None:
    assert clean_email(address) == address


def test_the_longest_address_that_mail_servers_carry_is_one() -> None:
    longest = "x" * 242 + "@example.com"
    assert clean_email(longest) == longest
    with pytest.raises(EmailError, match="longer than 254 characters"):
        clean_email(f"x{longest}")


def test_an_encoded_plus_sign_is_one() -> None:
    assert clean_email("ann%2Bx@example.com") == clean_email("ann%2bx%40example.com") == "ann+x@example.com"


def test_an_accent_is_the_same_composed_and_decomposed() -> None:
    composed = "renée@example.com"
    assert clean_email(unicodedata.normalize("NFD", composed)) == clean_email(composed) == composed


@pytest.mark.parametrize(("text", "why"), NONE.items())
def test_what_is_no_address_is_refused_by_name(text: str, why: str) -> None:
    with pytest.raises(EmailError, match=why) as refused:
        clean_email(text)
    assert text not in str(refused.value) or len(text) < 4


@given(st.text() | st.from_regex(r"\W*[a-z.+]{1,5}\W?@[a-zé-]{1,5}\.[a-z]{0,4}\W*", fullmatch=True))
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    try:
        once = clean_email(text)
    except EmailError:
        return
    assert clean_email(once) == once
