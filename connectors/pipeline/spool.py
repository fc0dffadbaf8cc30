"""Records that wait for Kafka, in the state, in the order of arrival."""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from connectors.pipeline.state import State
from contract.instants import parse_instant

_PROOF_BYTES = 16_384


class Outgoing(NamedTuple):
    """A record for Kafka."""

    topic: str
    key: bytes | None
    value: bytes


def append(state: State, records: Sequence[Outgoing]) -> None:
    """Returns once all records are on the disk."""
    state.change_each("INSERT INTO spool (topic, key, value) VALUES (?, ?, ?)", records)


def first(state: State, count: int) -> tuple[int, list[Outgoing]]:
    """The oldest records, and the position of the last of them, for `remove`."""
    found = state.rows("SELECT id, topic, key, value FROM spool ORDER BY id LIMIT ?", count)
    return (found[-1][0] if found else 0), [Outgoing(*one) for _, *one in found]


def event_ids(records: Iterable[Outgoing]) -> Iterator[str]:
    """The ids of the events among them."""
    for one in records:
        if (said := json.loads(one.value)).get("event_id"):
            yield said["event_id"]


def oldest(state: State) -> int | None:
    """When the oldest record was received, ms since 1970 UTC; None: there is none, or it does not say."""
    _, records = first(state, 1)
    try:
        said = json.loads(records[0].value)
        return parse_instant(said.get("received_at") or said["at"])
    except (IndexError, KeyError, ValueError, AttributeError):
        return None


def remove(state: State, up_to: int) -> None:
    """Deletes the records up to and including that position: Kafka has them."""
    state.change("DELETE FROM spool WHERE id <= ?", up_to)


def prove(state: State) -> None:
    """Writes as much as an event to the disk, to prove that an event could be stored. Raises sqlite3.Error."""
    # Not a record: a temporary one would be counted among those that wait.
    state.change("INSERT OR REPLACE INTO cursors VALUES ('', 'proof', hex(randomblob(?)))", _PROOF_BYTES // 2)


def waiting(state: State) -> int:
    """How many records wait. Positions are consecutive and removed from the front, so this costs nothing."""
    ((count,),) = state.rows(
        "SELECT coalesce((SELECT max(id) FROM spool) - (SELECT min(id) FROM spool) + 1, 0)",
    )
    return int(count)
