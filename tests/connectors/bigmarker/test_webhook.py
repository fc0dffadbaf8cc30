"""The webhook: who knows the token is believed, and wakes the poll."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.bigmarker.webhook import receive
from connectors.mapped import Context
from connectors.webhook import Delivery, Refusal, Request
from contract.events import Identity, Registration
from tests.connectors.bigmarker.fake import PAYLOADS
from tests.connectors.bigmarker.world import NOW, SECRET

TOKEN = "0123456789abcdef"
CONTEXT = Context(SECRET, NOW)
BODY = (PAYLOADS / "webhook_registration.json").read_bytes()


def given_to(body: bytes, token: str = TOKEN, query: dict[str, str] | None = None) -> Delivery | Refusal:
    return receive(Request(body, query=query or {}, token=token, received_at=NOW), CONTEXT, TOKEN)


def delivered(payload: Any, query: dict[str, str] | None = None) -> Delivery:
    delivery = given_to(json.dumps(payload).encode(), query=query)
    assert isinstance(delivery, Delivery)
    return delivery


@pytest.mark.parametrize("token", ["", "0123456789abcdeF", TOKEN + "0", "ключ", "\ud800"])
def test_a_wrong_token_is_refused(token: str) -> None:
    assert given_to(BODY, token) == Refusal(401, "token")


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"x"', b"null", b"\xff", b"[" * 100_000])
def test_a_body_that_is_no_object_is_unreadable(body: bytes) -> None:
    assert given_to(body) == Refusal(400, "unreadable")


def test_a_registration_for_the_conference_in_the_address_is_published_at_once() -> None:
    delivery = given_to(BODY, query={"conference": "a1b2c3d4e5f6"})
    assert isinstance(delivery, Delivery)
    assert delivery.wake == "a1b2c3d4e5f6"
    registration, link = delivery.mapped
    assert isinstance(registration, Registration)
    assert isinstance(link, Identity)
    assert registration.webinar_id == link.webinar_id == "bigmarker:a1b2c3d4e5f6"
    assert registration.source is not None
    assert registration.source.utm_source == "newsletter"


def test_the_same_delivery_again_is_the_same_event() -> None:
    query = {"conference": "a1b2c3d4e5f6"}
    assert given_to(BODY, query=query) == given_to(BODY, query=query)


def test_without_a_conference_it_is_believed_and_left_to_the_poll() -> None:
    assert given_to(BODY) == Delivery(mapped=())


@pytest.mark.parametrize(
    "payload",
    [
        {"conference_id": "a1"},
        {"webinar_id": "a1"},
        {"conference": {"id": "a1"}},
        {"webinar": {"id": "a1"}},
        {"attendee": {"conference_id": "a1"}},
        {"registration": {"conference_id": "a1"}},
    ],
)
def test_the_conference_is_found_wherever_a_message_says_it(payload: dict[str, Any]) -> None:
    assert delivered(payload).wake == "a1"


def test_the_address_goes_before_the_message_and_what_is_no_id_is_passed_over() -> None:
    assert delivered({"conference_id": "b2"}, {"conference": "a1"}).wake == "a1"
    assert delivered({"conference_id": "b2"}, {"conference": "../a1"}).wake == "b2"


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: (
            st.lists(inner) | st.dictionaries(st.sampled_from(["registration", "email", "bmid", "id"]), inner)
        ),
    )
)
def test_any_json_is_delivered_or_refused(payload: Any) -> None:
    outcome = given_to(json.dumps(payload).encode(), query={"conference": "a1"})
    assert isinstance(outcome, Refusal) or outcome.wake == "a1"
