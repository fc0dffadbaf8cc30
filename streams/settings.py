"""The settings: environment variables `FUNNEL_…` or lines of `.env`, read once at start (.env.example)."""

from functools import cache

from pydantic import Field, ValidationInfo, field_validator

from clickhouse.settings import ClickHouseSettings
from contract.topics import PARTITIONS
from process.kafka import KafkaSettings


class Settings(ClickHouseSettings, KafkaSettings):
    """The settings of the workers and of the local stack, with those of both servers. Durations are in seconds."""

    # Topics.
    partitions: int = Field(default=PARTITIONS, ge=1, le=1024)
    replication_factor: int = Field(default=1, ge=1)
    """Copies of every partition, each on another broker."""
    min_insync_replicas: int = Field(default=1, ge=1)
    """How many copies have to hold a record before it is acknowledged; with fewer alive, nothing is accepted."""
    kafka_retention_days: int = Field(default=0, ge=0)
    """For how many days Kafka keeps records; 0: forever. The raw log keeps every event all the same."""
    consumer_group: str = "webinar-funnel"
    epoch: int = Field(default=0, ge=0, le=255)
    """Raise it by one when topics were recreated while ClickHouse kept its tables: offsets then start again."""

    # Rules of the contract that may be set (docs/contract.md).
    sign_of_life_seconds: int = Field(default=60, ge=0)
    """How long a session lasts after its last sign of life."""
    default_timezone: str = "UTC"
    """For webinars without a time zone, or with an unknown one."""

    # One worker.
    cached_persons: int = Field(default=300_000, ge=1)
    """How many persons' states a worker keeps in memory before it evicts the least recently used webinars."""
    snapshot_seconds: float = Field(default=60.0, gt=0)
    """How often a snapshot of the funnels of live webinars is written."""
    insert_timeout_seconds: int = Field(default=30, ge=1)
    """How long a worker waits for ClickHouse's answer before it asks again."""
    dead_letter_fuse: int = Field(default=1_000, ge=0)
    """At how many more dead letters than events of a topic the workers stop (streams/fuse.py); 0: never."""
    insert_retry_seconds: float = Field(default=120.0, gt=0)
    """How long an insert is retried before the worker gives up and ends."""

    # The local stack (funnel up).
    dashboards_port: int = Field(default=3010, ge=1, le=65_535)
    """Where the dashboards are shown, in Grafana or without it; not Grafana's own port, where another may run."""

    metrics_port: int = Field(default=9464, ge=0, le=65_535)
    """Where the supervisor shows the metrics of all processes; 0: nowhere."""

    @field_validator("min_insync_replicas")
    @classmethod
    def _no_more_than_there_are(cls, value: int, info: ValidationInfo) -> int:
        copies = info.data.get("replication_factor", value)
        if value > copies:
            raise ValueError(f"has to be at most FUNNEL_REPLICATION_FACTOR, which is {copies}")
        return value


@cache
def settings() -> Settings:
    """The settings of this process. Raises pydantic's ValidationError, which the command line explains."""
    return Settings()
