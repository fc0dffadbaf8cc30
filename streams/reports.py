"""What connectors say of themselves: runs, rejections, the webhook server's health. The contract of their topic. Pure.

Not events: no number of a webinar depends on them. They hold nothing personal.
"""

from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from streams.events import Count, Id, Instant


class _Report(BaseModel):
    model_config = ConfigDict(strict=True, extra="ignore")

    report_id: Id
    """Of several reports of one connector, type and id the latest counts."""
    connector: Id
    at: Instant
    """When it was, or began."""


class Run(_Report):
    """One poll, import or reconciliation of a connector."""

    type: Literal["run"] = "run"
    task: Id
    """poll, import, …"""
    finished_at: Instant | None = None
    """None: still running, or ended without a word."""
    events: Count = 0
    rejected: Count = 0
    error: str = ""
    """The one line that it ended with; empty: all well."""


class Rejected(_Report):
    """Something that a connector could not publish. It waits in the connector's local quarantine."""

    type: Literal["rejected"] = "rejected"
    reason: Id
    """connectors/mapped.py, Reason."""
    detail: str = ""
    form: str = ""
    """Of an unmapped form: which one."""
    released: bool = False
    """It has been published meanwhile."""


class Health(_Report):
    """How the webhook server is, for one service, within one minute."""

    type: Literal["health"] = "health"
    accepted: Count = 0
    refused: Count = 0
    spooled: Count = 0
    """Events that wait in the spool now."""


Report: TypeAlias = Run | Rejected | Health

REPORT: TypeAdapter[Report] = TypeAdapter(Annotated[Report, Field(discriminator="type")])


def encode_report(report: Report) -> bytes:
    """The report as the record's value."""
    return report.model_dump_json(exclude_none=True).encode()


def decode_report(value: bytes | None) -> Report | None:
    """None if it is no report: what connectors say of themselves is no event that could be lost."""
    try:
        return REPORT.validate_json(value or b"")
    except ValidationError:
        return None
