"""An outbox and cursors in memory (connectors/poll.py), for tests of polls.

They hold what KafkaOutbox and StoredCursors hold: tests/connectors/pipeline/test_outbox.py asks both the same.
"""

from collections.abc import Callable

from connectors.mapped import FormRegistration, Mapped, Rejection
from contract.events import Event
from contract.reports import ImportedFile

Step = Callable[[str], None]
"""Called before everything that a process could be killed at: "put", "flush", "cursor". What it raises is raised."""


def _no_step(_: str) -> None:
    return


class MemoryOutbox:
    """What was put counts once it was flushed; what was not is lost with the process, unless Kafka has it already."""

    def __init__(self, step: Step = _no_step) -> None:
        self.pending: list[tuple[Mapped, bytes]] = []
        """Put and not acknowledged, with the payloads."""
        self.acknowledged: list[tuple[Mapped, bytes]] = []
        self.reports: list[ImportedFile] = []
        self._step = step

    def put(self, one: Mapped, payload: bytes = b"") -> None:
        """As Outbox has it."""
        self._step("put")
        self.pending.append((one, payload))

    def report(self, report: ImportedFile) -> None:
        """As Outbox has it."""
        self.reports.append(report)

    def flush(self) -> None:
        """As Outbox has it."""
        self._step("flush")
        self.acknowledged += self.pending
        self.pending.clear()

    @property
    def events(self) -> list[Event]:
        """Acknowledged."""
        return _events(self.acknowledged)

    @property
    def sent(self) -> list[Event]:
        """Kafka may have what it has not acknowledged yet."""
        return _events([*self.acknowledged, *self.pending])

    @property
    def rejected(self) -> list[tuple[Rejection, bytes]]:
        """Acknowledged, with the payloads."""
        return [(one, payload) for one, payload in self.acknowledged if isinstance(one, Rejection)]

    @property
    def ids(self) -> list[str]:
        """Of the events."""
        return [event.event_id for event in self.events]


class MemoryCursors(dict[str, str]):
    """By name. With an outbox, none moves while something that was put is not acknowledged."""

    def __init__(self, outbox: MemoryOutbox | None = None, step: Step = _no_step) -> None:
        super().__init__()
        self._outbox = outbox
        self._step = step

    def put(self, name: str, value: str) -> None:
        """As Cursors has it."""
        assert self._outbox is None or not self._outbox.pending, "a cursor moved before what it stands for was safe"
        self._step("cursor")
        self[name] = value


def _events(put: list[tuple[Mapped, bytes]]) -> list[Event]:
    return [one for one, _ in put if not isinstance(one, Rejection | FormRegistration)]
