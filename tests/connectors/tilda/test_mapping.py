"""A submitted form becomes a registration that still needs its webinar; its id holds nothing personal."""

from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qsl, quote, urlencode

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.mapped import FormRegistration, Reason, Rejection
from connectors.tilda.mapping import map_form, map_payload
from connectors.toolkit.identity import person_of
from contract.instants import MINUTE
from tests.connectors.any_json import CONTEXT, NOW, bodies, sound

SAMPLE = (Path(__file__).parent / "payloads/form.txt").read_bytes()
FIELDS = dict(parse_qsl(SAMPLE.decode()))


def registration(body: bytes = SAMPLE, query: dict[str, str] | None = None, at: int = NOW) -> FormRegistration:
    (one,) = map_form(body, query or {}, replace(CONTEXT, received_at=at))
    assert isinstance(one, FormRegistration), one
    return one


def without(*names: str) -> bytes:
    return urlencode({name: value for name, value in FIELDS.items() if name not in names}).encode()


def test_a_form_says_who_and_from_where() -> None:
    one = registration()
    assert (one.service, one.form, one.submission) == ("tilda", "form445566778", "1234567:891011")
    assert one.submitted_at == NOW
    assert one.person == person_of("zoom", "ann@example.com", "", CONTEXT.secret)
    assert one.source == {"utm_source": "vk", "utm_medium": "social", "utm_campaign": "autumn"}
    assert one.fields is not None
    assert one.fields["webinar_date"] == "2026-11-22"


def test_name_phone_email_and_cookies_are_kept_nowhere() -> None:
    assert set(registration().fields or {}) == {"webinar_date", "utm_campaign", "formid"}


def test_json_says_the_same() -> None:
    assert registration(orjson.dumps(FIELDS)) == registration()


def test_hidden_fields_go_before_the_cookie_and_that_before_the_address() -> None:
    query = {"utm_source": "address", "utm_term": "address"}
    assert (registration(query=query).source or {}).items() >= {"utm_source": "vk", "utm_term": "address"}.items()
    assert (registration(query=query).source or {})["utm_campaign"] == "autumn"


@pytest.mark.parametrize("separator", ["|||", "||", "&"])
@pytest.mark.parametrize("twice", [True, False])
def test_the_cookie_is_read_in_the_spellings_that_are_seen(separator: str, twice: bool) -> None:
    value = separator.join(["utm_source=ya ru", "utm_term=курсы"])
    cookie = f"a=b; TILDAUTM={quote(value) if twice else value}; c=d"
    body = urlencode({"email": "ann@example.com", "COOKIES": cookie}).encode()
    assert registration(body).source == {"utm_source": "ya ru", "utm_term": "курсы"}


def test_the_address_may_name_the_form() -> None:
    assert registration(without("formid"), {"form": "landing-7"}).form == "landing-7"
    assert registration(without("formid")).form == "unnamed"


def test_without_tranid_the_same_person_form_and_minute_are_one_submission() -> None:
    body = without("tranid")
    first = registration(body)
    assert registration(body, at=NOW + MINUTE - 1).submission == first.submission
    assert registration(body, at=NOW + MINUTE).submission != first.submission
    assert registration(body.replace(b"Ann", b"Bob")).submission != first.submission
    assert registration(body.replace(b"form445566778", b"form9")).submission != first.submission
    assert len(first.submission) == 32


def test_a_tranid_that_could_hold_something_personal_is_hashed() -> None:
    one = registration(urlencode({**FIELDS, "tranid": "ann@example.com"}).encode())
    assert len(one.submission) == 32


def test_without_an_email_nobody_is_counted() -> None:
    (one,) = map_payload(without("Email"), CONTEXT)
    assert isinstance(one, Rejection)
    assert one.reason is Reason.NO_PERSON


def test_what_is_no_form_is_rejected() -> None:
    assert map_payload(b"", CONTEXT)[0] == Rejection(Reason.UNREADABLE, "body: the body is empty")
    assert map_payload(b"[1]", CONTEXT)[0] == Rejection(
        Reason.UNREADABLE, "body: the body is JSON, but a list and no object with fields"
    )


forms = st.dictionaries(
    st.one_of(st.sampled_from([*FIELDS, "test", "почта"]), st.text(max_size=8)), st.text(max_size=30), max_size=8
)


@settings(max_examples=300, deadline=None)
@given(st.one_of(bodies(FIELDS), forms.map(lambda form: urlencode(form, errors="replace").encode())))
def test_any_field_and_any_bytes_raise_nothing(body: bytes) -> None:
    assert sound(map_payload(body, CONTEXT))
