"""Requests to the webhook route: believed or refused, answered, and never an exception whatever is sent."""

import hashlib
import hmac
import json

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.mapped import Reason, Rejection
from connectors.webhook import Delivery, Refusal, Request
from connectors.zoom.signature import sign
from connectors.zoom.webhook import receive
from contract.instants import SECOND
from tests.connectors.zoom.said import CONTEXT, NAMES, NOW, PAYLOADS

TOKEN = "test-secret"


def signed(body: bytes, token: str = TOKEN) -> Request:
    timestamp = str(NOW // SECOND)
    headers = {"x-zm-signature": sign(body, timestamp, token), "x-zm-request-timestamp": timestamp}
    return Request(body, headers, received_at=NOW)


def delivery(body: bytes) -> Delivery:
    answer = receive(signed(body), CONTEXT, TOKEN)
    assert isinstance(answer, Delivery)
    return answer


def test_the_challenge_is_answered_with_its_hash() -> None:
    answer = delivery((PAYLOADS / "url_validation.json").read_bytes())
    expected = hmac.new(TOKEN.encode(), b"qgg8vlvZRS6UYooatFL8Aw", hashlib.sha256).hexdigest()
    assert json.loads(answer.body) == {"plainToken": "qgg8vlvZRS6UYooatFL8Aw", "encryptedToken": expected}
    assert not answer.mapped
    assert answer.replay_key is None


def test_a_challenge_that_zoom_did_not_sign_is_not_answered() -> None:
    """Else anybody could have `v0:<time>:<body>` hashed, which is how a signature is made."""
    body = b'{"event":"endpoint.url_validation","payload":{"plainToken":"v0:1700000000:{}"}}'
    assert receive(signed(body, "another token"), CONTEXT, TOKEN) == Refusal(401, "signature")
    assert receive(Request(body, received_at=NOW), CONTEXT, TOKEN) == Refusal(401, "missing_header")


@pytest.mark.parametrize("name", NAMES)
def test_every_payload_is_believed_when_signed_and_refused_when_not(name: str) -> None:
    body = (PAYLOADS / f"{name}.json").read_bytes()
    answer = delivery(body)
    assert not [one for one in answer.mapped if isinstance(one, Rejection)]
    assert receive(signed(body, "another token"), CONTEXT, TOKEN) == Refusal(401, "signature")


def test_a_replay_can_be_told() -> None:
    body = (PAYLOADS / "participant_joined.json").read_bytes()
    assert delivery(body).replay_key == delivery(body).replay_key is not None


def test_what_the_poll_should_look_at_is_said() -> None:
    assert delivery((PAYLOADS / "webinar_ended.json").read_bytes()).wake == "98765432101"


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b'{"event":"webinar.started","payload":{"object":1e999}}'])
def test_what_zoom_signed_but_nobody_can_read_is_kept(body: bytes) -> None:
    (rejection,) = delivery(body).mapped
    assert isinstance(rejection, Rejection)
    assert rejection.reason == Reason.UNREADABLE


@pytest.mark.parametrize("plain_token", [b"null", b"5e5", b"[]", b'""', b"{}"])
def test_a_broken_challenge_is_kept(plain_token: bytes) -> None:
    (rejection,) = delivery(b'{"event":"endpoint.url_validation","payload":{"plainToken":%s}}' % plain_token).mapped
    assert isinstance(rejection, Rejection)


@given(st.binary(max_size=200))
def test_any_bytes_are_answered(body: bytes) -> None:
    assert isinstance(receive(signed(body), CONTEXT, TOKEN), Delivery)
    assert isinstance(receive(Request(body, received_at=NOW), CONTEXT, TOKEN), Refusal)


@given(st.text(), st.text())
def test_any_headers_are_refused(signature: str, timestamp: str) -> None:
    request = Request(b"{}", {"x-zm-signature": signature, "x-zm-request-timestamp": timestamp}, received_at=NOW)
    assert isinstance(receive(request, CONTEXT, TOKEN), Refusal)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@given(JSON)
def test_any_json_is_answered(message: object) -> None:
    assert isinstance(receive(signed(orjson.dumps(message)), CONTEXT, TOKEN), Delivery)
