"""Rows of a table before anybody knows what they mean, and rows that gave no events. Pure."""

from dataclasses import dataclass

from connectors.mapped import Mapped, Reason, Rejection
from contract.events import Event


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table. `line` is the line of the file on which it begins, or its row in a sheet, from 1."""

    line: int
    cells: list[str]


@dataclass(frozen=True, slots=True)
class RowRejection:
    """A row that gives no events: where, which column, and why. `cells` is its content, for the quarantine only."""

    line: int
    field: str
    reason: str
    cells: list[str]
    kind: Reason = Reason.WRONG_FORM
    webinar_id: str = ""
    """Which webinar it is about, where the row still tells that."""
    is_known: bool = False
    """It was rejected at an earlier reading, for the same reason."""


def as_mapped(result: Event | RowRejection) -> Mapped:
    """A row's rejection as all connectors say it, its line in the text."""
    if isinstance(result, RowRejection):
        return Rejection(result.kind, f"line {result.line}: {result.field}: {result.reason}")
    return result
