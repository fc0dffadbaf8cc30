"""The process outlives its servers, says what is wrong once, and goes on by itself."""

import threading
from pathlib import Path

import pytest
from clickhouse_connect.driver.client import Client

from connectors.business.read import Folder
from connectors.toolkit.marked import FileError
from funnel.business.watch import apply, watch
from process.heartbeat import Heartbeat, heartbeat
from streams.settings import Settings
from tests.contract_events import hour_long, registration
from tests.rows import put


class Looks(threading.Event):
    """Is set after so many looks, and never waits."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self._left = most

    def wait(self, timeout: float | None = None) -> bool:
        self._left -= 1
        if not self._left:
            self.set()
        return self.is_set()


def watched(config: Settings, folder: Path, looks: int) -> list[str]:
    said: list[str] = []
    watch(config, Folder(folder, None), said.append, Looks(looks), 0.0, 0.0)
    return said


@pytest.fixture(autouse=True)
def own_heartbeat() -> None:
    """Other tests of this process have said what fails, too."""
    heartbeat.cache_clear()


def test_a_server_that_is_away_is_told_once(tmp_path: Path, own_config: Settings) -> None:
    away = own_config.model_copy(update={"clickhouse_port": 1})
    assert watched(away, tmp_path, 4) == [
        "ClickHouse does not answer at 127.0.0.1:1; start it with `funnel up`. It is tried again."
    ]
    assert heartbeat().failing == {"apply": "ClickHouse does not answer at 127.0.0.1:1; start it with `funnel up`"}
    assert watched(own_config, tmp_path, 2) == []
    assert heartbeat().failing == {}


def test_each_step_is_told_before_it_is_done(
    tmp_path: Path, own_config: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []
    monkeypatch.setattr(Heartbeat, "beat", lambda _, doing="", within=0.0: steps.append(doing))
    assert watched(own_config, tmp_path, 1) == []
    assert steps == [
        "reading the files",
        "connecting",
        "sorting sources",
        "applying excluded domains and notes",
        "applying the catalogue",
        "",
    ]


def test_a_file_that_is_wrong_is_told_as_long_as_it_is(tmp_path: Path, own_config: Settings) -> None:
    (tmp_path / "notes.yaml").write_text("notes: 7")
    watched(own_config, tmp_path, 2)
    assert heartbeat().failing["files"].startswith(f"{tmp_path / 'notes.yaml'}:1: ")
    (tmp_path / "notes.yaml").unlink()
    watched(own_config, tmp_path, 2)
    assert heartbeat().failing == {}


def test_a_schema_that_is_not_there_is_told_in_our_words(tmp_path: Path, bare_config: Settings) -> None:
    assert watched(bare_config, tmp_path, 3) == [
        "the database does not have the schema of this version: run funnel migrate. It is tried again."
    ]


def test_kafka_away_holds_up_only_what_goes_through_kafka(tmp_path: Path, store: Client, own_config: Settings) -> None:
    put(store, own_config, [*hour_long(title="One"), registration(1, source={"utm_source": "vk"})])
    (tmp_path / "sources.yaml").write_text("rules:\n- {group: VK, when: {utm_source: vk}}\n")
    (tmp_path / "catalogue.yaml").write_text("rules:\n- {set: {course: Python}}\n")
    config = own_config.model_copy(update={"kafka_bootstrap": "127.0.0.1:1"})
    (said,) = watched(config, tmp_path, 1)
    assert said.startswith("Kafka does not answer at 127.0.0.1:1")
    assert store.query("SELECT source_group FROM sources FINAL").result_rows == [("VK",)]


def test_a_rule_that_takes_too_long_is_named_and_holds_up_nothing_else(
    tmp_path: Path, store: Client, own_config: Settings
) -> None:
    slow = {"utm_source": "ab" * 30 + "#"}
    put(store, own_config, [*hour_long(title="One"), registration(1, source=slow)])
    file = tmp_path / "sources.yaml"
    file.write_text(
        "rules:\n- {group: VK, when: {utm_source: vk}}\n- {group: A, when: {utm_source: '/^(?:ab|a|b)+$/'}}\n"
    )
    (tmp_path / "notes.yaml").write_text("notes:\n- {at: 2026-11-22T10:00:00Z, text: A note}\n")
    said = watched(own_config, tmp_path, 4)
    assert said[0].startswith(f"{file}:3: /^(?:ab|a|b)+$/ takes too long on some texts; ")
    assert said[0].endswith("\nsources.yaml: nothing of it is applied until it is corrected")
    assert said[1:] == ["applied: statements=0 sources_sorted_anew=0 excluded_domains_changed=0 notes_changed=1"]
    assert heartbeat().failing["files"].startswith(f"{file}:3: /^(?:ab|a|b)+$/ takes too long")
    with pytest.raises(FileError, match=r"sources\.yaml:3: "):
        apply(own_config, Folder(tmp_path, None))


def test_what_agrees_is_not_written_again(tmp_path: Path, store: Client, own_config: Settings) -> None:
    put(store, own_config, [registration(1, source={"utm_source": "vk"})])
    (tmp_path / "sources.yaml").write_text("rules:\n- {group: VK, when: {utm_source: vk}}\n")
    assert str(apply(own_config, Folder(tmp_path, None))) == (
        "statements=0 sources_sorted_anew=1 excluded_domains_changed=0 notes_changed=0"
    )
    assert not apply(own_config, Folder(tmp_path, None))
    assert watched(own_config, tmp_path, 3) == []
