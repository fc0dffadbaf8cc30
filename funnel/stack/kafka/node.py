"""A KRaft node, alone or one of a cluster: its configuration, its one-time format, and the command that runs it."""

import base64
import os
import subprocess
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from funnel.stack.errors import StackError
from funnel.stack.java import Java, find_java
from funnel.stack.kafka.class_archive import class_archive
from funnel.stack.kafka.folder import check_folder
from funnel.stack.kafka.jars import jars_folder
from funnel.stack.ports import LOOPBACK, free_port
from process.files import write_atomically

DEFAULT_HEAP_MB = 512
_LOG_OPTION = f"-Dlog4j2.configurationFile={Path(__file__).with_name('log4j2.xml')}"


@dataclass(frozen=True, slots=True)
class Node:
    """One broker, which is a controller, too."""

    folder: Path
    port: int
    """Its loopback port for clients."""
    number: int = 1
    """From 1 on."""
    voters: tuple[int, ...] = ()
    """The loopback ports of all controllers of the cluster, the first one's first; none: it is alone."""
    cluster_id: str = ""
    """The same for all nodes of the cluster; empty: a new one."""

    @property
    def copies(self) -> int:
        """How many brokers there are, of which each holds a copy of everything."""
        return max(1, len(self.voters))


def new_cluster_id() -> str:
    """An id as Kafka makes it."""
    return base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")


def node_command(
    node: Node,
    heap_mb: int = DEFAULT_HEAP_MB,
    more: Mapping[str, object] = {},
    formatted: Sequence[str] = (),
) -> list[str]:
    """Prepares the node in its folder, and returns the command that runs it.

    A new node's storage is formatted. `more`: lines of its configuration, such as those of TLS; `formatted`: arguments
    of the format, such as its first user. Raises StackError if Java, the jars or the folder are not available, or if
    the folder holds topics that Kafka no longer recognises.
    """
    java = find_java()
    jars = jars_folder()
    classpath = ["-cp", os.pathsep.join(map(str, sorted(jars.glob("*.jar"))))]
    archive = class_archive(
        java, jars, lambda folder, port: [*classpath, *_prepared(java, classpath, Node(folder, port))]
    )
    shared = [f"-XX:SharedArchiveFile={archive}"] if archive else []
    prepared = _prepared(java, [*shared, *classpath], node, more, formatted)
    crash = ["-XX:+ExitOnOutOfMemoryError", f"-XX:ErrorFile={node.folder.resolve() / 'jvm-crash-%p.log'}"]
    return [java.path, f"-Xmx{heap_mb}m", *crash, *shared, *classpath, *prepared]


def _prepared(
    java: Java, jvm: Sequence[str], node: Node, more: Mapping[str, object] = {}, formatted: Sequence[str] = ()
) -> list[str]:
    """Writes the configuration, formats a new folder, and returns the arguments after the JVM's own."""
    folder = node.folder
    config = folder / "server.properties"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        check_folder(folder / "data")
        write_atomically(config, _properties(node, more))
    except OSError as error:
        raise StackError(f"Kafka cannot write its folder {folder}: {error.strerror}") from error
    # The format tool writes meta.properties last.
    if not (folder / "data" / "meta.properties").exists():
        _format([java.path, *jvm, _LOG_OPTION], config, node.cluster_id or new_cluster_id(), formatted)
    return [_LOG_OPTION, "kafka.Kafka", str(config)]


def _format(jvm: Sequence[str], config: Path, cluster_id: str, formatted: Sequence[str]) -> None:
    command = [*jvm, "kafka.tools.StorageTool", "format", f"--cluster-id={cluster_id}", "--config", str(config)]
    run = subprocess.run([*command, *formatted], capture_output=True, text=True, check=False)
    if run.returncode != 0:
        said = (run.stderr or run.stdout).strip().splitlines()
        raise StackError(f"Kafka could not format its folder {config.parent}: {said[0] if said else run.returncode}")


def _properties(node: Node, more: Mapping[str, object]) -> str:
    # Static voters' addresses are not stored, so a controller may move to another port.
    voters = node.voters or (free_port(),)
    enough = node.copies // 2 + 1
    return "\n".join(
        f"{name}={value}"
        for name, value in {
            "process.roles": "broker,controller",
            "node.id": node.number,
            "listeners": f"PLAINTEXT://{LOOPBACK}:{node.port},CONTROLLER://{LOOPBACK}:{voters[node.number - 1]}",
            "advertised.listeners": f"PLAINTEXT://{LOOPBACK}:{node.port}",
            "controller.listener.names": "CONTROLLER",
            "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
            "controller.quorum.voters": ",".join(
                f"{number}@{LOOPBACK}:{port}" for number, port in enumerate(voters, start=1)
            ),
            "log.dirs": (node.folder / "data").resolve(),
            "auto.create.topics.enable": "false",
            # Each node holds a replica of everything.
            "default.replication.factor": node.copies,
            "offsets.topic.replication.factor": node.copies,
            "transaction.state.log.replication.factor": node.copies,
            "transaction.state.log.min.isr": enough,
            "share.coordinator.state.topic.replication.factor": node.copies,
            "share.coordinator.state.topic.min.isr": enough,
            # A few consumer groups do not need the default of 50 partitions.
            "offsets.topic.num.partitions": 4,
            "transaction.state.log.num.partitions": 4,
            # Long enough for workers that start together, short enough to wait for at a terminal.
            "group.initial.rebalance.delay.ms": 500,
            # After kill -9 the node may register again only once its former session is over (9 s by default).
            "broker.session.timeout.ms": 6000,
            "broker.heartbeat.interval.ms": 1000,
            # Of commits, too, most copies have to be there. An only voter need not wait for others.
            **({"min.insync.replicas": enough} if node.voters else {"controller.quorum.election.timeout.ms": 200}),
            # `funnel forget` waits until the files of deleted records are gone.
            "log.initial.task.delay.ms": 5_000,
            "log.retention.check.interval.ms": 5_000,
            "log.segment.delete.delay.ms": 1_000,
            **more,
        }.items()
    )
