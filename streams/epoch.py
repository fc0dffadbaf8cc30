"""Whether Kafka and ClickHouse still match: whether the rows came from these topics (docs/design.md 3.4).

Either folder can be lost or replaced alone, and nothing fails on its own: new topics count their offsets from 0 below
those in the rows, and a worker without its rows continues after its last commit.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import DatabaseError

from contract.topics import WEBINARS
from streams.fold.row import epoch_of

Partition = tuple[str, int]
"""A topic and a partition of it."""

_RECORDS = """
SELECT topic, partition, max(offset) + 1, countIf(is_event), countIf(NOT is_event)
FROM (
    SELECT topic, partition, offset, true AS is_event FROM events
    UNION ALL
    SELECT topic, partition, offset, false AS is_event FROM dead_letters)
GROUP BY topic, partition
"""
_ROWS = "SELECT min(version), max(version), count() FROM {}"
_NOT_MIGRATED = ("UNKNOWN_TABLE", "UNKNOWN_DATABASE")


class LostError(Exception):
    """Kafka or ClickHouse has lost data that the other relies on. The text is one line: what, and the way out."""


@dataclass(frozen=True, slots=True)
class Held:
    """What ClickHouse holds."""

    ends: Mapping[Partition, int] = field(default_factory=dict)
    """One more than the greatest offset in the raw log and the dead letters, by partition."""
    topics: frozenset[str] = frozenset()
    """From which events came."""
    events: int = 0
    """Rows, as of all tables: a repeat counts until ClickHouse has merged it."""
    letters: int = 0
    webinars: int = 0
    persons: int = 0
    epochs: frozenset[int] = frozenset()
    """The first and the last one of the rows of webinars and persons."""

    @property
    def records(self) -> int:
        """Of the raw log and of the dead letters."""
        return self.events + self.letters

    @property
    def next_epoch(self) -> int:
        """The next epoch, for recreated topics."""
        return max(self.epochs, default=0) + 1


def held(client: Client) -> Held:
    """Asks ClickHouse. A database without our tables holds nothing. Raises ClickHouse's errors."""
    try:
        places = client.query(_RECORDS).result_rows
        counted = [client.query(_ROWS.format(table)).result_rows[0] for table in ("webinars", "persons")]
    except DatabaseError as error:
        if any(code in str(error) for code in _NOT_MIGRATED):
            return Held()
        raise
    return Held(
        ends={(topic, int(partition)): int(end) for topic, partition, end, *_ in places},
        topics=frozenset(topic for topic, *_, events, _ in places if events),
        events=sum(int(events) for *_, events, _ in places),
        letters=sum(int(letters) for *_, letters in places),
        webinars=int(counted[0][2]),
        persons=int(counted[1][2]),
        epochs=frozenset(epoch_of(int(version)) for *ends, rows in counted if rows for version in ends),
    )


def refuse_lost_topics(missing: Iterable[str], known: Held, epoch: int) -> None:
    """`missing`: event topics that Kafka does not have, and that are to be made in this epoch.

    Raises LostError if ClickHouse holds records that came from them. A topic of which it holds none, such as one of a
    new version, may be created; in a new epoch all may.
    """
    if max(known.epochs, default=epoch) < epoch:
        return
    seen = {topic for topic, _ in known.ends}
    # Without a raw log it is unknown from which topics the rows came.
    lost = [name for name in missing if name in seen or (known.epochs and not seen)]
    if lost:
        raise LostError(
            f"Kafka does not have {_named(lost)}, but ClickHouse holds what came from there: Kafka's "
            f"data was lost or replaced. {_new_epoch(known)}"
        )


def refuse_lost_data(
    committed: Mapping[Partition, int], ends: Mapping[Partition, int], known: Held, epoch: int
) -> None:
    """Checks what no worker may continue with: its rows are gone, or they came from other topics.

    `committed`: by its group, asked for before `known`, `ends`: one more than Kafka's last record, asked for after it;
    both of the event topics. Raises LostError.
    """
    done = sum(max(0, offset) for offset in committed.values())
    if done and (lost := _lost_tables(committed, known)):
        raise LostError(
            f"the workers have committed {done:,} records, but ClickHouse has no {lost}: its data was lost or "
            "replaced. Run funnel rebuild, or funnel restore with a backup"
        )
    # Later the raw log also holds offsets of the topics of earlier epochs.
    if epoch == 0 and known.epochs == {0}:
        for place in sorted(known.ends.keys() & ends.keys()):
            if ends[place] < known.ends[place]:
                raise LostError(
                    f"Kafka's topic {place[0]} ends at {ends[place]:,} in partition {place[1]}, but ClickHouse holds "
                    f"records of it up to {known.ends[place]:,}: Kafka's data was lost or replaced. {_new_epoch(known)}"
                )


def _lost_tables(committed: Mapping[Partition, int], known: Held) -> str:
    if not known.records or (known.epochs and not known.events):
        return "raw log (table events)"
    if known.events and not known.webinars:
        return "row of a webinar"
    about_people = known.topics - {WEBINARS.name}
    done = any(offset > 0 for (topic, _), offset in committed.items() if topic in about_people)
    return "row of a person" if done and not known.persons else ""


def _named(topics: list[str]) -> str:
    return f"the topic {topics[0]}" if len(topics) == 1 else f"{len(topics)} topics, such as {topics[0]}"


def _new_epoch(known: Held) -> str:
    return (
        f"Put a backup of Kafka's folder back; or set FUNNEL_EPOCH={known.next_epoch} in .env and start again: then "
        "offsets count anew, and ClickHouse keeps what it has"
    )
