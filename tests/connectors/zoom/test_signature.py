"""Signatures and challenges of Zoom: vectors computed independently, and everything that is not believed."""

import hashlib
import hmac

import pytest

from connectors.webhook import Refusal, Request
from connectors.zoom.signature import challenge_response, refusal_of, replay_key, sign
from contract.instants import SECOND

SECRET = "test-secret"
BODY = '{"event":"webinar.ended","payload":{"object":{"topic":"Вебинар"}}}'.encode()
AT = 1_700_000_000
SIGNATURE = "v0=abacccd661f81fed327ec5a487246cdaf99cb61865f8429ed77cc87d415fe6e1"
HEADERS = {"x-zm-signature": SIGNATURE, "x-zm-request-timestamp": str(AT)}


def refused(body: bytes = BODY, headers: dict[str, str] | None = None, at: int = AT * SECOND) -> Refusal | None:
    request = Request(body, HEADERS if headers is None else headers, received_at=at)
    return refusal_of(request, SECRET, 300)


def test_vector_of_a_body_with_letters_beyond_ascii() -> None:
    assert sign(BODY, str(AT), SECRET) == SIGNATURE
    assert refused() is None


def test_vector_of_the_challenge() -> None:
    assert challenge_response("qgg8vlvZRS6UYooatFL8Aw", SECRET) == {
        "plainToken": "qgg8vlvZRS6UYooatFL8Aw",
        "encryptedToken": "82079ed66225fed153e0854735aa9702e1d67137a69c96a00957941f942b8de7",
    }


@pytest.mark.parametrize("place", [0, 20, len(BODY) - 1])
def test_a_changed_byte_is_refused(place: int) -> None:
    changed = bytearray(BODY)
    changed[place] ^= 1
    assert refused(bytes(changed)) == Refusal(401, "signature")


@pytest.mark.parametrize("missing", sorted(HEADERS))
def test_a_missing_header_is_refused(missing: str) -> None:
    assert refused(headers={**HEADERS, missing: ""}) == Refusal(401, "missing_header")
    assert refused(headers={name: said for name, said in HEADERS.items() if name != missing}) == Refusal(
        401, "missing_header"
    )


@pytest.mark.parametrize(("seconds", "stale"), [(300, False), (301, True), (-300, False), (-301, True)])
def test_an_old_signature_is_refused_and_one_of_the_future_too(seconds: int, stale: bool) -> None:
    assert refused(at=(AT + seconds) * SECOND) == (Refusal(401, "stale") if stale else None)


def test_a_changed_timestamp_breaks_the_signature() -> None:
    assert refused(headers={**HEADERS, "x-zm-request-timestamp": str(AT + 1)}) == Refusal(401, "signature")


@pytest.mark.parametrize("timestamp", ["soon", "-5", "1e9", "9" * 400, "１７", "½"])
def test_a_signed_timestamp_that_is_no_time_is_refused(timestamp: str) -> None:
    message = b"v0:" + timestamp.encode() + b":" + BODY
    signature = "v0=" + hmac.new(SECRET.encode(), message, hashlib.sha256).hexdigest()
    headers = {"x-zm-signature": signature, "x-zm-request-timestamp": timestamp}
    assert refused(headers=headers) == Refusal(401, "stale")


@pytest.mark.parametrize("signature", ["v0=", "v1=" + SIGNATURE[3:], SIGNATURE[3:], SIGNATURE.upper(), "я" * 67])
def test_a_signature_of_another_form_is_refused(signature: str) -> None:
    assert refused(headers={**HEADERS, "x-zm-signature": signature}) == Refusal(401, "signature")


def test_replay_key_is_of_this_request_only() -> None:
    first = Request(BODY, HEADERS)
    later = Request(BODY, {**HEADERS, "x-zm-request-timestamp": str(AT + 1)})
    assert replay_key(first) == replay_key(Request(BODY, dict(HEADERS)))
    assert replay_key(first) != replay_key(later)
