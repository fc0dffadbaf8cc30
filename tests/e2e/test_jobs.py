"""A job of the workers that cannot do its work, while events go on to be counted."""

import pytest

from clickhouse.client import connect
from tests.contract_events import moment, registration, webinar
from tests.e2e.stack import Stack
from tests.waiting import until

pytestmark = [pytest.mark.kafka, pytest.mark.system]

_SNAPSHOTS = "SELECT failures, error FROM jobs_at(at = now64(3)) WHERE job = 'snapshots'"


def test_a_job_that_fails_is_told_and_stops_no_event(stack: Stack, webinar_id: str) -> None:
    owner = connect(stack.config, user="migrator")
    owner.command("RENAME TABLE funnel_snapshots TO away")
    try:
        (failed,) = until(
            lambda: [row for row in stack.rows(_SNAPSHOTS) if row["failures"] > 1], "the job has failed twice"
        )
        assert "funnel_snapshots" in failed["error"]
        stack.publish([webinar(-600, webinar_id, starts_at=moment(0)), registration(1, webinar_id=webinar_id)])
        stack.wait_until_handled()
        assert stack.rows("SELECT count() AS n FROM persons FINAL WHERE webinar_id = {id:String}", id=webinar_id) == [
            {"n": 1}
        ]
    finally:
        owner.command("RENAME TABLE away TO funnel_snapshots")
        owner.close()
    until(lambda: stack.rows(_SNAPSHOTS)[0]["failures"] == 0, "it works again")
