"""Rows of a table before they are mapped, and rows that gave no events. Pure."""

from dataclasses import dataclass

from connectors.mapped import Mapped, Reason, Rejection
from contract.events import Event


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table. `line` is its first line in the file, or its row in a sheet, from 1."""

    line: int
    cells: list[str]


@dataclass(frozen=True, slots=True)
class RowRejection:
    """A row that gives no events: line, column, and reason. `cells` is its content, for the quarantine only."""

    line: int
    field: str
    reason: str
    cells: list[str]
    kind: Reason = Reason.WRONG_FORM
    webinar_id: str = ""
    """The webinar that it is about, if the row still shows it."""
    is_known: bool = False
    """Whether it was rejected in an earlier reading, for the same reason."""


def as_mapped(result: Event | RowRejection) -> Mapped:
    """The rejection in the form of all connectors, with the line in its text."""
    if isinstance(result, RowRejection):
        return Rejection(result.kind, f"line {result.line}: {result.field}: {result.reason}")
    return result
