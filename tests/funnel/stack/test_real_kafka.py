"""The product's own Kafka under the supervisor."""

import io
import os
import signal
from pathlib import Path

import pytest
from kafka import KafkaAdminClient
from rich.console import Console

from contract.topics import ALL_TOPICS
from funnel.stack.child import Plan
from funnel.stack.commands import child_pid, down, kill_child, status, up_plan
from funnel.stack.folder import StackFolder
from funnel.stack.plan import stack_plan
from funnel.stack.ports import free_port, is_free
from funnel.stack.state import State
from funnel.stack.strays import strays
from streams.settings import Settings
from tests.funnel.stack.waiting import eventually, has_ended

PROGRESS = Console(file=io.StringIO()).status("")


@pytest.mark.system
@pytest.mark.kafka
def test_kafka_comes_back_after_kills_of_itself_and_of_its_supervisor(tmp_path: Path) -> None:
    port = free_port()
    config = Settings(kafka_bootstrap=f"127.0.0.1:{port}", clickhouse_port=free_port(), partitions=2, data_dir=tmp_path)
    # The task of the topics asks ClickHouse whether they may be made.
    names = ("kafka", "clickhouse", "topics")
    plan = Plan(children=tuple(child for child in stack_plan(config, workers=1).children if child.name in names))
    folder = StackFolder(tmp_path)
    try:
        up_plan(config, plan, PROGRESS)
        assert topics(config) == {topic.name for topic in ALL_TOPICS}

        killed = kill_child(config, "kafka")
        eventually(lambda: status(config)[0].state is State.READY and status(config)[0].pid != killed, 90)
        assert topics(config) == {topic.name for topic in ALL_TOPICS}

        orphan = child_pid(config, "kafka")
        supervisor = folder.supervisor_pid()
        assert supervisor is not None
        os.kill(supervisor, signal.SIGKILL)
        eventually(lambda: not folder.is_supervised())
        assert not has_ended(orphan)

        up_plan(config, plan, PROGRESS)
        servers = {child_pid(config, name) for name in ("kafka", "clickhouse")}
        assert {process.pid for process in strays(folder.root)} == servers
        assert topics(config) == {topic.name for topic in ALL_TOPICS}
    finally:
        down(config)
    assert is_free(port)
    assert strays(folder.root) == []


def topics(config: Settings) -> set[str]:
    admin = KafkaAdminClient(bootstrap_servers=config.kafka_bootstrap)
    try:
        return {name for name in admin.list_topics() if not name.startswith("__")}
    finally:
        admin.close()
