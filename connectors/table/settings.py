"""The settings of tables: environment variables `FUNNEL_TABLE_…`, `FUNNEL_SHEETS_…` or lines of `.env`."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from connectors.service_settings import load
from connectors.settings import read_once


class TableSettings(BaseSettings):
    """For `funnel map table` only: `funnel import table` gets its mapping file as an option."""

    model_config = SettingsConfigDict(env_prefix="FUNNEL_TABLE_", env_file=".env", extra="ignore", frozen=True)

    mapping: Path | None = None
    """The mapping file of the table."""


class SheetsSettings(BaseSettings):
    """The settings of Google Sheets."""

    model_config = SettingsConfigDict(env_prefix="FUNNEL_SHEETS_", env_file=".env", extra="ignore", frozen=True)

    mappings: str = ""
    """Paths of the mapping files whose sheets are polled, with commas."""
    credentials: Path | None = None
    """The JSON key of a service account; not needed for published addresses."""
    base_url: str = "https://sheets.googleapis.com"
    requests_per_second: float = Field(default=0.8, gt=0)
    """Google allows 60 reads per minute and user."""

    @property
    def paths(self) -> list[Path]:
        """The paths of the mapping files."""
        return [Path(path.strip()) for path in self.mappings.split(",") if path.strip()]


@read_once
def table_settings() -> TableSettings:
    """The settings of this process. Raises SettingsError."""
    return load(TableSettings, {})


@read_once
def sheets_settings() -> SheetsSettings:
    """The settings of this process. Raises SettingsError."""
    return load(SheetsSettings, {})
