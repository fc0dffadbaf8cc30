"""Only what carries the signature over exactly these bytes is believed."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.mapped import FormRegistration
from connectors.settings import SettingsError
from connectors.typeform.connector import CONNECTOR
from connectors.typeform.settings import typeform_settings
from connectors.typeform.webhook import receive, signature
from connectors.webhook import Delivery, Refusal, Request
from tests.connectors.any_json import CONTEXT

BODY = (Path(__file__).parent / "payloads/form_response.json").read_bytes()
SECRET = "typeform-secret"
VECTOR = (
    '{"event_type":"form_response","note":"Вебинар"}'.encode(),
    "sha256=7sjPVz20ka/IMj1b8wIzd+ikV3Jl+QpLykiNLghIH04=",
)


def request(body: bytes = BODY, header: str | None = None) -> Request:
    return Request(body, {"typeform-signature": signature(body, SECRET) if header is None else header})


def test_the_signature_of_a_known_body() -> None:
    """Computed apart: printf … | openssl dgst -sha256 -hmac typeform-secret -binary | base64."""
    body, expected = VECTOR
    assert signature(body, SECRET) == expected


def test_a_signed_delivery_is_mapped() -> None:
    answer = receive(request(), CONTEXT, SECRET)
    assert isinstance(answer, Delivery)
    assert [type(one) for one in answer.mapped] == [FormRegistration]


@pytest.mark.parametrize(
    ("refused", "reason"),
    [
        (Request(BODY), "missing_header"),
        (request(header="sha256=AAAA"), "signature"),
        (request(header=signature(BODY, "another-secret")), "signature"),
        (Request(BODY + b" ", {"typeform-signature": signature(BODY, SECRET)}), "signature"),
        (Request(BODY, {"typeform-signature": signature(BODY, SECRET).removeprefix("sha256=")}), "signature"),
    ],
)
def test_anything_else_is_refused(refused: Request, reason: str) -> None:
    assert receive(refused, CONTEXT, SECRET) == Refusal(401, reason)


@given(st.binary(max_size=40), st.text(max_size=60))
def test_any_header_over_any_bytes_raises_nothing(body: bytes, header: str) -> None:
    assert isinstance(receive(Request(body, {"typeform-signature": header}), CONTEXT, SECRET), Refusal)
    assert isinstance(receive(request(body), CONTEXT, SECRET), Delivery)


def test_the_connector_asks_for_its_secret_and_says_where_it_is(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FUNNEL_TYPEFORM_SECRET", raising=False)
    typeform_settings.cache_clear()
    with pytest.raises(SettingsError, match=r"^FUNNEL_TYPEFORM_SECRET is not set\. .*Typeform.*Webhooks.*Secret"):
        CONNECTOR.configured()
    monkeypatch.setenv("FUNNEL_TYPEFORM_SECRET", SECRET)
    CONNECTOR.configured()
    assert CONNECTOR.receive is not None
    assert isinstance(CONNECTOR.receive(request(), CONTEXT), Delivery)
    typeform_settings.cache_clear()
