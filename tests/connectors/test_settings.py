"""Settings come from the environment, and what is missing or wrong is explained in one line."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors.settings import SettingsError, connector_settings, publish_settings


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    monkeypatch.chdir(tmp_path)
    for name in ("HASH_SECRET", "KAFKA_BOOTSTRAP", "DATA_DIR"):
        monkeypatch.delenv(f"FUNNEL_{name}", raising=False)
    connector_settings.cache_clear()
    publish_settings.cache_clear()
    yield
    connector_settings.cache_clear()
    publish_settings.cache_clear()


def test_missing_secret_says_how_to_make_one() -> None:
    with pytest.raises(SettingsError, match=r"FUNNEL_HASH_SECRET is not set.*secrets\.token_hex.*>> \.env") as error:
        connector_settings()
    assert "\n" not in str(error.value)


def test_short_secret_is_refused_and_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FUNNEL_HASH_SECRET", "fifteen-letters")
    with pytest.raises(SettingsError, match="shorter than 16") as error:
        connector_settings()
    assert "fifteen-letters" not in str(error.value)


def test_secret_of_16_from_the_environment_or_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("FUNNEL_HASH_SECRET=0123456789abcdef\nFUNNEL_KAFKA_BOOTSTRAP=a:1,b:2\n")
    settings = connector_settings()
    assert settings.hash_secret.get_secret_value() == "0123456789abcdef"
    assert settings.kafka_bootstrap == "a:1,b:2"
    assert "0123456789abcdef" not in repr(settings)


def test_address_alone_needs_no_secret() -> None:
    assert publish_settings().kafka_bootstrap == "127.0.0.1:9092"
