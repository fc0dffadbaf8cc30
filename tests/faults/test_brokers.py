"""`funnel up --brokers 3`: a broker that dies is started again, and the others are left alone and go on."""

import io
from pathlib import Path

import pytest
from rich.console import Console

from connectors.pipeline.publish import Publisher
from contract.topics import ALL_TOPICS
from funnel.stack.child import Plan
from funnel.stack.commands import child_pid, down, kill_child, status, up_plan
from funnel.stack.errors import StackError
from funnel.stack.kafka.brokers import brokers_of, for_brokers
from funnel.stack.plan import stack_plan
from funnel.stack.ports import free_port
from funnel.stack.state import State
from funnel.topics.listing import Listed, listed
from streams.lag import asking
from streams.settings import Settings
from tests.waiting import until

pytestmark = [pytest.mark.kafka, pytest.mark.faults]

PROGRESS = Console(file=io.StringIO()).status("")
BROKERS = ("kafka-1", "kafka-2", "kafka-3")


def test_three_brokers_under_the_supervisor(tmp_path: Path) -> None:
    ports = ",".join(f"127.0.0.1:{free_port()}" for _ in BROKERS)
    given = Settings(
        _env_file=None, kafka_bootstrap=ports, clickhouse_port=free_port(), partitions=2, data_dir=tmp_path
    )
    config = for_brokers(given, brokers_of(tmp_path, 3))
    plan = plan_of(config, 3)
    try:
        up_plan(config, plan, PROGRESS)
        until(lambda: whole(config), "every copy is in sync")

        others = {name: child_pid(config, name) for name in BROKERS[1:]}
        killed = kill_child(config, "kafka-1")
        with Publisher(config) as publisher:
            publisher.send_raw(ALL_TOPICS[0].name, b"zoom:1", b"{}")
        until(lambda: ready(config) == set(BROKERS) and child_pid(config, "kafka-1") != killed, "it is back")
        assert {name: child_pid(config, name) for name in others} == others
        until(lambda: whole(config), "every copy is in sync again")
    finally:
        down(config)
    # The next start needs to be told nothing, and finds what there was.
    with pytest.raises(StackError, match="holds a Kafka of 3 brokers"):
        brokers_of(tmp_path, 1)
    again = for_brokers(given, brokers_of(tmp_path, None))
    try:
        up_plan(again, plan_of(again, 3), PROGRESS)
        with asking(again) as admin:
            assert sum(one.records for one in listed(admin)) == 1
    finally:
        down(again)


def plan_of(config: Settings, brokers: int) -> Plan:
    """Without those who would read and write."""
    names = (*BROKERS, "clickhouse", "topics")
    whole = stack_plan(config, workers=0, brokers=brokers)
    return Plan(children=tuple(child for child in whole.children if child.name in names))


def ready(config: Settings) -> set[str]:
    return {child.name for child in status(config) if child.state is State.READY and child.name in BROKERS}


def whole(config: Settings) -> bool:
    with asking(config) as admin:
        found: list[Listed] = listed(admin)
    ours = [one for one in found if one.name.startswith("webinar.")]
    return {(one.copies, one.in_sync, one.acknowledging) for one in ours} == {(3, 3, 2)}
