"""What can be configured: environment variables `FUNNEL_…` or lines of `.env`, read once at start (.env.example)."""

from functools import cache
from pathlib import Path
from typing import Any

from pydantic import Field, SecretStr
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from clickhouse.passwords import read_passwords
from contract.topics import PARTITIONS


class Settings(BaseSettings):
    """Every setting with its meaning. Durations are in seconds."""

    model_config = SettingsConfigDict(
        env_prefix="FUNNEL_", env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True
    )

    # Where the two servers are.
    kafka_bootstrap: str = "127.0.0.1:9092"
    """host:port[,host:port…] of Kafka."""
    clickhouse_host: str = "127.0.0.1"
    clickhouse_port: int = 8123
    """HTTP port of ClickHouse."""
    clickhouse_user: str = "funnel"
    """The workers' user, which reads and writes rows."""
    clickhouse_password: SecretStr = SecretStr("")
    """This and the other two have no default: they are made at random (clickhouse/passwords.py)."""
    clickhouse_database: str = Field(default="funnel", pattern=r"^[a-z][a-z0-9_]*$")
    grafana_clickhouse_user: str = "grafana"
    """The read-only user of the dashboards."""
    grafana_clickhouse_password: SecretStr = SecretStr("")
    migrator_clickhouse_user: str = "migrator"
    """The user that makes tables and views."""
    migrator_clickhouse_password: SecretStr = SecretStr("")

    # Topics.
    partitions: int = Field(default=PARTITIONS, ge=1, le=1024)
    replication_factor: int = Field(default=1, ge=1)
    consumer_group: str = "webinar-funnel"
    epoch: int = Field(default=0, ge=0, le=255)
    """Raise it by one when topics were recreated while ClickHouse kept its tables: offsets start anew then."""

    # Rules of the contract that may be set (docs/contract.md).
    default_duration_seconds: int = Field(default=3600, ge=1)
    """Planned length of a webinar whose length nobody said."""
    live_grace_seconds: int = Field(default=6 * 3600, ge=0)
    """How long after its planned end a webinar may still be said to be live."""
    sign_of_life_seconds: int = Field(default=60, ge=0)
    """How long a session goes on after its last sign of life."""
    full_percent: int = Field(default=90, ge=1, le=100)
    """The share of the webinar that counts as watched in full."""
    matched_percent: int = Field(default=50, ge=0, le=100)
    """Where a smaller share of those who opened the room is registered, the conversion is marked as doubtful."""
    default_timezone: str = "UTC"
    """For webinars that say no time zone, or an unknown one."""

    # One worker.
    cached_persons: int = Field(default=300_000, ge=1)
    """How many persons' states a worker keeps in memory before it forgets the webinars unused for longest."""
    snapshot_seconds: float = Field(default=60.0, gt=0)
    """How often the funnels of live webinars are written down as they are known at that moment."""
    insert_timeout_seconds: int = Field(default=30, ge=1)
    """How long a worker waits for ClickHouse's answer before it asks again."""
    insert_retry_seconds: float = Field(default=120.0, gt=0)
    """How long an insert is tried again before the worker gives up and ends."""

    # The local stack (funnel up).
    data_dir: Path = Path(".data")
    disk_reserve_mb: int = Field(default=1000, ge=0)
    """MB that have to stay free on the disks of that folder: below it nothing more is taken in, below half of it what
    writes is stopped until there is room again. 0: no look is taken."""
    dashboards_port: int = Field(default=3010, ge=1, le=65_535)
    """Where the dashboards are shown, in Grafana or without it; not Grafana's own port, where another may run."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 (pydantic's own names)
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What is said to this process, then the passwords of the data folder."""
        return init_settings, env_settings, dotenv_settings, _Passwords(settings_cls)


class _Passwords(PydanticBaseSettingsSource):
    """The passwords that the data folder has (the folder: as the sources before it say)."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        raise NotImplementedError("the passwords are read together")

    def __call__(self) -> dict[str, Any]:
        data_dir = self.current_state.get("data_dir", Settings.model_fields["data_dir"].default)
        prefix = str(self.config["env_prefix"])
        found = read_passwords(Path(data_dir))
        return {name.removeprefix(prefix).lower(): value for name, value in found.items()}


@cache
def settings() -> Settings:
    """The settings of this process. Raises pydantic's ValidationError, which the command line explains."""
    return Settings()
