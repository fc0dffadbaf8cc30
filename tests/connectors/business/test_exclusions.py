"""exclusions.yaml: domains in full, kept as hashes."""

import pytest

from connectors.business.exclusions import excluded_domains
from connectors.toolkit.identity import email_domain_id
from connectors.toolkit.marked import FileError, read

SECRET = "s" * 16


def known(text: str, secret: str | None = SECRET) -> dict[str, str]:
    return {one: str(place) for one, place in excluded_domains(read(text, "exclusions.yaml"), secret).items()}


def test_a_domain_is_the_hash_that_events_carry() -> None:
    assert known("domains:\n  - Example.com\n  - '@example.org'\n") == {
        email_domain_id("anna@example.com", SECRET): "exclusions.yaml:2",
        email_domain_id("x@example.org", SECRET): "exclusions.yaml:3",
    }


def test_a_domain_in_unicode_is_the_hash_that_events_carry_and_the_one_that_they_carried() -> None:
    assert set(known("domains: [München.de]")) == {
        email_domain_id("x@xn--mnchen-3ya.de", SECRET),
        email_domain_id("x@münchen.de", SECRET),
    }


def test_no_domains_need_no_secret() -> None:
    assert known("domains: []\n", None) == known("", None) == {}


@pytest.mark.parametrize("domain", ["anna@example.com", "example", "a b.com", "-ü.com"])
def test_what_is_no_domain_is_refused_and_not_repeated(domain: str) -> None:
    with pytest.raises(FileError, match=r"^exclusions.yaml:2: no domain, such as example.com") as error:
        known(f"domains:\n- {domain}\n")
    assert "anna" not in str(error.value)


def test_patterns_and_a_missing_secret_are_refused_with_the_line() -> None:
    with pytest.raises(FileError, match=r"^exclusions.yaml:3: write every domain in full"):
        known("domains:\n- a.example\n- '*.example.com'\n")
    with pytest.raises(FileError, match=r"^exclusions.yaml:2: FUNNEL_HASH_SECRET is not set"):
        known("domains:\n- example.com\n", None)
