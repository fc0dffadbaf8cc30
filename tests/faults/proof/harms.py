"""What is done to the installation, one after the other; each returns when it is undone."""

import os
import random
import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress

from streams.lag import LagError, wait_until_caught_up
from tests.faults.installed.installation import SLOWNESS, Installation, wait
from tests.faults.installed.swallowing import swallowing
from tests.faults.proof.aiming import Aiming
from tests.servers.worker import Worker, workers

PAUSE_SECONDS = 5.0
FULL_SECONDS = 10.0
STRIKE_SECONDS = 60.0 * SLOWNESS
TAKEN_OVER_SECONDS = 120.0 * SLOWNESS
REPLIES = 50
"""Answers that are lost, to two more workers."""
_EACH = 4

Harm = Callable[[], None]


class Harms:
    """Everything that the proof does. Raises AssertionError where a harm could not be done."""

    def __init__(self, installation: Installation, aimed: Worker, proxy: Aiming, rng: random.Random) -> None:
        self._installation = installation
        self._aimed = aimed
        self._proxy = proxy
        self._rng = rng
        self.replies_lost = 0
        self.left: list[int] = []
        """With which exit status a worker left: 0, unless its watchdog had to end it."""

    def all(self) -> list[tuple[str, Harm]]:
        """Each harm under its name, in random order."""
        often: dict[str, tuple[int, Harm]] = {
            "a worker is killed": (15, self._kill_a_worker),
            "a worker is killed between insert and commit": (5, self._kill_before_commit),
            "a worker freezes between versioning and insert": (10, self._freeze_before_insert),
            "ClickHouse is killed": (5, lambda: self._kill("clickhouse")),
            "ClickHouse is paused for 5 s": (5, lambda: self._pause("clickhouse")),
            "Kafka is killed": (3, lambda: self._kill("kafka")),
            "Kafka is restarted": (2, lambda: self._end("kafka")),
            "Kafka is paused for 5 s": (2, lambda: self._pause("kafka")),
            "a worker joins and leaves": (15, self._join_and_leave),
            f"{REPLIES} answers of ClickHouse are lost": (1, self._lose_replies),
        }
        if "all" in self._installation.disks:
            often["the disk is full for 10 s"] = (1, self._fill_the_disk)
        each = [(name, harm) for name, (times, harm) in often.items() for _ in range(times)]
        self._rng.shuffle(each)
        return each

    def recovered(self, seconds: float) -> float | None:
        """Seconds until everything runs and all that was published until now is committed; None: not in time."""
        began = time.monotonic()
        left: Callable[[], float] = lambda: seconds - (time.monotonic() - began)  # noqa: E731
        if wait(self._installation.all_run, seconds) is None:
            return None
        while left() > 0:
            with suppress(LagError):
                wait_until_caught_up(self._installation.config, left(), lambda _: None)
                return time.monotonic() - began
            time.sleep(0.2)
        return None

    def _signal(self, name: str, number: signal.Signals) -> int:
        assert wait(lambda: name in self._installation.processes(), STRIKE_SECONDS) is not None, f"{name} does not run"
        return self._installation.signal(name, number)

    def _kill_a_worker(self) -> None:
        self._kill(self._rng.choice(("worker-1", "worker-2")))

    def _kill(self, name: str) -> None:
        self._signal(name, signal.SIGKILL)
        self._wait_for_the_next(name)

    def _end(self, name: str) -> None:
        self._signal(name, signal.SIGTERM)
        self._wait_for_the_next(name)

    def _wait_for_the_next(self, name: str) -> None:
        """The supervisor has seen it: until then stack.json names the dead one as ready."""
        wait(lambda: not self._installation.all_run(), 5.0, every=0.05)

    def _pause(self, name: str) -> None:
        pid = self._signal(name, signal.SIGSTOP)
        time.sleep(PAUSE_SECONDS)
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)

    def _joined(self) -> None:
        if not self._aimed.running:
            with suppress(AssertionError):
                self._aimed.wait(0)
            self._aimed.start()
        assert wait(lambda: bool(self._aimed.assignments()), STRIKE_SECONDS) is not None, "the worker did not join"

    def _kill_before_commit(self) -> None:
        self._joined()
        struck = threading.Event()

        def strike() -> None:
            os.kill(self._aimed.pid, signal.SIGKILL)
            struck.set()

        self._proxy.after = strike
        assert struck.wait(STRIKE_SECONDS), "the worker inserted nothing"
        self._aimed.wait()

    def _freeze_before_insert(self) -> None:
        """Its successors write meanwhile: all that was published until it froze."""
        self._joined()
        struck, thaw = threading.Event(), threading.Event()

        def strike() -> None:
            os.kill(self._aimed.pid, signal.SIGSTOP)
            struck.set()
            thaw.wait(2 * TAKEN_OVER_SECONDS)

        self._proxy.before = strike
        assert struck.wait(STRIKE_SECONDS), "the worker inserted nothing"
        try:
            assert self.recovered(TAKEN_OVER_SECONDS) is not None, "nobody has taken over"
        finally:
            thaw.set()
            self._aimed.resume()

    def _join_and_leave(self) -> None:
        self._joined()
        self.left.append(self._aimed.stop())

    def _lose_replies(self) -> None:
        config = self._installation.config
        with swallowing(config.clickhouse_port, _EACH) as proxy:
            through = config.model_copy(update={"clickhouse_port": proxy.port})
            with workers(through, self._installation.folder, 2):
                assert wait(lambda: proxy.swallowed >= REPLIES, 4 * STRIKE_SECONDS) is not None, "too few answers"
            self.replies_lost = proxy.swallowed

    def _fill_the_disk(self) -> None:
        disk = self._installation.disks["all"]
        disk.leave(0)
        time.sleep(FULL_SECONDS)
        disk.make_room()
