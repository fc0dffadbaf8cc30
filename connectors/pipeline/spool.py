"""Records that wait for Kafka, in the state, in the order in which they came."""

from collections.abc import Sequence
from typing import NamedTuple

from connectors.pipeline.state import State

_PROOF_BYTES = 16_384


class Outgoing(NamedTuple):
    """What goes to Kafka."""

    topic: str
    key: bytes | None
    value: bytes


def append(state: State, records: Sequence[Outgoing]) -> None:
    """Returns once all of them are on the disk."""
    state.change_each("INSERT INTO spool (topic, key, value) VALUES (?, ?, ?)", records)


def first(state: State, count: int) -> tuple[int, list[Outgoing]]:
    """The oldest records, and the place of the last of them for `remove`."""
    found = state.rows("SELECT id, topic, key, value FROM spool ORDER BY id LIMIT ?", count)
    return (found[-1][0] if found else 0), [Outgoing(*one) for _, *one in found]


def remove(state: State, up_to: int) -> None:
    """Forgets the records up to that place: Kafka has them."""
    state.change("DELETE FROM spool WHERE id <= ?", up_to)


def prove(state: State) -> None:
    """Returns once something of an event's size is on the disk, as an event would be. Raises sqlite3.Error."""
    # Not a record: one that comes and goes would be counted among those that wait.
    state.change("INSERT OR REPLACE INTO cursors VALUES ('', 'proof', hex(randomblob(?)))", _PROOF_BYTES // 2)


def waiting(state: State) -> int:
    """How many records wait. Places are given in order and emptied from the front, so that this costs nothing."""
    ((count,),) = state.rows(
        "SELECT coalesce((SELECT max(id) FROM spool) - (SELECT min(id) FROM spool) + 1, 0)",
    )
    return int(count)
