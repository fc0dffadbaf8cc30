"""Kafka comes and goes, the server is killed: what was answered 2xx is on the topics, and answers come in time.

Small here; `make soak` runs the outage with two minutes without Kafka.
"""

import asyncio
import os
import signal
import time
from pathlib import Path

import httpx
import orjson
import pytest

from connectors.pipeline.state import State
from streams.create_topics import create_topics
from streams.settings import Settings
from tests.connectors.webhooks.demo import sign
from tests.connectors.webhooks.running import Running, by_title, events_on, running_server
from tests.connectors.webhooks.test_server import spooled, statement
from tests.servers.kafka import KafkaServer
from tests.waiting import until

pytestmark = [pytest.mark.kafka, pytest.mark.system]

ANSWER_SECONDS = 3.0


@pytest.fixture
def kafka(kafka: KafkaServer) -> KafkaServer:
    kafka.empty()
    create_topics(Settings(_env_file=None, kafka_bootstrap=kafka.bootstrap, partitions=2))
    return kafka


async def send(server: Running, titles: list[str], rate: float, connections: int = 20) -> dict[str, tuple[int, float]]:
    """By title (status, seconds until the answer), of webhooks sent at that rate; status 0: no answer."""
    answers = {}
    began = time.monotonic()
    numbered = iter(enumerate(titles))

    async def one_by_one(client: httpx.AsyncClient) -> None:
        for number, title in numbered:
            await asyncio.sleep(max(0.0, began + number / rate - time.monotonic()))
            body, sent = statement(title), time.monotonic()
            try:
                answer = await client.post(server.url + "/webhooks/demo", content=body, headers=sign(body))
                answers[title] = (answer.status_code, time.monotonic() - sent)
            except httpx.TransportError:
                answers[title] = (0, time.monotonic() - sent)

    async with httpx.AsyncClient(timeout=30) as client:
        await asyncio.gather(*(one_by_one(client) for _ in range(connections)))
    return answers


def outage(kafka: KafkaServer, folder: Path, webhooks: int, seconds: float) -> None:
    """So many webhooks arrive, 200 before Kafka is stopped for so many seconds, the others meanwhile."""
    titles = [str(number) for number in range(webhooks)]
    with running_server(folder, kafka.bootstrap) as server:
        until(lambda: server.get("/ready")["kafka"], "Kafka is found")
        before = asyncio.run(send(server, titles[:200], 200))
        assert server.get("/ready")["spooled"] == 0
        kafka.stop()
        during = asyncio.run(send(server, titles[200:], (webhooks - 200) / seconds))
        kafka.start()
        until(lambda: server.get("/ready") == {"kafka": True, "spool": True, "spooled": 0, "rules": "ok"}, "drained")
    answers = before | during
    assert {status for status, _ in answers.values()} == {200}
    assert max(taken for _, taken in answers.values()) < ANSWER_SECONDS
    assert by_title(events_on(kafka.bootstrap)) == dict.fromkeys(titles, 1)


def test_all_that_comes_while_kafka_is_away_is_answered_in_time_and_counted_once(
    kafka: KafkaServer, tmp_path: Path
) -> None:
    outage(kafka, tmp_path / "server", 1_000, 5)


@pytest.mark.soak
def test_two_minutes_without_kafka(kafka: KafkaServer, tmp_path: Path) -> None:
    outage(kafka, tmp_path / "server", 2_000, 120)


@pytest.mark.parametrize("kafka_runs", [True, False])
def test_what_was_answered_is_not_lost_when_the_server_is_killed(
    kafka: KafkaServer, tmp_path: Path, kafka_runs: bool
) -> None:
    if not kafka_runs:
        kafka.stop()
    titles = [str(number) for number in range(800)]
    with running_server(tmp_path / "server", kafka.bootstrap) as server:
        if kafka_runs:
            until(lambda: server.get("/ready")["kafka"], "Kafka is found")

        async def kill_in_the_middle() -> dict[str, tuple[int, float]]:
            sending = asyncio.create_task(send(server, titles, 500))
            await asyncio.to_thread(until, lambda: server.get("/health")["accepted"].get("demo", 0) > 200, "some taken")
            await asyncio.to_thread(server.kill)
            return await sending

        answers = asyncio.run(kill_in_the_middle())
    answered = {title for title, (status, _) in answers.items() if status == 200}
    assert 100 < len(answered) < len(titles)
    if not kafka_runs:
        kafka.start()
    # Also where Kafka ran: what it did not acknowledge within a second waits on the disk.
    with running_server(tmp_path / "server", kafka.bootstrap) as server:
        until(lambda: not spooled(tmp_path / "server"), "drained")
    found = by_title(events_on(kafka.bootstrap))
    assert answered <= set(found)
    assert set(found.values()) == {1}


def test_records_leave_the_spool_in_the_order_in_which_they_came(kafka: KafkaServer, tmp_path: Path) -> None:
    """After a Kafka that was away, and after one that hangs."""
    kafka.stop()
    with running_server(tmp_path / "server", kafka.bootstrap) as server:
        for number in range(20):
            server.post(statement(str(number)))
        kafka.start()
        until(lambda: server.get("/ready")["kafka"], "Kafka is found")
        server.post(statement("20"))
        os.kill(kafka.pid, signal.SIGSTOP)
        try:
            until(lambda: not server.get("/ready")["kafka"], "it is said that Kafka hangs", 10)
            assert httpx.get(server.url + "/ready").status_code == 200
            assert server.post(statement("21")).elapsed.total_seconds() < 1
        finally:
            os.kill(kafka.pid, signal.SIGCONT)
        until(lambda: server.get("/ready")["kafka"], "Kafka is found again")
        until(lambda: not spooled(tmp_path / "server"), "drained")
    assert [one["title"] for one in events_on(kafka.bootstrap)] == [str(number) for number in range(22)]


def test_a_rule_added_afterwards_publishes_what_waited(kafka: KafkaServer, tmp_path: Path) -> None:
    form = {"type": "form", "form": "f", "submission": "s1", "email": "ann@example.com"}
    folder = tmp_path / "server"
    with running_server(folder, kafka.bootstrap) as server:
        until(lambda: server.get("/ready")["kafka"], "Kafka is found")
        assert server.post(orjson.dumps(form)).status_code == 200
        assert events_on(kafka.bootstrap) == []
        (folder / "business" / "forms.yaml").write_text("forms: [{service: demo, webinar: zoom:1}]")
        until(lambda: events_on(kafka.bootstrap), "it is published")
        assert server.post(orjson.dumps(form | {"again": 1})).status_code == 200
        first, again = events_on(kafka.bootstrap)
    assert (first["event_id"], first["webinar_id"]) == ("demo:s1", "zoom:1")
    assert first.keys() == again.keys()
    assert all(first[name] == again[name] for name in first.keys() - {"received_at", "occurred_at"})
    with State(folder / "data") as state:
        assert state.rows("SELECT count(*) FROM held WHERE released_at IS NULL") == [(0,)]
