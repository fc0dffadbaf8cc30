"""One row of the report under its header: cells by column name, each as the value it stands for. Pure."""

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
    """What the file does not say."""

    zone: ZoneInfo
    """The zone in which the report was made: Zoom writes local times without one."""
    secret: str
    """The key of the person ids."""
    received_at: int
    """When the file came to us, in milliseconds since 1970 UTC."""
    name_of: Callable[[str, int, str], str]
    """The webinar_id of an occurrence: of its number, its start (ms since 1970 UTC) and the report's time zone."""
    order: DateOrder = "month-first"
    """Of the day and the month in dates of numbers."""


@dataclass(frozen=True, slots=True)
class Cells(cells.Cells):
    """A row of Zoom's report. Raises CellError for what cannot be read."""

    context: Context

    def instant(self, column: str, not_before: int | None = None, ahead: int = LATEST_AHEAD) -> int | None:
        """The cell as milliseconds since 1970 UTC; None when it is empty. The contract's limits on times hold: at most
        `ahead` in the future.
        """
        if not self.text(column):
            return None
        local = self.read(column, lambda text: local_time(text, self.context.order))
        instant = cells.instant_of(local, self.context.zone, not_before)
        if not FIRST_INSTANT <= instant <= self.context.received_at + ahead:
            raise CellError(column, f"before 2000, or over {ahead // HOUR:,} h in the future")
        return instant
