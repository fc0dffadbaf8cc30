from pathlib import Path

import pytest
from pydantic import SecretStr

from funnel.answers.settings import ApiSettings
from funnel.stack.errors import StackError
from funnel.stack.plan import settings_environment, stack_plan
from streams.settings import Settings


def test_every_child_stands_after_those_that_it_needs() -> None:
    plan = stack_plan(Settings(), workers=3, webhook_port=8090)
    names = [child.name for child in plan.children]
    workers = ["worker-1", "worker-2", "worker-3"]
    assert names == [
        "kafka",
        "clickhouse",
        "migrate",
        "topics",
        *workers,
        "business",
        "alerts",
        "webhooks",
        "dashboards",
    ]
    for place, child in enumerate(plan.children):
        assert set(child.needs) <= set(names[:place])


def test_without_a_port_there_is_no_webhook_server() -> None:
    assert "webhooks" not in [child.name for child in stack_plan(Settings(), workers=1).children]


def test_polled_services_have_a_child_each_with_the_secrets_of_services() -> None:
    plan = stack_plan(Settings(), workers=1, webhook_port=8090, polls=["zoom", "sheets"])
    polls = {child.name: child for child in plan.children if child.name.startswith("poll-")}
    assert list(polls) == ["poll-zoom", "poll-sheets"]
    assert polls["poll-zoom"].command[1:] == ("-m", "funnel", "connectors", "poll", "zoom")
    assert "FUNNEL_ZOOM_*" in polls["poll-zoom"].secrets


def test_with_a_token_there_is_the_api_with_the_secrets_of_a_reader() -> None:
    assert "api" not in [child.name for child in stack_plan(Settings(), workers=1).children]
    api = stack_plan(Settings(), workers=1, api=ApiSettings(_env_file=None, host="0.0.0.0")).children[-1]
    assert (api.name, api.host, api.port, api.path) == ("api", "127.0.0.1", 8091, "/health")
    assert api.secrets == ("FUNNEL_GRAFANA_CLICKHOUSE_PASSWORD", "FUNNEL_API_*")


def test_ports_come_from_the_settings() -> None:
    plan = stack_plan(Settings(kafka_bootstrap="127.0.0.1:19092", clickhouse_port=18123), workers=1)
    kafka, clickhouse = plan.children[:2]
    assert (kafka.port, clickhouse.port) == (19092, 18123)
    assert "19092" in kafka.command
    assert "18123" in clickhouse.command


@pytest.mark.parametrize("bootstrap", ["kafka.example.com:9092", "127.0.0.1:9092,127.0.0.1:9093", "127.0.0.1"])
def test_a_kafka_elsewhere_is_refused(bootstrap: str) -> None:
    with pytest.raises(StackError, match=r"FUNNEL_KAFKA_BOOTSTRAP is .*: set it to 127.0.0.1:9092"):
        stack_plan(Settings(kafka_bootstrap=bootstrap), workers=1)


def test_a_clickhouse_elsewhere_is_refused() -> None:
    with pytest.raises(StackError, match=r"FUNNEL_CLICKHOUSE_HOST is db.example.com: set it to 127.0.0.1"):
        stack_plan(Settings(clickhouse_host="db.example.com"), workers=1)


def test_a_child_reads_the_same_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(
        partitions=3,
        clickhouse_password=SecretStr("of its own"),
        snapshot_seconds=1.5,
        data_dir=Path("relative"),
        clickhouse_tls=True,
        clickhouse_key_file="relative/key.pem",
    )
    monkeypatch.chdir(tmp_path)
    for name, value in settings_environment(settings).items():
        monkeypatch.setenv(name, value)
    here = {"data_dir": tmp_path / "relative", "clickhouse_key_file": str(tmp_path / "relative/key.pem")}
    assert Settings() == settings.model_copy(update=here)
