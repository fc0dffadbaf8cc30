"""Zoom's tokens: one for many requests, another before it expires, and one more try when it was refused."""

from collections.abc import Iterator

import pytest

from connectors.toolkit.io.http import ServiceError
from connectors.zoom.client import open_client
from connectors.zoom.oauth import Token, oauth_http
from tests.connectors.zoom.fake_zoom import FakeZoom, fake_zoom
from tests.connectors.zoom.polling import client_of, impatient


@pytest.fixture
def fake() -> Iterator[FakeZoom]:
    with fake_zoom() as fake:
        yield fake


def test_a_token_is_kept_until_a_minute_before_it_expires(fake: FakeZoom) -> None:
    now = 0.0
    with oauth_http(fake.settings()) as http:
        token = Token(http, "acc", clock=lambda: now)
        first = token.header()
        now = 3539.0
        assert token.header() == first == {"authorization": "Bearer token-1"}
        now = 3540.0
        assert token.header() == {"authorization": "Bearer token-2"}
    assert fake.tokens == 2


def test_a_refused_token_is_replaced_once(fake: FakeZoom) -> None:
    with client_of(fake) as client:
        client.me()
        fake.good_tokens.clear()
        assert client.me()["account_id"] == "accInvented"
        assert fake.tokens == 2
        fake.faults = dict.fromkeys(range(1, 100), "token revoked")
        with pytest.raises(ServiceError, match="status 401"):
            client.me()
    assert len(fake.asked) == 5


@pytest.mark.parametrize("wrong", [{"client_secret": "other"}, {"account_id": "other"}])
def test_wrong_credentials_are_explained_in_one_line(fake: FakeZoom, wrong: dict[str, object]) -> None:
    with (
        open_client(fake.settings(**wrong), impatient) as client,
        pytest.raises(ServiceError, match="FUNNEL_ZOOM_ACCOUNT_ID") as error,
    ):
        client.me()
    assert "\n" not in str(error.value)
    assert "other" not in str(error.value)


@pytest.mark.parametrize("answer", ['{"error":"x"}', "[]", '{"access_token":"a\\nb"}', '{"access_token":5}'])
def test_an_answer_without_a_token_is_explained(fake: FakeZoom, monkeypatch: pytest.MonkeyPatch, answer: str) -> None:
    monkeypatch.setattr(fake, "token", lambda *_: (200, answer.encode()))
    with client_of(fake) as client, pytest.raises(ServiceError, match="holds none"):
        client.me()
