"""What the tests on real Kafka share: topics, a feed of records, workers, and the judgement of their ledgers."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

from kafka import KafkaProducer
from kafka.admin import KafkaAdminClient, MemberToRemove, NewTopic
from kafka.errors import (
    CoordinatorLoadInProgressError,
    CoordinatorNotAvailableError,
    NodeNotReadyError,
    NotCoordinatorError,
)

ROOT = Path(__file__).parents[3]

Partition = tuple[str, int]


@dataclass
class Worker:
    """One process of harness_app."""

    process: subprocess.Popen[bytes]
    ledger: Path

    def lines(self) -> list[dict[str, Any]]:
        """What its ledger says so far."""
        # The last one may be half written.
        whole = self.ledger.read_bytes().split(b"\n")[:-1] if self.ledger.exists() else []
        return [json.loads(line) for line in whole]

    def chunks(self) -> list[dict[str, Any]]:
        """The chunks that it finished."""
        return [line for line in self.lines() if "first" in line]

    def assigned(self) -> set[Partition]:
        """Its present partitions; none before the first assignment."""
        assignments = [line["assigned"] for line in self.lines() if "assigned" in line]
        return {(topic, partition) for topic, partition in assignments[-1]} if assignments else set()

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def stop(self) -> float:
        """Asks it to stop, and returns how many seconds it took."""
        asked = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=20)
        return time.monotonic() - asked

    def log(self) -> str:
        return self.ledger.with_suffix(".log").read_text(errors="replace")


@dataclass
class Cluster:
    """Topics and a consumer group of their own on a shared broker."""

    bootstrap: str
    folder: Path
    topics: list[str]
    partitions: int
    group: str = field(default_factory=lambda: f"group-{uuid4().hex[:8]}")
    workers: list[Worker] = field(default_factory=list)
    sent: dict[Partition, int] = field(default_factory=lambda: defaultdict(int))
    """By partition, how many records are stored: the end offset."""
    _stack: ExitStack = field(default_factory=ExitStack)

    def __post_init__(self) -> None:
        self._admin = KafkaAdminClient(bootstrap_servers=self.bootstrap)
        self._stack.callback(self._admin.close)
        self._admin.create_topics([NewTopic(topic, self.partitions, 1) for topic in self.topics])
        self._producer = KafkaProducer(bootstrap_servers=self.bootstrap, linger_ms=2)
        self._stack.callback(self._producer.close, timeout=5)

    def close(self) -> None:
        for worker in self.workers:
            worker.kill()
        self._stack.close()

    def send(self, topic: str, partition: int, *values: bytes) -> None:
        """Stores records."""
        futures = [self._producer.send(topic, value, partition=partition) for value in values]
        for future in futures:
            future.get(timeout=30)
        self.sent[topic, partition] += len(values)

    @contextmanager
    def feed(self, rate: float) -> Iterator[None]:
        """Stores `rate` records a second, spread over all partitions, as long as the context lasts."""
        over = threading.Event()
        places = [(topic, partition) for partition in range(self.partitions) for topic in self.topics]

        def run() -> None:
            while not over.wait(0.02):
                for topic, partition in places:
                    self.send(topic, partition, *[b"x" * 100] * max(1, round(rate * 0.02 / len(places))))

        thread = threading.Thread(target=run)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    def worker(self, *arguments: str) -> Worker:
        """Starts one."""
        ledger = self.folder / f"{self.group}-{len(self.workers)}.jsonl"
        command = [sys.executable, "-m", "tests.streams.transport.harness_app", "--bootstrap", self.bootstrap]
        command += ["--group", self.group, "--topics", ",".join(self.topics), "--ledger", str(ledger), *arguments]
        with ledger.with_suffix(".log").open("wb") as log:
            process = subprocess.Popen(
                command, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}, stdout=log, stderr=subprocess.STDOUT
            )
        worker = Worker(process, ledger)
        self.workers.append(worker)
        return worker

    def expel_all(self) -> None:
        """Ends all memberships at once, instead of after the session timeout of killed workers."""
        members = self._admin.describe_groups([self.group])[self.group]["members"]
        self._admin.remove_group_members(self.group, [MemberToRemove(member["member_id"]) for member in members])

    def committed(self) -> dict[Partition, int]:
        """The group's committed offsets."""
        try:
            offsets = self._admin.list_group_offsets(self.group)[self.group]
        except (CoordinatorNotAvailableError, CoordinatorLoadInProgressError, NodeNotReadyError, NotCoordinatorError):
            return {}  # The broker has just started.
        return {(tp.topic, tp.partition): found.offset for tp, found in offsets.items() if found.offset >= 0}

    def finished(self) -> dict[Partition, int]:
        """By partition, up to which offset all records were finished by some worker."""
        ranges = defaultdict(list)
        for worker in self.workers:
            for chunk in worker.chunks():
                ranges[chunk["topic"], chunk["partition"]].append((chunk["first"], chunk["last"]))
        return {place: _end_of_prefix(sorted(found)) for place, found in ranges.items()}

    def all_finished(self) -> bool:
        return self.finished() == dict(self.sent)

    def assert_not_ahead(self) -> None:
        """No committed offset may be beyond what was finished."""
        committed = self.committed()  # Before the ledgers are read, which only grow.
        finished = self.finished()
        ahead = {place: offset for place, offset in committed.items() if offset > finished.get(place, 0)}
        assert not ahead, f"committed {ahead} but finished only {finished}"

    def shared_by(self, *workers: Worker) -> bool:
        """Whether these workers have all partitions between them, each partition of all topics with one worker."""
        shares = [worker.assigned() for worker in workers]
        everything = {(topic, partition) for topic in self.topics for partition in range(self.partitions)}
        return set.union(*shares) == everything and sum(map(len, shares)) == len(everything) and all(shares)


def _end_of_prefix(ranges: list[tuple[int, int]]) -> int:
    end = 0
    for first, last in ranges:
        if first > end:
            break
        end = max(end, last + 1)
    return end
