"""What connectors say of themselves reaches its table and views, whatever else stands on the topic."""

from uuid import uuid4

import pytest

from contract.instants import MINUTE
from contract.reports import Rejected, Report, Run, encode_report
from contract.topics import CONNECTOR_REPORTS
from tests.e2e.stack import RawRecord, Stack
from tests.e2e.timing import now
from tests.waiting import until

pytestmark = pytest.mark.kafka

_RUNS = """
SELECT task, events, error, finished IS NULL AS running
FROM connector_runs(at = now64(3)) WHERE connector = {c:String}
"""
_WAITING = "SELECT reason, form, waiting FROM quarantine(at = now64(3)) WHERE connector = {c:String}"


def test_the_last_run_and_what_still_waits_can_be_seen(stack: Stack) -> None:
    connector = f"test-{uuid4().hex[:8]}"
    at = now() - MINUTE
    first = Run(report_id="1", connector=connector, at=at - MINUTE, task="poll", finished_at=at, events=1, error="gone")
    begun = Run(report_id="2", connector=connector, at=at, task="poll")
    waits = [
        Rejected(report_id=str(number), connector=connector, at=at, reason="unmapped_form", form="f1")
        for number in range(3)
    ]
    reports: list[Report] = [first, begun, *waits]
    stack.publish_records([_record(report) for report in reports])
    stack.publish_records([RawRecord(CONNECTOR_REPORTS.name, None, b"no report")])
    running = {"task": "poll", "events": 0, "error": "", "running": 1}
    until(lambda: stack.rows(_RUNS, c=connector) == [running], "the run that began last is shown")
    stack.publish_records(
        [
            _record(begun.model_copy(update={"finished_at": now(), "events": 7})),
            _record(waits[0].model_copy(update={"released": True})),
        ]
    )
    done = {"task": "poll", "events": 7, "error": "", "running": 0}
    until(lambda: stack.rows(_RUNS, c=connector) == [done], "its end is shown")
    two = {"reason": "unmapped_form", "form": "f1", "waiting": 2}
    until(lambda: stack.rows(_WAITING, c=connector) == [two], "what was published meanwhile waits no more")


def _record(report: Report) -> RawRecord:
    return RawRecord(CONNECTOR_REPORTS.name, report.connector.encode(), encode_report(report))
