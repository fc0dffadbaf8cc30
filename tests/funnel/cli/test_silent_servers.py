"""No command waits in silence: a server that accepts connections and says nothing is told within seconds."""

import os
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from clickhouse import client as clickhouse_client
from connectors.pipeline import lease, publish
from connectors.settings import connector_settings, publish_settings
from funnel.cli.app import main
from streams import create_topics
from streams.settings import settings
from tests.servers.clickhouse import embedded_clickhouse


@pytest.fixture(scope="module")
def stopped_clickhouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of a real server that was told SIGSTOP."""
    with embedded_clickhouse(tmp_path_factory.mktemp("stopped") / "clickhouse") as server:
        os.kill(server.pid, signal.SIGSTOP)
        yield server.port
        os.kill(server.pid, signal.SIGCONT)


@pytest.fixture(scope="module")
def silent_kafka() -> Iterator[int]:
    """A port that accepts connections and never says a word, as a stopped Kafka does."""
    with socket.create_server(("127.0.0.1", 0), backlog=128) as listener:
        yield listener.getsockname()[1]


@pytest.fixture(autouse=True)
def surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FUNNEL_HASH_SECRET", "0" * 32)
    monkeypatch.setenv("FUNNEL_DATA_DIR", str(tmp_path / "data"))
    (tmp_path / "events.jsonl").touch()
    cached = (settings, connector_settings, publish_settings)
    for one in cached:
        one.cache_clear()
    yield
    for one in cached:
        one.cache_clear()


def told(command: str, capsys: pytest.CaptureFixture[str]) -> str:
    """What a command that fails says on standard error."""
    with pytest.raises(SystemExit) as ended:
        main(command.split())
    assert ended.value.code == 1
    # The folder of the business is told besides where there is none.
    return capsys.readouterr().err.splitlines()[-1]


def test_the_limits_leave_room_within_ten_seconds() -> None:
    limits = [clickhouse_client.CONNECT_SECONDS, publish._CONNECT_MS / 1000, create_topics._BOOTSTRAP_MS / 1000]
    assert max(limits) <= 5


@pytest.mark.parametrize(
    "command",
    [
        "report",
        "verify",
        "watch",
        "compare zoom:1",
        "migrate",
        "alerts",
        "alerts explain zoom:1",
        "alerts simulate",
        "digest --print",
        "business apply",
    ],
)
def test_a_stopped_clickhouse_is_told(
    command: str, stopped_clickhouse: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FUNNEL_CLICKHOUSE_PORT", str(stopped_clickhouse))
    monkeypatch.setattr(clickhouse_client, "CONNECT_SECONDS", 0.3)
    began = time.monotonic()
    assert told(command, capsys) == (
        f"funnel: ClickHouse at 127.0.0.1:{stopped_clickhouse} gives no answer within 0.3 s; look at `funnel status`"
    )
    assert time.monotonic() - began < 10


@pytest.mark.parametrize(
    "command",
    [
        "publish events.jsonl",
        "create-topics",
        "import zoom-report --timezone UTC events.jsonl",
        "connectors poll bigmarker --once",
    ],
)
def test_a_silent_kafka_is_told(
    command: str, silent_kafka: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FUNNEL_KAFKA_BOOTSTRAP", f"127.0.0.1:{silent_kafka}")
    monkeypatch.setenv("FUNNEL_BIGMARKER_API_KEY", "key")
    monkeypatch.setattr(publish, "_CONNECT_MS", 300)
    monkeypatch.setattr(create_topics, "_BOOTSTRAP_MS", 300)
    monkeypatch.setattr(lease, "_CONNECT_MS", 300)
    began = time.monotonic()
    said = told(command, capsys)
    assert "Kafka" in said
    assert f"127.0.0.1:{silent_kafka}" in said
    assert time.monotonic() - began < 10
