"""One KRaft node: its configuration, its one-time format, and the command that runs it."""

import base64
import os
import subprocess
import uuid
from collections.abc import Sequence
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


def node_command(folder: Path, port: int, heap_mb: int = DEFAULT_HEAP_MB) -> list[str]:
    """Prepares the node in `folder`, and returns the command that runs it.

    A new node's storage is formatted. Raises StackError if Java, the jars or the folder are not available, or if the
    folder holds topics that Kafka no longer recognises.
    """
    java = find_java()
    jars = jars_folder()
    classpath = ["-cp", os.pathsep.join(map(str, sorted(jars.glob("*.jar"))))]
    archive = class_archive(java, jars, lambda folder, port: [*classpath, *_prepared(java, classpath, folder, port)])
    shared = [f"-XX:SharedArchiveFile={archive}"] if archive else []
    prepared = _prepared(java, [*shared, *classpath], folder, port)
    crash = ["-XX:+ExitOnOutOfMemoryError", f"-XX:ErrorFile={folder.resolve() / 'jvm-crash-%p.log'}"]
    return [java.path, f"-Xmx{heap_mb}m", *crash, *shared, *classpath, *prepared]


def _prepared(java: Java, jvm: Sequence[str], folder: Path, port: int) -> list[str]:
    """Writes the configuration, formats a new folder, and returns the arguments after the JVM's own."""
    config = folder / "server.properties"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        check_folder(folder / "data")
        write_atomically(config, _properties(folder / "data", port))
    except OSError as error:
        raise StackError(f"Kafka cannot write its folder {folder}: {error.strerror}") from error
    # The format tool writes meta.properties last.
    if not (folder / "data" / "meta.properties").exists():
        _format([java.path, *jvm, _LOG_OPTION], config)
    return [_LOG_OPTION, "kafka.Kafka", str(config)]


def _format(jvm: Sequence[str], config: Path) -> None:
    cluster_id = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
    command = [*jvm, "kafka.tools.StorageTool", "format", f"--cluster-id={cluster_id}", "--config", str(config)]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    if run.returncode != 0:
        said = (run.stderr or run.stdout).strip().splitlines()
        raise StackError(f"Kafka could not format its folder {config.parent}: {said[0] if said else run.returncode}")


def _properties(data: Path, port: int) -> str:
    # Static voters' addresses are not stored, so the controller may move to another port.
    controller = free_port()
    return "\n".join(
        f"{name}={value}"
        for name, value in {
            "process.roles": "broker,controller",
            "node.id": 1,
            "listeners": f"PLAINTEXT://{LOOPBACK}:{port},CONTROLLER://{LOOPBACK}:{controller}",
            "advertised.listeners": f"PLAINTEXT://{LOOPBACK}:{port}",
            "controller.listener.names": "CONTROLLER",
            "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
            "controller.quorum.voters": f"1@{LOOPBACK}:{controller}",
            "log.dirs": data.resolve(),
            "auto.create.topics.enable": "false",
            # One node holds the only replica of everything.
            "default.replication.factor": 1,
            "offsets.topic.replication.factor": 1,
            "transaction.state.log.replication.factor": 1,
            "transaction.state.log.min.isr": 1,
            "share.coordinator.state.topic.replication.factor": 1,
            "share.coordinator.state.topic.min.isr": 1,
            # A few consumer groups do not need the default of 50 partitions.
            "offsets.topic.num.partitions": 4,
            "transaction.state.log.num.partitions": 4,
            # Long enough for workers that start together, short enough to wait for at a terminal.
            "group.initial.rebalance.delay.ms": 500,
            # After kill -9 the node may register again only once its former session is over (9 s by default).
            "broker.session.timeout.ms": 6000,
            "broker.heartbeat.interval.ms": 1000,
            # The only voter need not wait for others.
            "controller.quorum.election.timeout.ms": 200,
            # `funnel forget` waits until the files of deleted records are gone.
            "log.initial.task.delay.ms": 5_000,
            "log.retention.check.interval.ms": 5_000,
            "log.segment.delete.delay.ms": 1_000,
        }.items()
    )
