"""Servers without the rest are no installation that works."""

import io
from pathlib import Path

import pytest
from rich.console import Console

from funnel.stack.alone import servers_alone
from funnel.stack.child import Plan
from funnel.stack.commands import down, up, up_plan
from funnel.stack.errors import StackError
from funnel.stack.folder import StackFolder
from funnel.stack.ports import free_port
from funnel.stack.servers import servers
from streams.settings import Settings
from tests.funnel.stack.children import SLEEPER, python
from tests.servers.commands import funnel

SAID = "only Kafka and ClickHouse run here, for funnel restore: wait for its end; if it was killed, funnel down"


def test_what_a_killed_restore_has_left_is_told_and_nothing_goes_on_with_it(tmp_path: Path) -> None:
    config = Settings(_env_file=None, data_dir=tmp_path / "data")
    folder, progress = StackFolder(config.data_dir), Console(file=io.StringIO()).status("")
    assert servers_alone(folder) == ""
    up_plan(config, Plan(children=(python("kafka", SLEEPER), python("clickhouse", SLEEPER))), progress)
    try:
        assert servers_alone(folder) == SAID
        with pytest.raises(StackError, match=SAID):
            up(config)
        with pytest.raises(StackError, match=SAID), servers(config, progress):
            pass
        said = funnel("status", folder=tmp_path, environment={"FUNNEL_DATA_DIR": str(config.data_dir)})
        assert said.returncode == 1
        assert f"Not healthy: {SAID}" in said.stdout
    finally:
        down(config)
    assert servers_alone(folder) == ""
    up_plan(config, Plan(children=(python("kafka", SLEEPER), python("worker", SLEEPER))), progress)
    try:
        assert servers_alone(folder) == ""
        with (
            pytest.raises(StackError, match="at work in this data folder: funnel down first"),
            servers(config, progress),
        ):
            pass
    finally:
        down(config)


@pytest.mark.parametrize(
    ("elsewhere", "started"),
    [
        ({}, ["kafka", "clickhouse"]),
        ({"clickhouse_addresses": "ch-1.invalid:1,ch-2.invalid:1", "clickhouse_cluster": "main"}, ["kafka"]),
    ],
)
def test_a_restore_starts_what_this_machine_lacks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, elsewhere: dict[str, str], started: list[str]
) -> None:
    found: list[str] = []
    monkeypatch.setattr(
        "funnel.stack.servers.up_plan", lambda _, plan, __: found.extend(one.name for one in plan.children)
    )
    config = Settings(
        _env_file=None,
        data_dir=tmp_path / "data",
        kafka_bootstrap=f"127.0.0.1:{free_port()}",
        clickhouse_port=free_port(),
        **elsewhere,  # type: ignore[arg-type]
    )
    with servers(config, Console(file=io.StringIO()).status("")):
        assert found == started
