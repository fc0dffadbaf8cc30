"""A webhook server of the tests in a process of its own, and what it has brought to Kafka."""

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import orjson
from kafka import KafkaConsumer, TopicPartition

from contract.topics import EVENT_TOPICS, Topic
from process.kafka import KafkaSettings, reach
from tests.connectors.webhooks.demo import sign
from tests.servers.processes import end
from tests.waiting import until

ROOT = Path(__file__).parents[3]
# Each request has a connection of its own. A client apiece would read the list of authorities apiece.
_WEB = httpx.Client(verify=False, limits=httpx.Limits(max_keepalive_connections=0))


@dataclass
class Running:
    """A server that answers."""

    process: subprocess.Popen[bytes]
    url: str
    log: Path

    def post(self, body: bytes, headers: dict[str, str] | None = None, path: str = "/webhooks/demo") -> httpx.Response:
        """Sends one webhook, signed unless the headers are given."""
        return _WEB.post(self.url + path, content=body, headers=sign(body) if headers is None else headers, timeout=30)

    def get(self, path: str) -> Any:
        """The JSON of its answer."""
        return _WEB.get(self.url + path).json()

    def kill(self) -> None:
        """SIGKILL."""
        self.process.kill()
        self.process.wait()


@contextmanager
def running_server(
    folder: Path,
    bootstrap: str,
    module: str = "tests.connectors.webhooks.demo",
    secrets: Mapping[str, str] | None = None,
    **more: object,
) -> Iterator[Running]:
    """Starts it on a free port with its state below `folder`; ended by SIGTERM, if it still runs.

    `module`: the tests' own connector, or connectors.webhooks for the real ones with their `secrets`.
    """
    (folder / "business").mkdir(parents=True, exist_ok=True)
    environment = os.environ | {
        "PYTHONPATH": str(ROOT),
        "FUNNEL_HASH_SECRET": "0123456789abcdef",
        "FUNNEL_KAFKA_BOOTSTRAP": bootstrap,
        "FUNNEL_DATA_DIR": str(folder / "data"),
        "FUNNEL_BUSINESS_DIR": str(folder / "business"),
        "FUNNEL_WEBHOOK_PORT": "0",
        **(secrets or {}),
        **{f"FUNNEL_WEBHOOK_{name.upper()}": str(value) for name, value in more.items()},
    }
    log, output = folder / "server.log", folder / "server.out"
    with log.open("ab") as errors, output.open("wb") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", module],
            cwd=folder,
            env=environment,
            stdout=said,
            stderr=errors,
        )
    try:
        until(lambda: process.poll() is not None or b"\n" in output.read_bytes(), "the server says ready")
        assert process.poll() is None, log.read_text()
        yield Running(process, output.read_text().split()[1], log)
    finally:
        end(process)


def events_on(kafka: str | KafkaSettings) -> list[dict[str, Any]]:
    """All events on the topics now. `kafka`: where that is; an address: of one without logins."""
    return [orjson.loads(record.value) for record in records_on(kafka, EVENT_TOPICS)]


def records_on(kafka: str | KafkaSettings, topics: Iterable[Topic]) -> list[Any]:
    """All records of these topics now."""
    config = KafkaSettings(kafka_bootstrap=kafka) if isinstance(kafka, str) else kafka
    consumer = KafkaConsumer(**reach(config), group_id=None, enable_auto_commit=False)
    try:
        places = [
            TopicPartition(topic.name, partition)
            for topic in topics
            for partition in sorted(consumer.partitions_for_topic(topic.name) or ())
        ]
        consumer.assign(places)
        consumer.seek_to_beginning()
        ends = consumer.end_offsets(places)
        found: list[Any] = []
        while any(consumer.position(place) < end for place, end in ends.items()):
            for records in consumer.poll(timeout_ms=1000, max_records=5000).values():
                found += records
        return found
    finally:
        consumer.close()


def by_title(events: list[dict[str, Any]]) -> Counter[str]:
    """How many distinct events carry each title."""
    return Counter(title for title, _ in {(one["title"], one["event_id"]) for one in events if "title" in one})
