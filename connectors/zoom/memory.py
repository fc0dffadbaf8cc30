"""What the poll remembers between passes, in the cursors: what was said of a webinar, which runs were read, what was

sent. Kept only after Kafka has acknowledged it, so that a pass that breaks off is made good by the next one.
"""

from dataclasses import dataclass, field

from pydantic import TypeAdapter, ValidationError

from connectors.poll import Cursors
from contract.instants import DAY, HOUR, MINUTE

READY = 10 * MINUTE
"""Zoom's report of a run is complete a minute or two after its end; until then it is left alone."""
AGAIN = 2 * HOUR
"""Then a run is read a second and last time: by now also Zoom's last repetition of a webhook is through."""
FORGOTTEN = 30 * DAY
"""A run without a report that is older than this will have none any more."""
CANCELLED = "cancelled"


@dataclass(slots=True)
class Memory:
    """Of one of Zoom's numbers."""

    said: dict[str, str] = field(default_factory=dict)
    """By webinar_id (totals: by `totals:<webinar_id>`) a hash of what was said last."""
    ahead: dict[str, int] = field(default_factory=dict)
    """By webinar_id the planned start that was said."""
    read: dict[str, tuple[int, int]] = field(default_factory=dict)
    """By the run's uuid its end, and when it was last read."""
    closed: int | None = None
    """The planned start of a single webinar of which nothing more is expected."""

    def is_due(self, uuid: str, now: int) -> bool:
        """Whether a run is to be read now, as far as can be told without its report."""
        if uuid not in self.read:
            return True
        ended_at, read_at = self.read[uuid]
        return read_at < ended_at + AGAIN <= now

    def ignore(self, uuid: str, now: int) -> None:
        """A run that is none of ours: a rehearsal, or one that Zoom has forgotten."""
        self.read[uuid] = (0, now)

    def is_ignored(self, uuid: str) -> bool:
        return uuid in self.read and self.read[uuid][0] == 0

    def is_over(self, uuid: str) -> bool:
        """Whether a run was read for the last time."""
        return uuid in self.read and self.read[uuid][1] >= self.read[uuid][0] + AGAIN


_MEMORY = TypeAdapter(Memory)


def recall(cursors: Cursors, number: str) -> Memory:
    """What is remembered of that webinar; nothing where what is kept cannot be read."""
    kept = cursors.get(f"webinar:{number}")
    try:
        return _MEMORY.validate_json(kept) if kept else Memory()
    except ValidationError:
        return Memory()


def remember(cursors: Cursors, number: str, memory: Memory) -> None:
    """To be called after a flush."""
    cursors.put(f"webinar:{number}", _MEMORY.dump_json(memory).decode())
