"""A real cluster of Kafka for tests: brokers on loopback with TLS, logins (SCRAM-SHA-512) and rights."""

import os
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from kafka import KafkaAdminClient
from kafka.admin import ScramMechanism, UserScramCredentialUpsertion
from kafka.errors import KafkaError
from pydantic import SecretStr

from funnel.stack.kafka.node import Node, new_cluster_id, node_command
from funnel.stack.ports import LOOPBACK, free_port
from process.kafka import KafkaSettings, reach
from tests.servers.authority import Authority

ADMIN, PASSWORD = "admin", "of-the-admin-in-tests"
_START_SECONDS = 120
_STOP_SECONDS = 30
_QUICK_JVM = {"JDK_JAVA_OPTIONS": "-XX:TieredStopAtLevel=1"}


class Cluster:
    """Brokers that can be killed and started again, by their number from 0 on."""

    def __init__(self, folder: Path, brokers: int = 3, heap_mb: int = 384) -> None:
        self.folder = folder
        self.authority = Authority(folder / "certificates")
        self._certificate, self._key = self.authority.signed("broker")
        voters, cluster_id = tuple(free_port() for _ in range(brokers)), new_cluster_id()
        self.nodes = [
            Node(folder / f"kafka-{number}", free_port(), number, voters, cluster_id)
            for number in range(1, brokers + 1)
        ]
        self.tls_ports = [free_port() for _ in self.nodes]
        """Where a broker speaks TLS and asks for a certificate instead of a login."""
        self.plain_ports = [free_port() for _ in self.nodes]
        """Where it speaks without TLS."""
        self._heap_mb = heap_mb
        self._processes: dict[int, subprocess.Popen[bytes]] = {}

    @property
    def bootstrap(self) -> str:
        return ",".join(f"{LOOPBACK}:{node.port}" for node in self.nodes)

    def settings(self, username: str = ADMIN, password: str = PASSWORD, **changed: Any) -> dict[str, Any]:
        """The settings of a client, by name."""
        return {
            "kafka_bootstrap": self.bootstrap,
            "kafka_security_protocol": "SASL_SSL",
            "kafka_username": username,
            "kafka_password": SecretStr(password),
            "kafka_ca_file": str(self.authority.file),
            **changed,
        }

    def start(self) -> None:
        """Starts all brokers and returns when each is in the cluster. Raises RuntimeError with the end of a log."""
        with ThreadPoolExecutor() as pool:
            list(pool.map(self.start_one, range(len(self.nodes))))
        self.wait_for(len(self.nodes))

    def start_one(self, at: int) -> None:
        """Starts a broker; does not wait for it."""
        node = self.nodes[at]
        node.folder.mkdir(parents=True, exist_ok=True)
        command = node_command(
            node, self._heap_mb, self._secured(at), ["--add-scram", f"SCRAM-SHA-512=[name={ADMIN},password={PASSWORD}]"]
        )
        with self.log(at).open("ab") as log:
            self._processes[at] = subprocess.Popen(
                command, stdout=log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, env=os.environ | _QUICK_JVM
            )

    def kill(self, at: int) -> None:
        """Ends a broker at once (SIGKILL)."""
        process = self._processes.pop(at)
        process.kill()
        process.wait()

    def wait_for(self, count: int) -> None:
        """Returns when so many brokers are in the cluster."""
        deadline = time.monotonic() + _START_SECONDS
        while self._alive() < count:
            for at, process in self._processes.items():
                if process.poll() is not None:
                    raise RuntimeError(f"broker {at} ended:\n{self.log(at).read_text()[-3000:]}")
            if time.monotonic() > deadline:
                raise RuntimeError(f"Kafka did not start:\n{self.log(0).read_text()[-3000:]}")
            time.sleep(0.1)

    def add_user(self, name: str, password: str) -> None:
        with self.admin() as admin:
            admin.alter_user_scram_credentials(
                [UserScramCredentialUpsertion(name, ScramMechanism.SCRAM_SHA_512, password)]
            )

    @contextmanager
    def admin(self) -> Iterator[KafkaAdminClient]:
        with closing(KafkaAdminClient(**reach(KafkaSettings(**self.settings())), bootstrap_timeout_ms=30_000)) as admin:
            yield admin

    def log(self, at: int) -> Path:
        return self.nodes[at].folder / "kafka.log"

    def stop(self) -> None:
        for process in self._processes.values():
            process.terminate()
        for process in self._processes.values():
            try:
                process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._processes.clear()

    def _alive(self) -> int:
        try:
            with self.admin() as admin:
                return sum(not one["is_fenced"] for one in admin.describe_cluster()["brokers"])
        except (KafkaError, OSError, ValueError):
            return 0

    def _secured(self, at: int) -> dict[str, object]:
        node, tls, plain = self.nodes[at], self.tls_ports[at], self.plain_ports[at]
        controller = node.voters[node.number - 1]
        keys = self.folder / "certificates" / "broker.both"
        keys.write_text(self._key.read_text() + self._certificate.read_text())
        clients = f"LOGIN://{LOOPBACK}:{node.port},TLS://{LOOPBACK}:{tls},PLAIN://{LOOPBACK}:{plain}"
        login = "org.apache.kafka.common.security.scram.ScramLoginModule required"
        return {
            "listeners": f"{clients},CONTROLLER://{LOOPBACK}:{controller}",
            "advertised.listeners": clients,
            "listener.security.protocol.map": "LOGIN:SASL_SSL,TLS:SSL,PLAIN:PLAINTEXT,CONTROLLER:PLAINTEXT",
            "inter.broker.listener.name": "LOGIN",
            "sasl.enabled.mechanisms": "SCRAM-SHA-512",
            "sasl.mechanism.inter.broker.protocol": "SCRAM-SHA-512",
            "listener.name.login.scram-sha-512.sasl.jaas.config": (
                f'{login} username="{ADMIN}" password="{PASSWORD}";'
            ),
            "ssl.keystore.type": "PEM",
            "ssl.keystore.location": keys,
            "ssl.truststore.type": "PEM",
            "ssl.truststore.location": self.authority.file,
            "listener.name.tls.ssl.client.auth": "required",
            "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
            "super.users": f"User:{ADMIN};User:ANONYMOUS",
            # A dead broker is noticed soon, and its partitions move.
            "replica.lag.time.max.ms": 5_000,
            "leader.imbalance.check.interval.seconds": 10,
        }


@contextmanager
def local_cluster(folder: Path, brokers: int = 3) -> Iterator[Cluster]:
    """A started cluster; ended at the end, the folder is left."""
    cluster = Cluster(folder, brokers)
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.stop()


def shown(files: tuple[Path, Path]) -> dict[str, str]:
    """A certificate and its key, as settings have them."""
    certificate, key = files
    return {"kafka_certificate_file": str(certificate), "kafka_key_file": str(key)}
