"""Zoom's settings: what is missing is named, with the place in Zoom where it is found."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors.settings import SettingsError
from connectors.zoom.settings import rest_settings, webhook_settings, zoom_settings


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    monkeypatch.chdir(tmp_path)
    zoom_settings.cache_clear()
    yield
    zoom_settings.cache_clear()


def test_each_way_in_needs_its_own(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(
        "FUNNEL_ZOOM_SECRET_TOKEN=abcdefgh\nFUNNEL_ZOOM_ACCOUNT_ID=acc\nFUNNEL_ZOOM_CLIENT_ID=x\n"
    )
    assert webhook_settings().receives_webhooks
    with pytest.raises(SettingsError, match=r"FUNNEL_ZOOM_CLIENT_SECRET is not set.*App Credentials") as error:
        rest_settings()
    assert "\n" not in str(error.value)
    assert "abcdefgh" not in repr(zoom_settings())


def test_missing_secret_token_is_explained() -> None:
    with pytest.raises(SettingsError, match=r"FUNNEL_ZOOM_SECRET_TOKEN is not set.*Secret Token"):
        webhook_settings()


def test_a_wrong_value_is_explained_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FUNNEL_ZOOM_REQUESTS_PER_SECOND", "fast")
    with pytest.raises(SettingsError, match="FUNNEL_ZOOM_REQUESTS_PER_SECOND") as error:
        zoom_settings()
    assert "\n" not in str(error.value)
