"""What is held ends in order; what waits with its end is watched meanwhile. With a real stack: tests/faults."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from funnel.stack import ready
from funnel.stack.brake import Brake
from funnel.stack.child import Child
from funnel.stack.folder import StackFolder
from funnel.stack.ports import free_port
from funnel.stack.runner import Runner
from funnel.stack.state import State
from tests.funnel.stack.children import DEAF, python, server
from tests.funnel.stack.waiting import eventually, has_ended


class Held:
    """A server, and a worker that does not end when it is told to, on a disk that fills up. It has its own clock."""

    def __init__(self, folder: Path) -> None:
        self.now = 1000.0
        stack = StackFolder(folder)
        self.server, self.worker = (
            Runner(
                child.model_copy(update={"fills_disk": True}), stack.log(child.name), folder / child.name, os.environ
            )
            for child in _children(folder)
        )
        self._brake: Brake | None = None
        self._full = Brake(stack, 10**9, [self.server, self.worker])

    def fill(self) -> None:
        """From now on the disk is full."""
        self._brake = self._full

    def again(self, seconds: float = 0.02) -> "Held":
        """One look as the supervisor takes it."""
        self.now += seconds
        held = self._brake.hold(self.now) if self._brake is not None else ()
        for runner in (self.server, self.worker):
            if runner not in held:
                runner.tick(self.now, list)
        return self


def _children(folder: Path) -> tuple[Child, Child]:
    store = server("kafka", free_port(), folder / "www")
    return store, python("worker", DEAF, needs=("kafka",))


@pytest.fixture
def held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Held]:
    monkeypatch.setattr(ready, "ANSWER_SECONDS", 0.2)
    one = Held(tmp_path)
    eventually(lambda: [one.again() and runner.status.state for runner in (one.server, one.worker)] == ["ready"] * 2)
    one.fill()
    yield one
    for runner in (one.worker, one.server):
        runner.terminate()
        runner.finish()


def test_a_server_that_hangs_while_its_workers_are_ending_is_told(held: Held) -> None:
    assert held.again().worker.status.state is State.FAILING
    assert held.server.status.state is State.READY
    pid = held.server.status.pid
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    # The worker has 20 s to end. What was on its way by the stop is heard first.
    for _ in range(3):
        held.again(5)
    eventually(lambda: held.again().server.status.state is State.HUNG)
    assert held.server.status.trouble.startswith("no answer for ")
    held.now += 21
    eventually(lambda: held.again().server.status.state is State.STOPPED)
    assert has_ended(pid)
    assert "only" in held.server.status.trouble


def test_a_server_that_dies_while_its_workers_are_ending_is_not_started_again(held: Held) -> None:
    held.again()
    assert held.server.status.pid is not None
    os.kill(held.server.status.pid, signal.SIGKILL)
    eventually(lambda: held.again().server.status.state is State.STOPPED)
    assert held.server.status.error == "ended by SIGKILL"
    held.again(10)
    assert (held.worker.runs, held.server.runs) == (True, False)


class Seen:
    """What the brake sees of a runner."""

    def __init__(self, *needs: str, pausable: bool = True) -> None:
        self.child = SimpleNamespace(needs=needs, fills_disk=True, pausable=pausable)
        self.runs, self.ends, self.reason = True, False, ""

    def hold(self, _: float, reason: str) -> None:
        self.reason = reason

    def release(self) -> None:
        self.reason = ""


class Folder(SimpleNamespace):
    """A folder of a stack that is paused, or not."""

    root, paused = None, False

    def is_paused(self) -> bool:
        return self.paused


def test_workers_end_together_and_only_then_what_they_need() -> None:
    kafka, workers = Seen(), [Seen("kafka"), Seen("kafka")]
    brake = Brake(Folder(paused=True), 0, [kafka, *workers])  # type: ignore[arg-type, list-item]
    brake.hold(0.0)
    assert [one.reason for one in (kafka, *workers)] == ["", *["stopped while funnel rebuild runs"] * 2]
    workers[0].runs = False
    brake.hold(0.1)
    assert kafka.reason == ""
    workers[1].runs = False
    assert list[object](brake.hold(0.2)) == [*reversed(workers), kafka]
    assert kafka.reason == "stopped while funnel rebuild runs"


def test_one_that_is_ending_is_not_run_on_though_its_reason_has_gone() -> None:
    folder, server, worker = Folder(paused=True), Seen(pausable=False), Seen()
    brake = Brake(folder, 0, [server, worker])  # type: ignore[arg-type, list-item]
    assert list[object](brake.hold(0.0)) == [worker]
    folder.paused, worker.ends = False, True
    assert list[object](brake.hold(1.0)) == [worker]
    worker.ends = False
    assert brake.hold(2.0) == []
    assert worker.reason == ""
