"""ClickHouse's address, users, and the rules that its views read: `FUNNEL_…` or lines of `.env` (.env.example)."""

from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from pydantic import Field, SecretStr, ValidationInfo, field_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from clickhouse.addresses import Address, parsed
from clickhouse.passwords import read_passwords


class ClickHouseSettings(BaseSettings):
    """The settings of this folder. Durations are in seconds."""

    model_config = SettingsConfigDict(
        env_prefix="FUNNEL_",
        env_file=".env",
        env_ignore_empty=True,
        # So a blank says that it is empty, whatever a file says (funnel/stack/plan.py).
        str_strip_whitespace=True,
        extra="ignore",
        frozen=True,
    )

    clickhouse_host: str = "127.0.0.1"
    clickhouse_port: int = 8123
    """HTTP port of ClickHouse."""
    clickhouse_addresses: str = ""
    """host:port[,host:port…] of the replicas of a cluster, by HTTP, instead of host and port. Empty: these."""
    clickhouse_cluster: str = Field(default="", validate_default=True, pattern=r"^[A-Za-z0-9_.-]*$")
    """Name of the cluster in the servers' remote_servers; tables are then replicated. Empty: one node."""
    clickhouse_tls: bool = False
    """Whether ClickHouse is asked by HTTPS."""
    clickhouse_ca_file: str = ""
    """Certificates (PEM) of the authorities that may have signed the servers'. Empty: those of this machine."""
    clickhouse_certificate_file: str = ""
    """Our certificate (PEM). With a password it only opens the connection; without one it also says who we are."""
    clickhouse_key_file: str = ""
    """Its private key (PEM). Empty: in the same file."""
    clickhouse_user: str = "funnel"
    """The workers' user, which reads and writes rows."""
    clickhouse_password: SecretStr = SecretStr("")
    """This and the other three have no default: they are random (clickhouse/passwords.py)."""
    clickhouse_database: str = Field(default="funnel", pattern=r"^[a-z][a-z0-9_]*$")
    grafana_clickhouse_user: str = "grafana"
    """The read-only user of the dashboards."""
    grafana_clickhouse_password: SecretStr = SecretStr("")
    migrator_clickhouse_user: str = "migrator"
    """The user that creates tables and views."""
    migrator_clickhouse_password: SecretStr = SecretStr("")

    analyst_clickhouse_user: str = "analyst"
    """The read-only user of people who ask in SQL (docs/sql.md)."""
    analyst_clickhouse_password: SecretStr = SecretStr("")

    # Rules of the contract that may be set, and that the views read (docs/contract.md).
    default_duration_seconds: int = Field(default=3600, ge=1)
    """Planned length of a webinar of unknown length."""
    live_grace_seconds: int = Field(default=6 * 3600, ge=0)
    """How long after its planned end a webinar may still count as live."""
    full_percent: int = Field(default=90, ge=1, le=100)
    """The share of the webinar that counts as watched in full."""
    matched_percent: int = Field(default=50, ge=0, le=100)
    """If a smaller share of those who opened the room is registered, the conversion is marked as doubtful."""

    operation_days: int = Field(default=400, ge=31)
    """Days for which Data health can be asked about the past (clickhouse/retention.py)."""

    # The data folder, which holds the passwords.
    data_dir: Path = Path(".data")
    disk_reserve_mb: int = Field(default=1000, ge=0)
    """MB to keep free on the disks of that folder: below it intake stops, below half of it the writers stop until there
    is room again. 0: no check."""

    @field_validator("clickhouse_addresses")
    @classmethod
    def _are_addresses(cls, value: str) -> str:
        parsed(value)
        return value

    @field_validator("clickhouse_cluster")
    @classmethod
    def _replicates(cls, value: str, info: ValidationInfo) -> str:
        if not value and len(parsed(info.data.get("clickhouse_addresses", ""))) > 1:
            raise ValueError(
                "it is empty, but FUNNEL_CLICKHOUSE_ADDRESSES names several servers, of which each would have a part of"
                " the rows: set it to the name of their cluster, or leave one address"
            )
        return value

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 (pydantic's own names)
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The settings given to this process, then the passwords of the data folder."""
        return init_settings, env_settings, dotenv_settings, _Passwords(settings_cls)


class _Passwords(PydanticBaseSettingsSource):
    """The passwords in the data folder (whose path comes from the earlier sources)."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        raise NotImplementedError("the passwords are read together")

    def __call__(self) -> dict[str, Any]:
        data_dir = self.current_state.get("data_dir", ClickHouseSettings.model_fields["data_dir"].default)
        prefix = str(self.config["env_prefix"])
        found = read_passwords(Path(data_dir))
        return {name.removeprefix(prefix).lower(): value for name, value in found.items()}


ALONE: dict[str, object] = {
    "clickhouse_addresses": "",
    "clickhouse_cluster": "",
    "clickhouse_tls": False,
    "clickhouse_ca_file": "",
    "clickhouse_certificate_file": "",
    "clickhouse_key_file": "",
}
"""What the settings of a server of our own have, whatever those of the installation say."""


_Config = TypeVar("_Config", bound=ClickHouseSettings)


def only(config: _Config, place: Address) -> _Config:
    """Settings that lead to one server and to no other."""
    return config.model_copy(update={"clickhouse_addresses": str(place)})


@cache
def clickhouse_settings() -> ClickHouseSettings:
    """The settings of this process. Raises pydantic's ValidationError, which the command line explains."""
    return ClickHouseSettings()
