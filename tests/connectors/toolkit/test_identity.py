"""Person ids against an independent computation of what docs/contract.md says of them."""

import hashlib
import hmac
import re

import pytest

from connectors.toolkit.identity import email_domain_id, email_person_id, normal_email, registrant_person_id
from contract.events import EVENT

SECRET = "sixteen characters"


def hashed(text: str) -> str:
    return hmac.new(SECRET.encode(), text.encode(), hashlib.sha256).hexdigest()[:32]


def test_ids_are_keyed_hashes_of_128_bits() -> None:
    assert email_person_id("ann@example.com", SECRET) == "p_" + hashed("ann@example.com")
    assert registrant_person_id("zoom", "u1", SECRET) == "r_" + hashed("zoom:u1")
    assert email_domain_id("ann@example.com", SECRET) == "d_" + hashed("example.com")


def test_another_secret_makes_other_ids() -> None:
    assert email_person_id("ann@example.com", SECRET) != email_person_id("ann@example.com", SECRET + "!")


def test_person_ids_have_the_form_of_the_contract() -> None:
    person_id = EVENT.json_schema()["$defs"]["Joined"]["properties"]["person_id"]
    assert re.fullmatch(person_id["pattern"], email_person_id("ann@example.com", SECRET))
    assert re.fullmatch(person_id["pattern"], registrant_person_id("zoom", "u1", SECRET))


@pytest.mark.parametrize("written", ["ann@example.com", " Ann@Example.COM\t", "ANN@EXAMPLE.COM"])
def test_email_is_trimmed_and_lower_cased(written: str) -> None:
    assert normal_email(written) == "ann@example.com"


def test_dots_and_plus_are_not_folded() -> None:
    assert normal_email("a.n+x@example.com") == "a.n+x@example.com"


@pytest.mark.parametrize("text", ["", "ann", "@example.com", "ann@", "ann lee@example.com", "--"])
def test_what_is_no_email_is_none(text: str) -> None:
    assert normal_email(text) is None
