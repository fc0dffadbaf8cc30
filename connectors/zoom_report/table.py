"""One row under its header: cells by column name, each as the value it stands for. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar
from zoneinfo import ZoneInfo

from connectors.zoom_report import cells
from streams.decode import LATEST_AHEAD
from streams.instants import FIRST_INSTANT

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Context:
    """What the file does not say."""

    zone: ZoneInfo
    """The zone in which the report was made: Zoom writes local times without one."""
    secret: str
    """The key of the person ids."""
    received_at: int
    """When the file came to us, in milliseconds since 1970 UTC."""


class CellError(ValueError):
    """A cell that cannot be read. `field` is its column; the text is the reason and repeats no content."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason)
        self.field = field


@dataclass(frozen=True, slots=True)
class Cells:
    """A row seen through its table's header. Raises CellError for what cannot be read."""

    columns: dict[str, int]
    row: list[str]
    context: Context

    def has_column(self, column: str) -> bool:
        """Whether the table has that column at all."""
        return column in self.columns

    def text(self, column: str) -> str:
        """The cell, cleaned; empty when there is no such column or the row is short."""
        place = self.columns.get(column)
        return cells.clean(self.row[place]) if place is not None and place < len(self.row) else ""

    def read(self, column: str, parse: Callable[[str], T]) -> T:
        """The cell through one of the functions of `cells`."""
        try:
            return parse(self.text(column))
        except ValueError as error:
            raise CellError(column, str(error)) from error

    def instant(self, column: str, not_before: int | None = None) -> int | None:
        """The cell as milliseconds since 1970 UTC; None when it is empty. The contract's limits on times hold."""
        if not self.text(column):
            return None
        instant = cells.instant_of(self.read(column, cells.local_time), self.context.zone, not_before)
        if not FIRST_INSTANT <= instant <= self.context.received_at + LATEST_AHEAD:
            raise CellError(column, "before 2000, or over 24 h in the future")
        return instant

    def refuse_surplus(self) -> None:
        """More cells than columns: an unquoted comma has moved the rest of the row to wrong columns."""
        width = max(self.columns.values(), default=-1) + 1
        if any(cell.strip() for cell in self.row[width:]):
            raise CellError("row", "more cells than the header has columns; is a comma not quoted?")
