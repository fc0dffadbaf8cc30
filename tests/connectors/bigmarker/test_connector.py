"""The connector as the registry sees it: settings in one line, the check, a pass by its own means."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors.bigmarker.connector import CONNECTOR
from connectors.bigmarker.settings import bigmarker_settings
from connectors.mapped import Context
from connectors.pipeline.memory import MemoryCursors, MemoryOutbox
from connectors.poll import Span
from connectors.settings import SettingsError, connector_settings
from connectors.toolkit.io.http import ServiceError
from connectors.webhook import Delivery, Refusal, Request
from tests.connectors.bigmarker.fake import KEY, FakeBigMarker, serving
from tests.connectors.bigmarker.world import NOW, SECRET, account


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """No environment file, and nothing remembered from or for other tests."""
    monkeypatch.chdir(tmp_path)
    for cached in (bigmarker_settings, connector_settings):
        cached.cache_clear()
    yield
    for cached in (bigmarker_settings, connector_settings):
        cached.cache_clear()


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeBigMarker]:
    with serving(account()) as fake:
        monkeypatch.setenv("FUNNEL_BIGMARKER_API_KEY", KEY)
        monkeypatch.setenv("FUNNEL_BIGMARKER_BASE_URL", fake.url)
        monkeypatch.setenv("FUNNEL_BIGMARKER_REQUESTS_PER_SECOND", "50")
        monkeypatch.setenv("FUNNEL_HASH_SECRET", SECRET)
        yield fake


def test_a_missing_key_is_said_in_one_line_with_where_to_find_it() -> None:
    with pytest.raises(SettingsError, match=r"FUNNEL_BIGMARKER_API_KEY is not set.*Request API Key") as caught:
        CONNECTOR.configured()
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BASE_URL", "www.bigmarker.com"),
        ("REQUESTS_PER_SECOND", "0"),
        ("PAGE_SIZE", "many"),
        ("LOOK_BACK_DAYS", "0"),
        ("WEBHOOK_TOKEN", "short"),
    ],
)
def test_a_wrong_setting_is_named_without_its_value(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv("FUNNEL_BIGMARKER_API_KEY", KEY)
    monkeypatch.setenv(f"FUNNEL_BIGMARKER_{name}", value)
    with pytest.raises(SettingsError, match=f"^FUNNEL_BIGMARKER_{name} is (wrong: |shorter than 16 )") as caught:
        CONNECTOR.configured()
    assert "\n" not in str(caught.value)
    assert KEY not in str(caught.value)


def test_the_check_says_who_we_are(fake: FakeBigMarker, monkeypatch: pytest.MonkeyPatch) -> None:
    assert CONNECTOR.check is not None
    assert CONNECTOR.check() == f"BigMarker at {fake.url} accepts the key; upcoming webinars: 2."
    bigmarker_settings.cache_clear()
    monkeypatch.setenv("FUNNEL_BIGMARKER_API_KEY", "another")
    with pytest.raises(ServiceError, match="key right"):
        CONNECTOR.check()


def test_it_polls_by_its_own_means(fake: FakeBigMarker) -> None:
    CONNECTOR.configured()
    assert CONNECTOR.open_poll is not None
    outbox = MemoryOutbox()
    with CONNECTOR.open_poll() as poll:
        poll(outbox, MemoryCursors(), NOW, Span(), lambda what, done, of: None)
    assert len({event.webinar_id for event in outbox.events}) == 3


def test_it_receives_with_the_token_of_its_settings(fake: FakeBigMarker, monkeypatch: pytest.MonkeyPatch) -> None:
    assert CONNECTOR.receive is not None
    request = Request(b"{}", token="0123456789abcdef")
    with pytest.raises(SettingsError, match="FUNNEL_BIGMARKER_WEBHOOK_TOKEN is not set"):
        CONNECTOR.receive(request, Context(SECRET, NOW))
    bigmarker_settings.cache_clear()
    monkeypatch.setenv("FUNNEL_BIGMARKER_WEBHOOK_TOKEN", "0123456789abcdef")
    assert isinstance(CONNECTOR.receive(request, Context(SECRET, NOW)), Delivery)
    assert isinstance(CONNECTOR.receive(Request(b"{}", token="?"), Context(SECRET, NOW)), Refusal)
