"""Only an address with the secret token is believed; Tilda's test request is answered and counts nothing."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.mapped import FormRegistration
from connectors.settings import SettingsError
from connectors.tilda.connector import CONNECTOR
from connectors.tilda.settings import tilda_settings
from connectors.tilda.webhook import receive
from connectors.webhook import Delivery, Refusal, Request
from tests.connectors.any_json import CONTEXT

BODY = (Path(__file__).parent / "payloads/form.txt").read_bytes()
TOKEN = "a-long-random-token"


@pytest.mark.parametrize("request_", [Request(BODY, token=TOKEN), Request(BODY, query={"token": TOKEN})])
def test_the_token_may_stand_in_the_path_or_in_the_query(request_: Request) -> None:
    answer = receive(request_, CONTEXT, TOKEN)
    assert isinstance(answer, Delivery)
    assert [type(one) for one in answer.mapped] == [FormRegistration]


@pytest.mark.parametrize(
    "request_",
    [
        Request(BODY),
        Request(BODY, token=TOKEN + "x"),
        Request(BODY, token="wrong", query={"token": TOKEN}),
        Request(BODY, query={"token": TOKEN.upper()}),
        Request(b"test=test"),
    ],
)
def test_without_it_nothing_is_believed(request_: Request) -> None:
    assert receive(request_, CONTEXT, TOKEN) == Refusal(401, "token")


def test_an_empty_token_of_ours_opens_nothing() -> None:
    assert receive(Request(BODY), CONTEXT, "") == Refusal(401, "token")


def test_the_test_request_is_answered_and_counts_nothing() -> None:
    assert receive(Request(b"test=test", token=TOKEN), CONTEXT, TOKEN) == Delivery([], b"ok", "text/plain")


def test_a_form_that_has_a_field_named_test_counts() -> None:
    answer = receive(Request(b"test=test&email=ann%40example.com", token=TOKEN), CONTEXT, TOKEN)
    assert isinstance(answer, Delivery)
    assert len(answer.mapped) == 1


@given(st.binary(max_size=60), st.text(max_size=30), st.dictionaries(st.sampled_from(["token", "form"]), st.text()))
def test_any_bytes_and_any_address_raise_nothing(body: bytes, token: str, query: dict[str, str]) -> None:
    assert receive(Request(body, token=token + "x", query=query), CONTEXT, TOKEN) == Refusal(401, "token")
    assert isinstance(receive(Request(body, token=TOKEN, query=query), CONTEXT, TOKEN), Delivery)


def test_the_connector_asks_for_its_token(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FUNNEL_TILDA_TOKEN", "short")
    tilda_settings.cache_clear()
    with pytest.raises(SettingsError, match=r"^FUNNEL_TILDA_TOKEN is shorter than 16 characters.*Tilda"):
        CONNECTOR.configured()
    monkeypatch.setenv("FUNNEL_TILDA_TOKEN", TOKEN)
    CONNECTOR.configured()
    assert CONNECTOR.receive is not None
    assert isinstance(CONNECTOR.receive(Request(BODY, token=TOKEN), CONTEXT), Delivery)
    tilda_settings.cache_clear()
