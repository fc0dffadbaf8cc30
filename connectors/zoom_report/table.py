"""One row of the report under its header: cells by column name, as typed values. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from connectors.toolkit import cells
from connectors.toolkit.cells import CellError
from connectors.toolkit.date_order import DateOrder
from connectors.zoom_report.cells import local_time
from contract.decode import LATEST_AHEAD
from contract.instants import FIRST_INSTANT, HOUR


@dataclass(frozen=True, slots=True)
class Context:
    """What is not in the file."""

    zone: ZoneInfo
    """The time zone of the report: Zoom writes local times without one."""
    secret: str
    """The key of the person ids."""
    received_at: int
    """When the file was received, in milliseconds since 1970 UTC."""
    name_of: Callable[[str, int, str], str]
    """(number, start in ms since 1970 UTC, the report's time zone) -> the webinar_id of the occurrence."""
    order: DateOrder = "month-first"
    """The order of day and month in numeric dates."""


@dataclass(frozen=True, slots=True)
class Cells(cells.Cells):
    """A row of Zoom's report. Raises CellError for an unreadable cell."""

    context: Context

    def instant(self, column: str, not_before: int | None = None, ahead: int = LATEST_AHEAD) -> int | None:
        """The cell as milliseconds since 1970 UTC; None if it is empty. The contract's limits on times apply: at most
        `ahead` in the future.
        """
        if not self.text(column):
            return None
        local = self.read(column, lambda text: local_time(text, self.context.order))
        instant = cells.instant_of(local, self.context.zone, not_before)
        if not FIRST_INSTANT <= instant <= self.context.received_at + ahead:
            raise CellError(column, f"before 2000, or over {ahead // HOUR:,} h in the future")
        return instant
