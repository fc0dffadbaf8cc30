"""A real Kafka of its own for tests: one KRaft node in a folder of the test, on a free loopback port."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from kafka import KafkaAdminClient

from funnel.stack.kafka.ready import kafka_answers
from funnel.stack.ports import LOOPBACK, free_port
from tests.servers.processes import end

_START_SECONDS = 120  # the first run on a machine fetches the jars

# Most nodes of tests live for seconds: the second compiler would cost more than it brings.
_QUICK_JVM = {"JDK_JAVA_OPTIONS": "-XX:TieredStopAtLevel=1"}


class KafkaServer:
    """One node that can be killed or stopped and started again on the same data and port."""

    def __init__(self, folder: Path, port: int | None = None, heap_mb: int = 512) -> None:
        self.folder = folder
        self.port = port or free_port()
        self.bootstrap = f"{LOOPBACK}:{self.port}"
        self.log = folder / "kafka.log"
        self._heap_mb = heap_mb
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The pid of the running node. Raises RuntimeError if it does not run."""
        if self._process is None:
            raise RuntimeError("this Kafka is not running")
        return self._process.pid

    def start(self) -> None:
        """Starts the node and returns when it answers. Raises RuntimeError with the end of its log otherwise."""
        if self._process is not None:
            raise RuntimeError("this Kafka is running already")
        self.folder.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "funnel.stack.kafka", "--data", str(self.folder), "--port", str(self.port)]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [*command, "--heap-mb", str(self._heap_mb)],
                stdout=log,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                env=os.environ | _QUICK_JVM,
            )
        deadline = time.monotonic() + _START_SECONDS
        while not kafka_answers(self.port):
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.kill()
                raise RuntimeError(f"Kafka did not start:\n{self.log.read_text()[-2000:]}")
            time.sleep(0.05)

    def empty(self) -> None:
        """Deletes all topics, and with them what was committed of them. Starts the node if it does not run."""
        if self._process is None:
            self.start()
        with closing(KafkaAdminClient(bootstrap_servers=self.bootstrap)) as admin:
            while left := [name for name in admin.list_topics() if not name.startswith("__")]:
                admin.delete_topics(left, raise_errors=False)

    def stop(self) -> None:
        """Ends the node cleanly (SIGTERM), by force if it takes too long. Nothing to do if it does not run."""
        if self._process is None:
            return
        end(self._process)
        self._process = None

    def kill(self) -> None:
        """Ends the node at once (SIGKILL). Nothing to do if it does not run."""
        if self._process is None:
            return
        self._process.kill()
        self._process.wait()
        self._process = None


@contextmanager
def local_kafka(folder: Path, port: int | None = None, heap_mb: int = 512) -> Iterator[KafkaServer]:
    """A started node with its data in `folder`; ended at the end, the folder is left."""
    server = KafkaServer(folder, port, heap_mb)
    server.start()
    try:
        yield server
    finally:
        server.stop()
