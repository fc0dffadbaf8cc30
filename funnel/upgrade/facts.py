"""What an upgrade would meet, and what that means. Pure. Times are in milliseconds since 1970 UTC."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from contract.instants import DAY
from contract.topics import ALL_TOPICS

_WAY_BACK = "it is the only way back: take one with the old release (docs/upgrade.md)."
_FRESH = DAY
"""A backup not older than this one need not be repeated before the schema changes."""


@dataclass(frozen=True, slots=True)
class Found:
    """An installation, beside the release that asks."""

    at: int
    release: str
    """Of this program."""
    partitions: int
    """As set."""
    schema: int | None
    """The number of the last migration that was applied; 0: the database is empty; None: it could not be asked."""
    newest: int
    """The number of the last migration of this release."""
    pending: Sequence[str]
    """Names of migrations to be applied."""
    schema_error: str
    """Why they cannot be; empty: they can."""
    replaces_views: bool
    remakes: Sequence[str]
    """What else `funnel migrate` and the workers' timers have to do, in words."""
    topics: Mapping[str, int] | None
    """Name -> partitions, of ours; None: Kafka could not be asked."""
    backup_at: int | None
    unreachable: Sequence[str]


class Line(NamedTuple):
    """What is said of it."""

    text: str
    first: bool = False
    """Whether it has to be put right before anything is upgraded."""


def judged(found: Found) -> Iterator[Line]:
    """What would change, and what has to be done before."""
    for text in found.unreachable:
        yield Line(f"{text}. Start what runs now, and ask again.", first=True)
    if found.schema_error:
        yield Line(found.schema_error, first=True)
    elif found.schema is not None:
        yield from _schema(found)
    if found.topics is not None:
        yield from _topics(found, found.topics)


def _schema(found: Found) -> Iterator[Line]:
    if not found.schema:
        yield Line("The database is empty: funnel up makes everything.")
        return
    if found.pending:
        yield Line(f"Schema {found.schema:04d} becomes {found.newest:04d}: {', '.join(found.pending)}.")
    yield from (Line(one) for one in found.remakes)
    if found.replaces_views:
        yield Line("The views are replaced in place.")
    if not found.pending and not found.replaces_views and not found.remakes:
        yield Line("The database is as this release needs it.")
    elif found.backup_at is None:
        yield Line(f"There is no backup, and {_WAY_BACK}")
    elif found.at - found.backup_at > _FRESH:
        yield Line(f"The last backup is {(found.at - found.backup_at) // DAY} days old, and {_WAY_BACK}")


def _topics(found: Found, there: Mapping[str, int]) -> Iterator[Line]:
    missing = [topic.name for topic in ALL_TOPICS if topic.name not in there]
    if missing and there:
        yield Line(f"Topics are created: {', '.join(missing)}.")
    for name, count in there.items():
        if count != found.partitions:
            yield Line(
                f"{name} has {count} partitions, but FUNNEL_PARTITIONS is {found.partitions}: set it to {count}.",
                first=True,
            )
