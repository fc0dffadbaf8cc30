"""What connectors report about themselves: runs, rejections, the webhook server's health. Pure.

The contract of their topic. They are not events: no number of a webinar depends on them. They hold nothing personal.
"""

from collections.abc import Sequence
from typing import Annotated, Any, Literal, NamedTuple, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, PlainValidator, TypeAdapter, ValidationError

from contract.events import Count, Id
from contract.instants import FAR_FUTURE, format_instant, parse_instant


def _moment(value: object) -> int:
    return value if type(value) is int else parse_instant(value)


Moment = Annotated[int, PlainValidator(_moment), PlainSerializer(format_instant, return_type=str, when_used="json")]
"""Milliseconds since 1970 UTC; RFC 3339 text in the record."""


class _Report(BaseModel):
    model_config = ConfigDict(strict=True, extra="ignore")

    report_id: Id
    """Of several reports of one connector, type and id the latest counts."""
    connector: Id
    at: Moment
    """When it happened, or began."""


class Run(_Report):
    """One poll, import or reconciliation of a connector."""

    type: Literal["run"] = "run"
    task: Id
    """poll, import, …"""
    finished_at: Moment | None = None
    """None: still running, or ended without a report."""
    events: Count = 0
    rejected: Count = 0
    error: str = ""
    """The line that it ended with; empty: success."""


class Rejected(_Report):
    """Something that a connector could not publish. It waits in the connector's local quarantine."""

    type: Literal["rejected"] = "rejected"
    reason: Id
    """connectors/mapped.py, Reason."""
    detail: str = ""
    form: str = ""
    """Of an unmapped form: which one."""
    released: bool = False
    """Whether it has been published meanwhile."""


class Health(_Report):
    """The health of the webhook server, for one service and one minute."""

    type: Literal["health"] = "health"
    accepted: Count = 0
    refused: Count = 0
    spooled: Count = 0
    """Events that wait in the spool now."""


class Poller(_Report):
    """A process that polls a service, or stands by for the one that does; repeated while it lives. `at`: since when."""

    type: Literal["poller"] = "poller"
    task: Literal["owner", "standby", "ended", "retired"]
    """retired: the service is not to be polled any more."""
    detail: str = ""
    """Its machine and process."""


class ImportedFile(_Report):
    """What became of one file's rows about one webinar. Every import of the file reports it, complete or not."""

    type: Literal["imported"] = "imported"
    webinar_id: str = ""
    """Empty: rows without a known webinar, in a file about several."""
    task: Id
    """The kind of file: attendance, registrations, …"""
    file_name: str = ""
    rows: Count = 0
    """Rows about this webinar; 0: not known."""
    rejected: Count = 0
    """Rejected rows."""
    people: list[Count] = []
    """The PEOPLE smallest numbers (`number_of`) of the persons in its good rows, ascending: they identify a corrected
    file, whatever its name.
    """


Report: TypeAlias = Run | Rejected | Health | Poller | ImportedFile

PEOPLE = 16


def number_of(person_id: str) -> int:
    """A number for the person, evenly distributed, and exact in JSON."""
    return int(person_id[2:15], 16)


REPORT: TypeAdapter[Report] = TypeAdapter(Annotated[Report, Field(discriminator="type")])


class ReportRow(NamedTuple):
    """One row of the table `connector_reports`, column by column (clickhouse/migrations)."""

    connector: str
    type: str
    report_id: str
    version: int
    """Kafka timestamp of the record; the latest report of an id counts."""
    at: int
    task: str = ""
    finished_at: int = FAR_FUTURE
    events: int = 0
    rejected: int = 0
    error: str = ""
    reason: str = ""
    detail: str = ""
    form: str = ""
    released: bool = False
    accepted: int = 0
    refused: int = 0
    spooled: int = 0
    webinar_id: str = ""
    file_name: str = ""
    rows: int = 0
    people: Sequence[int] = ()


def report_row(report: Report, written_at: int) -> ReportRow:
    """The row of a report; the record's Kafka timestamp is in milliseconds since 1970 UTC."""
    said: dict[str, Any] = report.model_dump(exclude_none=True)
    return ReportRow(**said, version=written_at)


def encode_report(report: Report) -> bytes:
    """The report as the record's value."""
    return report.model_dump_json(exclude_none=True).encode()


def decode_report(value: bytes | None) -> Report | None:
    """None if it is no report, which is no loss: these records are not events."""
    try:
        return REPORT.validate_json(value or b"")
    except ValidationError:
        return None
