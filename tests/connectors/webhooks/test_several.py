"""Several webhook servers share nothing but Kafka: each is killed in turn, and every 2xx counts once."""

import asyncio
import itertools
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

import httpx
import orjson
import pytest

from connectors.pipeline.waking import read_wake
from contract.topics import POLL_WAKES
from streams.create_topics import create_topics
from streams.settings import Settings
from tests.connectors.webhooks.demo import sign
from tests.connectors.webhooks.running import Running, by_title, events_on, records_on, running_server
from tests.connectors.webhooks.test_server import spooled, statement
from tests.servers.kafka import KafkaServer
from tests.waiting import until

pytestmark = pytest.mark.kafka

SERIES = {"service": {"series_id": "demo:weekly"}, "starts_at": "2026-12-24T18:00:00.000Z"}


@pytest.fixture
def bootstrap(kafka: KafkaServer) -> str:
    kafka.empty()
    create_topics(Settings(_env_file=None, kafka_bootstrap=kafka.bootstrap, partitions=2))
    return kafka.bootstrap


def start(running: ExitStack, folder: Path, bootstrap: str) -> Running:
    (folder / "business").mkdir(parents=True, exist_ok=True)
    (folder / "business" / "forms.yaml").write_text("forms: [{service: demo, next_of_series: demo:weekly}]")
    server = running.enter_context(running_server(folder, bootstrap))
    until(lambda: server.get("/ready")["kafka"], "Kafka is found")
    return server


async def send(urls: dict[str, str], answered: Counter[str], ends: asyncio.Event) -> None:
    """Webhooks to whichever server there is, like a service behind a balancer: what is not answered comes again."""
    number = itertools.count()

    async def one_by_one(client: httpx.AsyncClient) -> None:
        while not ends.is_set():
            title, status = str(next(number)), 0
            while status != 200:
                body, url = statement(title), urls["ab"[next(number) % 2]]
                try:
                    status = (await client.post(url + "/webhooks/demo", content=body, headers=sign(body))).status_code
                except httpx.TransportError:
                    await asyncio.sleep(0.02)
            answered[title] += 1

    async with httpx.AsyncClient(timeout=30) as client:
        await asyncio.gather(*(one_by_one(client) for _ in range(8)))


def test_each_is_killed_in_turn_under_load_and_every_2xx_counts_once(bootstrap: str, tmp_path: Path) -> None:
    answered: Counter[str] = Counter()
    with ExitStack() as running:
        servers = {name: start(running, tmp_path / name, bootstrap) for name in "ab"}
        urls = {name: server.url for name, server in servers.items()}

        async def kill_in_turn() -> None:
            ends = asyncio.Event()
            sending = asyncio.create_task(send(urls, answered, ends))
            for name in "ab":
                enough = len(answered) + 60
                await asyncio.to_thread(until, lambda enough=enough: len(answered) > enough, "some are answered")
                await asyncio.to_thread(servers[name].kill)
                await asyncio.sleep(0)
                enough = len(answered) + 20
                await asyncio.to_thread(until, lambda enough=enough: len(answered) > enough, "the other one answers")
                servers[name] = await asyncio.to_thread(start, running, tmp_path / name, bootstrap)
                urls[name] = servers[name].url
            ends.set()
            await sending

        asyncio.run(kill_in_turn())
        until(lambda: not (spooled(tmp_path / "a") or spooled(tmp_path / "b")), "drained")

        # A form comes in at one, and the webinar is known to the other only.
        form = {"type": "form", "form": "f", "submission": "s1", "email": "ann@example.com"}
        assert servers["b"].post(orjson.dumps(form)).status_code == 200
        assert servers["a"].post(statement("known", **SERIES)).status_code == 200
        found = until(
            lambda: [one for one in events_on(bootstrap) if one["type"] == "registration"], "it is published", 20
        )
        assert [(one["event_id"], one["webinar_id"]) for one in found] == [("demo:s1", "demo:1")]

        # What is to be read soon is told to the poll, wherever it runs.
        assert servers["a"].post(statement("wake", wake=True)).status_code == 200
        told = until(lambda: records_on(bootstrap, [POLL_WAKES]), "it is told", 20)
        wakes = [read_wake(one.value) for one in told]
        assert [wake and wake[0] for wake in wakes] == ["w1"]
    titles = by_title(events_on(bootstrap))
    assert len(answered) > 160
    assert set(answered) <= set(titles)
    assert set(titles.values()) == {1}
