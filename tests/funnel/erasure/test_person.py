"""Which bytes name a person: the ids, and the email as payloads of services write it."""

import pytest

from connectors.toolkit.email_address import EmailError
from connectors.toolkit.identity import email_person_id
from contract.forgotten import forgotten_id
from funnel.erasure.person import subjects

SECRET = "a secret of this test only"
ANN = subjects([" Ann.Lee@Bücher.example "], SECRET)
ID = email_person_id("ann.lee@xn--bcher-kva.example", SECRET)


@pytest.mark.parametrize(
    "content",
    [
        f'{{"person_id":"{ID}"}}',
        '{"email":"Ann.Lee@bücher.example"}',
        '{"email":"ann.lee\\u0040b\\u00fccher.example"}',
        "name=Ann&email=ann.lee%40b%C3%BCcher.example&more=1",
        "Ann Lee <ann.lee@xn--bcher-kva.example>; x@y.zz",
        "mail: &quot;ann.lee&#64;b&uuml;cher.example&quot;",
        "Name;ANN.LEE@XN--BCHER-KVA.EXAMPLE;12",
    ],
)
def test_a_person_is_found_however_it_is_written(content: str) -> None:
    assert ANN.are_in(content.encode())


@pytest.mark.parametrize(
    "content", ["", "joann.lee@xn--bcher-kva.example", forgotten_id(ID), "p_" + "0" * 32, "@", "\xff@"]
)
def test_nobody_else_is(content: str) -> None:
    assert not ANN.are_in(content.encode("latin-1"))


@pytest.mark.parametrize("end", ["@", "64", " ann.lee@xn--bcher-kva.example"])
def test_a_megabyte_is_searched_at_once(end: str) -> None:
    """A pattern that begins at each character would take hours."""
    assert ANN.are_in(b"x" * 1_000_000 + end.encode()) == (len(end) > 2)


def test_what_is_no_email_is_said() -> None:
    with pytest.raises(EmailError, match="nobody: not an email address"):
        subjects(["nobody"], SECRET)
