"""An outbox and cursors in memory (connectors/poll.py), for tests of polls.

They behave like KafkaOutbox and StoredCursors: tests/connectors/pipeline/test_outbox.py runs the same tests on both.
"""

from collections.abc import Callable

from connectors.mapped import FormRegistration, Mapped, Rejection
from contract.events import Event
from contract.reports import ImportedFile

Step = Callable[[str], None]
"""Called before each step at which a process could be killed: "put", "flush", "cursor". Its errors are passed on."""


def _no_step(_: str) -> None:
    return


class MemoryOutbox:
    """Items count once flushed; others are lost with the process, unless Kafka has them already."""

    def __init__(self, step: Step = _no_step) -> None:
        self.pending: list[tuple[Mapped, bytes]] = []
        """Items that were put but not acknowledged, with the payloads."""
        self.acknowledged: list[tuple[Mapped, bytes]] = []
        self.reports: list[ImportedFile] = []
        self._step = step

    def put(self, one: Mapped, payload: bytes = b"") -> None:
        """See Outbox."""
        self._step("put")
        self.pending.append((one, payload))

    def report(self, report: ImportedFile) -> None:
        """See Outbox."""
        self.reports.append(report)

    def flush(self) -> None:
        """See Outbox."""
        self._step("flush")
        self.acknowledged += self.pending
        self.pending.clear()

    @property
    def events(self) -> list[Event]:
        """Acknowledged."""
        return _events(self.acknowledged)

    @property
    def sent(self) -> list[Event]:
        """All events sent: Kafka may also have some that it has not acknowledged."""
        return _events([*self.acknowledged, *self.pending])

    @property
    def rejected(self) -> list[tuple[Rejection, bytes]]:
        """Acknowledged rejections, with the payloads."""
        return [(one, payload) for one, payload in self.acknowledged if isinstance(one, Rejection)]

    @property
    def ids(self) -> list[str]:
        """The ids of the events."""
        return [event.event_id for event in self.events]


class MemoryCursors(dict[str, str]):
    """Values by name. With an outbox, no cursor may move while something is not acknowledged."""

    def __init__(self, outbox: MemoryOutbox | None = None, step: Step = _no_step) -> None:
        super().__init__()
        self._outbox = outbox
        self._step = step

    def put(self, name: str, value: str) -> None:
        """See Cursors."""
        assert self._outbox is None or not self._outbox.pending, "a cursor moved before what it stands for was safe"
        self._step("cursor")
        self[name] = value


def _events(put: list[tuple[Mapped, bytes]]) -> list[Event]:
    return [one for one, _ in put if not isinstance(one, Rejection | FormRegistration)]
