"""Three real brokers with TLS, logins and rights: they die while events stream in, and nothing is lost.

STORM_EVENTS (by default 20,000), STORM_KILLS (4) and STORM_SEED in the environment make other storms.
"""

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import orjson
import pytest
from kafka.errors import KafkaError

from clickhouse.migrate import create_database, migrate
from contract.topics import ALL_TOPICS, EVENT_TOPICS
from funnel.stack.plan import settings_environment
from funnel.topics.listing import listed
from streams.create_topics import ensure_topics
from streams.lag import asking
from streams.settings import Settings
from tests.connectors.webhooks.running import by_title, records_on, running_server
from tests.connectors.webhooks.test_server import statement
from tests.e2e.stack import Stack
from tests.faults.storm import publish, storm
from tests.faults.test_storm import SEED, assert_nothing_missing
from tests.servers.clickhouse import embedded_clickhouse
from tests.servers.cluster import Cluster, local_cluster
from tests.servers.rights import add_users, password
from tests.servers.worker import workers
from tests.waiting import until

pytestmark = [pytest.mark.kafka, pytest.mark.faults, pytest.mark.long]

EVENTS = int(os.environ.get("STORM_EVENTS", "20000"))
KILLS = int(os.environ.get("STORM_KILLS", "4"))
EVERY_SECONDS = 20.0
AWAY_SECONDS = 7.0
"""A dead broker's partitions have other leaders by then."""
PIECES = 200


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with local_cluster(tmp_path_factory.mktemp("cluster")) as cluster:
        add_users(cluster)
        yield cluster


@pytest.fixture(scope="module")
def stack(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """With topics and schema; its own user is the operator."""
    folder = tmp_path_factory.mktemp("installation")
    with embedded_clickhouse(folder / "clickhouse") as clickhouse:
        config = Settings(
            _env_file=None,
            **cluster.settings("operator", password("operator")),
            replication_factor=3,
            min_insync_replicas=2,
            clickhouse_port=clickhouse.port,
            data_dir=folder,
        )
        client = create_database(config)
        migrate(client, config)
        client.close()
        assert len(ensure_topics(of("setup", config))) == len(ALL_TOPICS)
        yield Stack(cast(Any, cluster), clickhouse, config, folder)


def of(user: str, config: Settings) -> Settings:
    """The settings of another user."""
    return config.model_copy(
        update={"kafka_username": user, "kafka_password": type(config.kafka_password)(password(user))}
    )


class Killing:
    """Kills one broker after the other, and moves the leaders back once it is there again."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="killing")
        self.killed = 0
        self.moved = 0
        self.error: BaseException | None = None

    @contextmanager
    def going_on(self) -> Iterator[None]:
        self._thread.start()
        try:
            yield
            self.wait_for(KILLS)
        except BaseException:
            self._stop.set()
            raise
        finally:
            # Else to its end: the last broker is back then, and its leaders, too.
            self._thread.join()
        assert self.error is None, self.error

    def wait_for(self, killed: int) -> None:
        """Returns once so many brokers were killed."""
        until(lambda: self.killed >= killed or self.error is not None, "brokers are killed", 300)

    def _run(self) -> None:
        try:
            while self.killed < KILLS and not self._stop.is_set():
                began = time.monotonic()
                victim = self.killed % len(self._cluster.nodes)
                self._cluster.kill(victim)
                self.killed += 1
                time.sleep(AWAY_SECONDS)
                self._cluster.start_one(victim)
                self._cluster.wait_for(len(self._cluster.nodes))
                self._move()
                time.sleep(max(0.0, began + EVERY_SECONDS - time.monotonic()))
        except BaseException as error:
            self.error = error

    def _move(self) -> None:
        """Preferred leaders take over as soon as they are in sync."""
        until(self._moved_when_whole, "the broker has caught up, and leads again", 120)
        self.moved += 1

    def _moved_when_whole(self) -> bool:
        try:
            with self._cluster.admin() as admin:
                parts = [part for topic in admin.describe_topics() for part in topic["partitions"]]
                whole = all(len(part["isr_nodes"]) == len(part["replica_nodes"]) for part in parts)
                if whole:
                    admin.elect_leaders(0, raise_errors=False)
        except KafkaError:
            return False
        return whole


def test_no_event_is_lost_and_no_number_wrong_while_brokers_die(stack: Stack, cluster: Cluster) -> None:
    made = storm(SEED, EVENTS)
    killing = Killing(cluster)
    with workers(of("worker", stack.config), stack.folder, 2) as two:
        with killing.going_on():
            for number, _ in enumerate(publish(of("connector", stack.config), made.records, PIECES)):
                killing.wait_for(KILLS * (number + 1) // PIECES)
        assert_nothing_missing(stack, made)
        assert all(worker.running for worker in two)
    assert (killing.killed, killing.moved) == (KILLS, KILLS)
    with asking(stack.config) as admin:
        assert {(one.copies, one.in_sync, one.acknowledging) for one in listed(admin)} == {(3, 3, 2)}


def parsed(value: bytes) -> Any:
    """The JSON; None: it is none."""
    try:
        return orjson.loads(value)
    except orjson.JSONDecodeError:
        return None


def test_while_two_brokers_are_away_webhooks_are_kept_and_published_afterwards(
    stack: Stack, cluster: Cluster, tmp_path: Path
) -> None:
    said = settings_environment(of("connector", stack.config))
    own = {name: value for name, value in said.items() if name.startswith("FUNNEL_KAFKA_")}
    titles = [str(number) for number in range(150)]
    with running_server(tmp_path / "server", stack.config.kafka_bootstrap, secrets=own) as server:
        until(lambda: server.get("/ready")["kafka"], "Kafka is found")

        def post(some: list[str]) -> set[int]:
            return {server.post(statement(title)).status_code for title in some}

        assert post(titles[:50]) == {200}
        until(lambda: server.get("/ready")["spooled"] == 0, "all are in Kafka")
        cluster.kill(0)
        cluster.kill(1)
        assert post(titles[50:100]) == {200}
        until(lambda: server.get("/ready")["spooled"] > 0, "they are kept on the disk")
        cluster.start_one(0)
        cluster.start_one(1)
        assert post(titles[100:]) == {200}
        until(lambda: server.get("/ready") == {"kafka": True, "spool": True, "spooled": 0, "rules": "ok"}, "drained")
    cluster.wait_for(3)
    # The storm's poison is on the topics too.
    values = [record.value for record in records_on(stack.config, EVENT_TOPICS)]
    found = by_title([said for value in values if isinstance(said := parsed(value), dict)])
    assert {title: found.get(title) for title in titles} == dict.fromkeys(titles, 1)
