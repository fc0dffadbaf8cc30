"""What a Kafka with TLS, logins and certificates refuses is one line with the way out, for every kind of process."""

import os
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from kafka.errors import KafkaError, TopicAuthorizationFailedError

from funnel.stack.plan import settings_environment
from process.kafka import KafkaSettings
from process.kafka_trouble import cause
from streams import offsets
from streams.create_topics import TopicsError, create_topics
from streams.lag import LagError, asking
from streams.settings import Settings
from tests.connectors.webhooks.running import running_server
from tests.servers.authority import Authority
from tests.servers.cluster import Cluster, local_cluster, shown
from tests.waiting import until

pytestmark = [pytest.mark.kafka, pytest.mark.xdist_group("kafka-trouble")]

ROOT = Path(__file__).parents[2]
REFUSED = "refuses the login of admin: set FUNNEL_KAFKA_USERNAME and FUNNEL_KAFKA_PASSWORD to those of a user"


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """One broker is enough to be refused by."""
    with local_cluster(tmp_path_factory.mktemp("cluster"), brokers=1) as cluster:
        yield cluster


def why(cluster: Cluster, **changed: Any) -> str:
    began = time.monotonic()
    said = cause(KafkaSettings(**cluster.settings(**changed)))
    assert time.monotonic() - began < 5
    assert "\n" not in said
    return said


def test_each_refusal_is_one_line_with_its_way_out(cluster: Cluster, tmp_path: Path) -> None:
    other = Authority(tmp_path / "other", "another")
    tls = {"kafka_security_protocol": "SSL", "kafka_bootstrap": f"127.0.0.1:{cluster.tls_ports[0]}"}
    plain = f"127.0.0.1:{cluster.plain_ports[0]}"
    own = shown(cluster.authority.signed("client"))
    foreign = shown(other.signed("foreign"))
    expired = shown(cluster.authority.signed("late", lasts=timedelta(days=-1)))
    said = {
        "": [
            {},
            {**tls, **own},
            {"kafka_security_protocol": "PLAINTEXT", "kafka_bootstrap": plain},
            {"kafka_bootstrap": "127.0.0.1:1"},
            {"kafka_bootstrap": f"127.0.0.1:1,{cluster.bootstrap}"},
        ],
        REFUSED: [{"password": "wrong"}],
        "refuses the login of nobody": [{"username": "nobody"}],
        "does not accept PLAIN: set FUNNEL_KAFKA_SASL_MECHANISM to one of SCRAM-SHA-512": [
            {"kafka_sasl_mechanism": "PLAIN"}
        ],
        "an authority that is not trusted here: set FUNNEL_KAFKA_CA_FILE": [
            {"kafka_ca_file": str(other.file)},
            {"kafka_ca_file": ""},
        ],
        "speaks TLS only: set FUNNEL_KAFKA_SECURITY_PROTOCOL to SSL or SASL_SSL": [
            {"kafka_security_protocol": "PLAINTEXT"},
            {"kafka_security_protocol": "SASL_PLAINTEXT"},
        ],
        "asks for a login: set FUNNEL_KAFKA_SECURITY_PROTOCOL=SASL_SSL": [{"kafka_security_protocol": "SSL"}],
        "asks for our certificate: set FUNNEL_KAFKA_CERTIFICATE_FILE": [tls],
        "refuses FUNNEL_KAFKA_CERTIFICATE_FILE": [{**tls, **foreign}, {**tls, **expired}],
        "knows no logins on this port": [{**tls, **own, "kafka_security_protocol": "SASL_SSL"}],
        "speaks no TLS": [{"kafka_bootstrap": plain}, {"kafka_bootstrap": plain, "kafka_security_protocol": "SSL"}],
        "FUNNEL_KAFKA_CA_FILE: gone.pem cannot be used": [{"kafka_ca_file": "gone.pem"}],
        "is no host:port": [{"kafka_bootstrap": "kafka.example.com"}],
    }
    for line, cases in said.items():
        for changed in cases:
            found = why(cluster, **changed)
            assert line in found if line else not found, (changed, found)


def test_certificates_of_brokers_that_do_not_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(offsets, "ANSWER_MS", 300)
    authority = Authority(tmp_path)
    for lasts, alternatives, line in [
        (timedelta(days=-1), ("127.0.0.1",), "has a certificate that has expired: renew it on the broker"),
        (timedelta(days=1), ("kafka.example.com",), "is for other addresses than 127.0.0.1: set FUNNEL_KAFKA_"),
    ]:
        files = authority.signed("broker", alternatives, lasts)
        with _answering(*map(str, files)) as port:
            config = Settings(
                _env_file=None,
                kafka_security_protocol="SSL",
                kafka_bootstrap=f"127.0.0.1:{port}",
                kafka_ca_file=str(authority.file),
            )
            assert line in cause(config)
            with pytest.raises(LagError, match="has a certificate that"), asking(config):
                pass


def test_a_right_that_is_missing_is_named() -> None:
    config = KafkaSettings(kafka_bootstrap="127.0.0.1:1", kafka_username="worker")
    assert cause(config, TopicAuthorizationFailedError()) == (
        "Kafka at 127.0.0.1:1 gives worker no right to use the topics: give it those of docs/kafka-cluster.md with "
        "kafka-acls"
    )
    assert cause(config, KafkaError()) == ""


COMMANDS = (
    "rebuild",
    "create-topics",
    "topics",
    "publish events.jsonl",
    "connectors poll bigmarker --once",
    "worker",
)


def test_every_kind_of_process_ends_with_the_line(cluster: Cluster, tmp_path: Path) -> None:
    (tmp_path / "events.jsonl").write_text("")
    environment = _environment(cluster, tmp_path, password="wrong")
    started = {
        command: subprocess.Popen(
            [sys.executable, "-m", "funnel", *command.split()],
            cwd=tmp_path,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for command in COMMANDS
    }
    for command, process in started.items():
        said, _ = process.communicate(timeout=60)
        assert process.returncode == 1, (command, said)
        assert "Traceback" not in said, (command, said)
        lines = [line for line in said.splitlines() if line]
        assert [line for line in lines if REFUSED in line] == lines[-1:], (command, said)


def test_a_topic_with_too_few_copies_stops_what_would_rely_on_them(cluster: Cluster) -> None:
    config = Settings(_env_file=None, **cluster.settings())
    create_topics(config)
    three = config.model_copy(update={"replication_factor": 3, "min_insync_replicas": 2})
    with pytest.raises(TopicsError, match=r"has 1 copy, the setting FUNNEL_REPLICATION_FACTOR says 3: make more with"):
        create_topics(three)


def test_the_webhook_server_keeps_what_comes_and_says_why(cluster: Cluster, tmp_path: Path) -> None:
    environment = _environment(cluster, tmp_path, password="wrong")
    own = {name: value for name, value in environment.items() if name.startswith("FUNNEL_KAFKA_")}
    with running_server(tmp_path, cluster.bootstrap, secrets=own) as server:
        until(lambda: REFUSED in server.log.read_text(), "it says why")
        assert server.get("/ready")["spool"]


def _environment(cluster: Cluster, folder: Path, **changed: Any) -> dict[str, str]:
    config = Settings(_env_file=None, **cluster.settings(**changed), data_dir=folder / "data", clickhouse_port=1)
    own = {"PYTHONPATH": str(ROOT), "FUNNEL_HASH_SECRET": "0" * 32, "FUNNEL_BIGMARKER_API_KEY": "key"}
    return os.environ | settings_environment(config) | own


@contextmanager
def _answering(certificate: str, key: str) -> Iterator[int]:
    """A server that shows a certificate and says no more; its port."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            with suppress(OSError):
                while True:
                    link, _ = listening.accept()
                    with suppress(OSError), link:
                        context.wrap_socket(link, server_side=True).close()

        Thread(target=serve, daemon=True).start()
        yield listening.getsockname()[1]
        listening.shutdown(socket.SHUT_RDWR)
