"""What `funnel doctor` judges, as it was found. What could not be asked is None. Pure.

Times are in milliseconds since 1970 UTC, sizes in bytes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from streams.epoch import Held, Partition


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic as Kafka has it. Of partitions that differ the worst counts."""

    partitions: int
    copies: int
    in_sync: int
    """How many of the copies are up to date."""
    config: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Kafka:
    """What Kafka said."""

    version: tuple[int, ...]
    brokers: int
    topics: Mapping[str, Topic]
    committed: Mapping[Partition, int]
    """By the workers' group, asked for before ClickHouse; of the event topics."""
    ends: Mapping[Partition, int]
    """One more than the last offset, asked for after ClickHouse; of the event topics."""
    members: int
    """Workers in the group."""
    newest_at: int
    """The greatest timestamp of a record; 0: there is none."""
    size: int
    """Of all logs."""
    commit_copies: int = 0
    """Copies of Kafka's own topics (funnel/topics/listing.py); 0: this user may not see them, or there are none yet."""


@dataclass(frozen=True, slots=True)
class Job:
    """A job of the workers about all webinars."""

    name: str
    worked_at: int | None
    failures: int
    """In a row."""
    error: str


@dataclass(frozen=True, slots=True)
class Run:
    """The last run of a connector's task."""

    connector: str
    task: str
    began_at: int
    finished_at: int | None
    error: str


@dataclass(frozen=True, slots=True)
class Store:
    """What ClickHouse said."""

    version: tuple[int, ...]
    held: Held
    pending: Sequence[str]
    """Migrations that were not applied."""
    schema_error: str
    """Why they cannot be; empty: they can."""
    ahead_ms: int
    """How far its clock is ahead of this machine's."""
    asked_ms: int
    """How long it took to ask for that."""
    events_a_day: Sequence[int]
    """Events that became queryable, of the last 28 days of 24 hours, the latest first."""
    size: int
    """Of all tables."""
    parts: Mapping[str, int]
    """Table -> parts that wait to be merged, and merged ones."""
    unknown_zones: Mapping[str, str]
    """Webinar -> the zone that is said of it and that there is not."""
    dead_letters: int
    """Neither replayed nor discarded."""
    quarantined: int
    """What connectors could not publish and still keep, but for the following."""
    asked: int
    """Announcements of services that a person was deleted there, which nobody has decided about."""
    asked_since: int
    """When the oldest of them came."""
    jobs: Sequence[Job]
    runs: Sequence[Run]
    half_migrated: str = ""
    """Which replica of a cluster lacks a migration that another has; empty: none."""


@dataclass(frozen=True, slots=True)
class Disk:
    """The fullest disk of the data folder."""

    folder: str
    free: int
    reserve: int
    short: str
    """What `funnel status` says of it: that less than the reserve is free, and the way out; empty: nothing."""
    holds_servers: bool
    """Whether Kafka and ClickHouse keep their data there."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What the settings ask for."""

    partitions: int
    copies: int
    acknowledging: int
    """How many of them have to hold a record before it is acknowledged."""
    kafka_retention_days: int
    epoch: int
    kafka: str
    """Its address."""
    clickhouse: str
    webhook_host: str


@dataclass(frozen=True, slots=True)
class Facts:
    """All of it."""

    at: int
    expected: Expected
    kafka: Kafka | None = None
    store: Store | None = None
    disk: Disk | None = None
    backup_at: int | None = None
    """The moment of the last backup, as far as this data folder knows."""
    erasing: int = 0
    """People whose erasure has begun here and not ended."""
    erasing_since: int = 0
    unreachable: Sequence[str] = ()
    """Who does not answer whom, with the way out, one line each."""
    not_well: Sequence[str] = ()
    """What `funnel status` says is wrong."""
    open_to_others: Sequence[str] = ()
    """Files that other users of this machine may read or write."""
    not_writable: Sequence[str] = ()
    """Folders that this user has to write and cannot."""
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Environment variable -> value, of those that are set."""
