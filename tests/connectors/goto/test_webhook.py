"""Only an address with the secret token is believed; a message wakes the poll for its webinar."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.goto.connector import CONNECTOR
from connectors.goto.settings import goto_settings
from connectors.goto.webhook import receive
from connectors.settings import SettingsError
from connectors.webhook import Delivery, Refusal, Request
from tests.connectors.any_json import CONTEXT, sound

BODY = (Path(__file__).parent / "payloads/registrant.joined.json").read_bytes()
TOKEN = "a-long-random-token"


def test_the_right_address_is_believed() -> None:
    answer = receive(Request(BODY, token=TOKEN), CONTEXT, TOKEN)
    assert isinstance(answer, Delivery)
    assert answer.wake == "5620084814059709442"
    assert len(answer.mapped) == 2


@pytest.mark.parametrize("request_", [Request(BODY), Request(BODY, token="x"), Request(BODY, query={"token": TOKEN})])
def test_another_is_refused(request_: Request) -> None:
    assert receive(request_, CONTEXT, TOKEN) == Refusal(401, "token")


@given(st.binary(max_size=60))
def test_any_bytes_raise_nothing(body: bytes) -> None:
    answer = receive(Request(body, token=TOKEN), CONTEXT, TOKEN)
    assert isinstance(answer, Delivery)
    assert sound(answer.mapped)


def test_the_connector_asks_for_its_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    said = {"WEBHOOK_TOKEN": TOKEN, "CLIENT_ID": "c", "CLIENT_SECRET": "s", "REFRESH_TOKEN": "r", "ORGANIZER_KEY": "1"}
    for name in said:
        monkeypatch.delenv(f"FUNNEL_GOTO_{name}", raising=False)
    for name, value in said.items():
        goto_settings.cache_clear()
        with pytest.raises(SettingsError, match=rf"^FUNNEL_GOTO_{name} is not set\. "):
            CONNECTOR.configured()
        monkeypatch.setenv(f"FUNNEL_GOTO_{name}", value)
    CONNECTOR.configured()
    assert CONNECTOR.receive is not None
    assert isinstance(CONNECTOR.receive(Request(BODY, token=TOKEN), CONTEXT), Delivery)
    goto_settings.cache_clear()
