"""Which children must not run now: writers while the disk is nearly full, workers while `funnel rebuild` runs."""

import itertools
from collections.abc import Iterator, Sequence

from connectors.pipeline.room import fullest
from funnel.stack.disk import shortage
from funnel.stack.folder import StackFolder
from funnel.stack.runner import Runner

_LOOK_SECONDS = 0.5


class Brake:
    """Holds and releases the runners of one supervisor."""

    def __init__(self, folder: StackFolder, reserve_mb: int, runners: Sequence[Runner]) -> None:
        self._folder = folder
        self._reserve_mb = reserve_mb
        self._runners = runners
        self._looked: float | None = None
        self._shortage = ""
        self._paused = False

    def hold(self, now: float) -> Sequence[Runner]:
        """Call it regularly with a monotonic time; it never blocks. Returns the runners not to be watched as usual.

        A runner that has to stop after others is still watched until its turn: it may hang or die meanwhile.
        """
        if self._looked is None or now >= self._looked + _LOOK_SECONDS:
            self._looked = now
            free = fullest(self._folder.root) if self._reserve_mb else None
            self._shortage = shortage(free, self._reserve_mb, stopped=bool(self._shortage))
            self._paused = self._folder.is_paused()
        held = [runner for runner in self._runners if self._reason(runner) or runner.ends]
        for runner in self._runners:
            if runner not in held:
                runner.release()
        stopped, turn = [], True
        for group in from_the_end(held):
            for runner in group:
                # A child that has ended by itself is not started again before its turn to stop.
                if turn or not runner.runs:
                    runner.hold(now, self._reason(runner))
                    stopped.append(runner)
            # Kafka stops last: without it workers would wait for it instead of stopping.
            turn = turn and not any(runner.runs for runner in group)
        return stopped

    def _reason(self, runner: Runner) -> str:
        if self._shortage and runner.child.fills_disk:
            return self._shortage
        return "stopped while funnel rebuild runs" if self._paused and runner.child.pausable else ""


def from_the_end(runners: Sequence[Runner]) -> Iterator[list[Runner]]:
    """The runners in groups, in the order in which to stop them.

    Those with the same needs stop together: workers that left one by one would cause a rebalance each.
    """
    for _, group in itertools.groupby(reversed(runners), key=lambda runner: runner.child.needs):
        yield list(group)
