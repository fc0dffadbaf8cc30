"""What the poll stores between passes, in the cursors: its statements about a webinar, and the runs it has read.

It is stored only after Kafka has acknowledged everything, so the next pass makes up for an interrupted one.
"""

from dataclasses import dataclass, field

from pydantic import TypeAdapter, ValidationError

from connectors.poll import Cursors
from contract.instants import DAY, HOUR, MINUTE

READY = 10 * MINUTE
"""Zoom's report of a run is complete a minute or two after its end; it is not read before."""
AGAIN = 2 * HOUR
"""Then a run is read a second and last time: Zoom's last retry of a webhook has arrived by then."""
FORGOTTEN = 30 * DAY
"""A run older than this that has no report will not get one."""
CANCELLED = "cancelled"


@dataclass(slots=True)
class Memory:
    """The stored state of one of Zoom's webinar numbers."""

    said: dict[str, str] = field(default_factory=dict)
    """By webinar_id (totals: by `totals:<webinar_id>`) a hash of the last statement."""
    ahead: dict[str, int] = field(default_factory=dict)
    """By webinar_id the planned start that was stated."""
    read: dict[str, tuple[int, int]] = field(default_factory=dict)
    """By the run's uuid: its end, and when it was last read; ms since 1970 UTC."""
    closed: int | None = None
    """The planned start of a single webinar about which nothing more is expected."""

    def is_due(self, uuid: str, now: int) -> bool:
        """Whether a run has to be read now, as far as is known without its report."""
        if uuid not in self.read:
            return True
        ended_at, read_at = self.read[uuid]
        return read_at < ended_at + AGAIN <= now

    def ignore(self, uuid: str, now: int) -> None:
        """Marks a run that does not count: a rehearsal, or one that Zoom has deleted."""
        self.read[uuid] = (0, now)

    def is_ignored(self, uuid: str) -> bool:
        return uuid in self.read and self.read[uuid][0] == 0

    def is_over(self, uuid: str) -> bool:
        """Whether a run was read for the last time."""
        return uuid in self.read and self.read[uuid][1] >= self.read[uuid][0] + AGAIN


_MEMORY = TypeAdapter(Memory)


def recall(cursors: Cursors, number: str) -> Memory:
    """The stored state of that webinar; empty if it cannot be read."""
    kept = cursors.get(f"webinar:{number}")
    try:
        return _MEMORY.validate_json(kept) if kept else Memory()
    except ValidationError:
        return Memory()


def remember(cursors: Cursors, number: str, memory: Memory) -> None:
    """Stores the state; call it after a flush."""
    cursors.put(f"webinar:{number}", _MEMORY.dump_json(memory).decode())
