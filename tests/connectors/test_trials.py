"""The requests that try a public address: each service's own route accepts them, and nothing of them is published."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors.mapped import Context
from connectors.registry import connectors
from connectors.settings import SettingsError, read_again
from connectors.webhook import Delivery, Request
from tests.connectors.any_json import CONTEXT, NOW

SECRETS = {
    "ZOOM_SECRET_TOKEN": "a-secret-token",
    "TYPEFORM_SECRET": "a-secret",
    "TILDA_TOKEN": "0123456789abcdef",
    "LIVESTORM_SECRET": "a-secret",
    "BIGMARKER_API_KEY": "key",
    "BIGMARKER_WEBHOOK_TOKEN": "0123456789abcdef",
    "GENERIC_SECRETS__JOTFORM": "0123456789abcdef",
    "GENERIC_SECRETS__CALENDLY": "a-signing-secret",
    "GOTO_WEBHOOK_TOKEN": "0123456789abcdef",
    "GOTO_CLIENT_ID": "id",
    "GOTO_CLIENT_SECRET": "secret",
    "GOTO_REFRESH_TOKEN": "token",
    "GOTO_ORGANIZER_KEY": "1",
}


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    monkeypatch.chdir(tmp_path)
    read_again()
    yield
    read_again()


def test_every_trial_is_accepted_answered_and_gives_no_event(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in SECRETS.items():
        monkeypatch.setenv(f"FUNNEL_{name}", value)
    tried = set()
    for one in connectors():
        for trial in one.trials(NOW) if one.trials is not None else ():
            assert one.receive is not None
            name, _, token = trial.path.partition("/")
            assert name == one.name
            headers = {header.lower(): value for header, value in trial.headers.items()}
            request = Request(trial.body, headers, token=token, received_at=NOW, method=trial.method)
            result = one.receive(request, Context(CONTEXT.secret, NOW))
            assert isinstance(result, Delivery), one.name
            assert (list(result.mapped), result.wake) == ([], None), one.name
            assert trial.expected in (None, result.body)
            assert "a-signing-secret" not in trial.path
            tried.add(name)
    assert tried == {one.name for one in connectors() if one.receive is not None}


def test_without_its_secret_a_service_has_no_trial() -> None:
    for one in connectors():
        if one.trials is None or one.name == "generic":
            continue
        with pytest.raises(SettingsError):
            one.trials(NOW)
