"""What connectors say of themselves: a contract of its own, and rows for it."""

import pytest
from clickhouse_connect.driver.client import Client

from contract.instants import FAR_FUTURE
from contract.reports import (
    Health,
    ImportedFile,
    Rejected,
    Report,
    ReportRow,
    Run,
    decode_report,
    encode_report,
    report_row,
)

_AT = 1_763_834_400_000

_REPORTS = [
    Run(report_id="r1", connector="zoom", at=1, task="poll"),
    Run(report_id="r1", connector="zoom", at=1, task="poll", finished_at=2, events=3, rejected=4, error="no"),
    Rejected(report_id="q1", connector="tilda", at=1, reason="unmapped_form", detail="form: no rule", form="f1"),
    Rejected(report_id="q1", connector="tilda", at=1, reason="unmapped_form", released=True),
    Health(report_id="m1", connector="zoom", at=1, accepted=5, refused=6, spooled=7),
    ImportedFile(
        report_id="f1", connector="table", at=1, task="attendance", webinar_id="zoom:1", file_name="a.csv", people=[3]
    ),
]


@pytest.mark.parametrize("report", [one.model_copy(update={"at": _AT}) for one in _REPORTS])
def test_a_report_is_read_as_it_was_written(report: Report) -> None:
    said = report.model_copy(update={"finished_at": _AT + 1}) if isinstance(report, Run) else report
    assert decode_report(encode_report(said)) == said


@pytest.mark.parametrize("value", [None, b"", b"{", b"[]", b'{"type":"run"}', b'{"type":"party"}'])
def test_what_is_no_report_is_none(value: bytes | None) -> None:
    assert decode_report(value) is None


def test_a_row_says_what_the_report_says_and_when_it_came() -> None:
    row = report_row(Run(report_id="r1", connector="zoom", at=_AT, task="poll"), written_at=_AT + 5)
    assert (row.connector, row.type, row.task, row.version, row.finished_at) == (
        "zoom",
        "run",
        "poll",
        _AT + 5,
        FAR_FUTURE,
    )


def test_the_row_is_the_table_column_by_column(client: Client) -> None:
    named = client.query(
        "SELECT name FROM system.columns WHERE database = currentDatabase() AND table = 'connector_reports'"
        " ORDER BY position"
    ).result_rows
    assert [name for (name,) in named] == list(ReportRow._fields)
