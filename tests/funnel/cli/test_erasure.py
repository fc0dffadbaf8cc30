"""`funnel forget` is well only if nothing is held any more. The erasure itself: tests/e2e/test_erasure.py."""

from pathlib import Path
from typing import Any

import pytest
import typer

from connectors.settings import ConnectorSettings
from funnel.cli import erasure
from funnel.erasure.search import Held

CONFIG = ConnectorSettings.model_validate({"hash_secret": "a secret of this test only"})


@pytest.fixture(autouse=True)
def _configured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(erasure, "connector_settings", lambda: CONFIG)


def _forget(monkeypatch: pytest.MonkeyPatch, held: Held, **options: Any) -> int:
    monkeypatch.setattr(erasure, "forgotten", lambda *_: held)
    monkeypatch.setattr(erasure, "search", lambda *_: held)
    said: dict[str, Any] = {"emails": ["ann@example.com"], "timeout": 1.0} | options
    try:
        erasure.forget(**said)
    except typer.Exit as ended:
        return ended.exit_code
    return 0


@pytest.mark.parametrize("verify", [False, True])
def test_what_is_still_held_is_listed_and_the_exit_status_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], verify: bool
) -> None:
    held = Held(rows={"events": 3}, hosting=["zoom:1"], named=[Path("business/catalogue.yaml")])
    assert _forget(monkeypatch, held, verify=verify) == 1
    assert capsys.readouterr().out.splitlines() == [
        "still held: ClickHouse: 3 rows of events",
        "still held: zoom:1 names the person as its host: name another one in the service or the catalogue",
        "still held: business/catalogue.yaml names the person: edit the file",
        "different: something is still held",
    ]


def test_nothing_held_is_success(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert _forget(monkeypatch, Held()) == 0
    assert capsys.readouterr().out.splitlines() == ["nothing is held of them"]


@pytest.mark.parametrize(
    ("options", "said"), [({"emails": None}, "Whom?"), ({"emails": ["ann"]}, "ann: not an email address")]
)
def test_wrong_use(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], options: dict[str, Any], said: str
) -> None:
    assert _forget(monkeypatch, Held(), **options) == 2
    assert said in capsys.readouterr().err
