"""Which children are held, and in which order they end. With a real stack: tests/faults."""

from types import SimpleNamespace

from funnel.stack.brake import Brake


class Held:
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
    kafka, workers = Held(), [Held("kafka"), Held("kafka")]
    brake = Brake(Folder(paused=True), 0, [kafka, *workers])  # type: ignore[arg-type, list-item]
    brake.hold(0.0)
    assert [one.reason for one in (kafka, *workers)] == ["", *["stopped while funnel rebuild works"] * 2]
    workers[0].runs = False
    brake.hold(0.1)
    assert kafka.reason == ""
    workers[1].runs = False
    assert list[object](brake.hold(0.2)) == [kafka, *workers]
    assert kafka.reason == "stopped while funnel rebuild works"


def test_one_that_is_ending_is_not_run_on_though_its_reason_has_gone() -> None:
    folder, server, worker = Folder(paused=True), Held(pausable=False), Held()
    brake = Brake(folder, 0, [server, worker])  # type: ignore[arg-type, list-item]
    assert list[object](brake.hold(0.0)) == [worker]
    folder.paused, worker.ends = False, True
    assert list[object](brake.hold(1.0)) == [worker]
    worker.ends = False
    assert brake.hold(2.0) == []
    assert worker.reason == ""
