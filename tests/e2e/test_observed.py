"""What an operator sees of real processes: metrics, the probe event, and logs that an event can be followed through."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from contract.instants import MINUTE, format_instant
from process.heartbeat import read_beat
from process.metrics import of_role
from tests.connectors.webhooks.running import Running, running_server
from tests.e2e.stack import Stack
from tests.e2e.test_webhooks import SECRETS, add_rule, number, register, say
from tests.e2e.timing import YESTERDAY
from tests.personal import personal
from tests.scraped import names_of, scraped, value_of
from tests.waiting import until

__all__ = ["number"]

pytestmark = pytest.mark.kafka
_NAME, _EMAIL = "Ann Marsh", "ann.marsh@example.com"


@pytest.fixture(scope="module")
def server(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("observed")
    more = {"FUNNEL_LOG_LEVEL": "debug", "FUNNEL_METRICS": "127.0.0.1:0", "FUNNEL_HEARTBEAT": str(folder / "beat")}
    with running_server(folder, stack.config.kafka_bootstrap, "connectors.webhooks", SECRETS | more) as running:
        yield running


def port_of(beat: Path) -> int:
    until(lambda: (found := read_beat(beat)) is not None and found.metrics_port is not None, f"{beat} names a port")
    found = read_beat(beat)
    assert found is not None
    assert found.metrics_port is not None
    return found.metrics_port


def worker_ports(stack: Stack) -> list[int]:
    return [port_of(stack.folder / f"worker-{number}.beat") for number in (1, 2)]


def sum_of(stack: Stack, name: str, **labels: str) -> float:
    return sum(value_of(scraped(port), name, **labels) for port in worker_ports(stack))


def test_the_probe_event_gets_through_in_every_partition_and_counts_nowhere(stack: Stack) -> None:
    asked = "SELECT age_seconds, seconds, reached, partitions FROM probe_at(at = now64(3))"
    until(lambda: stack.rows(asked)[0]["reached"] == stack.config.partitions, "probe events have got through")
    row = stack.rows(asked)[0]
    assert row["partitions"] == stack.config.partitions
    assert 0 <= row["seconds"] < 60
    until(lambda: sum_of(stack, "funnel_probe_visible_seconds_count") >= 2 * stack.config.partitions, "they go on")
    assert stack.rows("SELECT count() AS rows FROM probes FINAL") == [{"rows": stack.config.partitions}]
    assert stack.rows("SELECT count() AS rows FROM events WHERE topic = 'webinar.probes.v1'") == [{"rows": 0}]
    assert stack.rows("SELECT count() AS rows FROM dead_letters WHERE topic = 'webinar.probes.v1'") == [{"rows": 0}]
    assert stack.rows("SELECT count() AS rows FROM webinars WHERE webinar_id LIKE '%probe%'") == [{"rows": 0}]


def test_an_event_is_counted_at_each_stage_and_its_id_is_in_each_log_and_nothing_personal(
    stack: Stack, server: Running, number: str
) -> None:
    add_rule(server, number)
    who = {"user_id": "1", "user_name": _NAME, "id": "", "email": _EMAIL, "registrant_id": ""}
    joined = {**who, "join_time": format_instant(YESTERDAY + MINUTE)}
    assert register(server, number, _EMAIL).status_code == 200
    assert say(server, number, "participant_joined", YESTERDAY + MINUTE, participant=joined).status_code == 200
    server.post(b'{"email": "ann.marsh@example.com", "name": "Ann Marsh"', {}, "/webhooks/typeform")
    stored = f"SELECT event_id FROM events FINAL WHERE webinar_id = 'zoom:{number}' AND topic = 'webinar.attendance.v1'"
    until(lambda: len(stack.rows(stored)) == 1, "the visit is stored")
    event_id = stack.rows(stored)[0]["event_id"]

    worker_logs = [stack.folder / f"worker-{one}.log" for one in (1, 2)]
    text = "".join(path.read_text() for path in worker_logs)
    stages = [
        [
            line["message"]
            for line in map(json.loads, (one for one in said.splitlines() if one.startswith("{")))
            if line.get("event_id") == event_id
        ]
        for said in (server.log.read_text(), text)
    ]
    assert stages == [["accepted", "published"], ["decoded", "folded", "inserted"]]
    for path in (server.log, *worker_logs):
        assert personal(path.read_text()) == []

    families = scraped(port_of(server.log.parent / "beat"))
    assert names_of(families) == {one.name for one in of_role("webhooks")}
    assert value_of(families, "funnel_webhook_answers_total", service="zoom", status="200") == 1
    assert value_of(families, "funnel_webhook_answers_total", service="typeform", status="401") == 1
    for port in worker_ports(stack):
        assert names_of(scraped(port)) == {one.name for one in of_role("worker")}
    for name in ("received", "decoded"):
        assert sum_of(stack, f"funnel_records_{name}_total", topic="webinar.attendance.v1") >= 1
    folded, inserted = (sum_of(stack, f"funnel_events_{one}_total") for one in ("folded", "inserted"))
    assert folded >= 2
    assert inserted >= 2
    assert sum_of(stack, "funnel_event_visible_seconds_count") >= 2
    assert sum_of(stack, "funnel_insert_seconds_count", table="events") >= 1
    assert sum_of(stack, "funnel_assigned_partitions") == stack.config.partitions
    until(lambda: sum_of(stack, "funnel_job_success_timestamp_seconds", job="probe events") > 0, "its job is told")
    until(lambda: sum_of(stack, "funnel_lag_records") == 0, "nothing waits")
