"""What Zoom's connector offers to the command line and the webhook server, with settings from the environment."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.mapped import Rejection
from connectors.settings import SettingsError, connector_settings
from connectors.webhook import Delivery, Refusal, Request
from connectors.zoom.connector import CONNECTOR
from connectors.zoom.settings import zoom_settings
from connectors.zoom.signature import sign
from contract.instants import SECOND
from tests.connectors.zoom.fake_zoom import fake_zoom
from tests.connectors.zoom.said import CONTEXT, NOW, PAYLOADS


@pytest.fixture
def configured(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[pytest.MonkeyPatch]:
    """Settings that lead to a fake."""
    monkeypatch.chdir(tmp_path)
    with fake_zoom() as fake:
        for name, said in {
            "HASH_SECRET": CONTEXT.secret,
            "ZOOM_SECRET_TOKEN": "test-secret",
            "ZOOM_ACCOUNT_ID": "acc",
            "ZOOM_CLIENT_ID": "id",
            "ZOOM_CLIENT_SECRET": "secret",
            "ZOOM_API_URL": f"{fake.url}/v2",
            "ZOOM_OAUTH_URL": f"{fake.url}/oauth",
            "ZOOM_REQUESTS_PER_SECOND": "1000",
        }.items():
            monkeypatch.setenv(f"FUNNEL_{name}", said)
        zoom_settings.cache_clear()
        connector_settings.cache_clear()
        yield monkeypatch
    zoom_settings.cache_clear()
    connector_settings.cache_clear()


def test_who_we_are_is_said_in_one_line(configured: pytest.MonkeyPatch) -> None:
    CONNECTOR.configured()
    assert CONNECTOR.check is not None
    assert CONNECTOR.check() == (
        "Zoom account accInvented: the app may read 2 users, tracked links, and who watched recordings"
    )


def test_a_signed_request_is_received(configured: pytest.MonkeyPatch) -> None:
    body, timestamp = (PAYLOADS / "participant_joined.json").read_bytes(), str(NOW // SECOND)
    headers = {"x-zm-signature": sign(body, timestamp, "test-secret"), "x-zm-request-timestamp": timestamp}
    assert CONNECTOR.receive is not None
    answer = CONNECTOR.receive(Request(body, headers, received_at=NOW), CONTEXT)
    assert isinstance(answer, Delivery)
    assert len(answer.mapped) == 2
    assert CONNECTOR.receive(Request(body, headers, received_at=NOW + 301 * SECOND), CONTEXT) == Refusal(401, "stale")


@pytest.mark.parametrize(("token", "live"), [("test-secret", True), ("", False)])
def test_without_webhooks_nothing_is_told_live(configured: pytest.MonkeyPatch, token: str, live: bool) -> None:
    configured.setenv("FUNNEL_ZOOM_SECRET_TOKEN", token)
    zoom_settings.cache_clear()
    assert CONNECTOR.open_poll is not None
    with CONNECTOR.open_poll() as poll:
        assert ("live" in poll.capabilities) is live  # type: ignore[attr-defined]


def test_what_is_missing_is_said(configured: pytest.MonkeyPatch) -> None:
    for name in ("SECRET_TOKEN", "CLIENT_ID"):
        configured.delenv(f"FUNNEL_ZOOM_{name}")
    zoom_settings.cache_clear()
    with pytest.raises(SettingsError, match="FUNNEL_ZOOM_SECRET_TOKEN"):
        CONNECTOR.configured()
    assert CONNECTOR.open_poll is not None
    with pytest.raises(SettingsError, match="FUNNEL_ZOOM_CLIENT_ID"):
        CONNECTOR.open_poll()


def test_a_dry_run_maps_one_message_or_a_list() -> None:
    body = (PAYLOADS / "participant_joined.json").read_bytes()
    assert len(CONNECTOR.map_payload(body, CONTEXT)) == 2
    assert len(CONNECTOR.map_payload(b"[" + body + b"," + body + b"]", CONTEXT)) == 4


@given(st.binary(max_size=100) | st.sampled_from([b"[[[]]]", b"null", b"5", b'"x"', b'[{"event":5}]']))
def test_a_dry_run_never_raises(body: bytes) -> None:
    assert all(isinstance(one, Rejection) for one in CONNECTOR.map_payload(body, CONTEXT))
