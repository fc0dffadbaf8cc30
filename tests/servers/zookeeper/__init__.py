"""A real ZooKeeper, as ClickHouse's replicated tables need one: `running_zookeeper`."""

import hashlib
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from funnel.stack.java import find_java
from funnel.stack.kafka.jars import cache_folder, locked
from tests.servers.clickhouse import free_port

POM = Path(__file__).with_name("pom.xml")
_START_SECONDS = 60.0


@contextmanager
def running_zookeeper(folder: Path) -> Iterator[int]:
    """The port of a server on this folder."""
    port = free_port()
    classpath = f"{_jars()}{os.sep}*"
    options = ["-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Dzookeeper.admin.enableServer=false"]
    options += ["-Dzookeeper.forceSync=no", "-Dzookeeper.4lw.commands.whitelist=srvr"]
    main = "org.apache.zookeeper.server.ZooKeeperServerMain"
    command = [find_java().path, *options, "-cp", classpath, main, str(port), str(folder / "zookeeper")]
    with (folder / "zookeeper.log").open("w") as log, subprocess.Popen(command, stdout=log, stderr=log) as process:
        try:
            _await(port, process, folder / "zookeeper.log")
            yield port
        finally:
            process.kill()


def _await(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1.0) as asked:
            asked.sendall(b"srvr")
            # It listens before it serves, and says so.
            if b"Mode: standalone" in asked.recv(4096):
                return
        time.sleep(0.05)
    raise RuntimeError(f"ZooKeeper did not start: {log.read_text()[-2000:]}")


def _jars() -> Path:
    """Its jars, from the same cache as Kafka's."""
    folder = cache_folder().parent / "zookeeper" / hashlib.sha256(POM.read_bytes()).hexdigest()[:16]
    if not folder.is_dir():
        with locked(folder.with_suffix(".lock")):
            if not folder.is_dir():
                _fetch(folder)
    return folder


def _fetch(folder: Path) -> None:
    with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
        target = Path(scratch, "jars")
        maven = shutil.which("mvn") or "mvn"
        command = [maven, "-B", "-q", "-f", str(POM), "dependency:copy-dependencies", "-DincludeScope=runtime"]
        subprocess.run([*command, f"-DoutputDirectory={target}"], check=True, cwd=scratch)
        target.rename(folder)
