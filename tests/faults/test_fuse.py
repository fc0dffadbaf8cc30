"""A release that reads nothing of a topic any more: the workers stop, and every record is still there to be read."""

import os
from contextlib import closing
from pathlib import Path

import pytest

from contract.topics import ATTENDANCE
from funnel.report.verify import verify
from funnel.stack.plan import settings_environment
from process.errors import HELD
from streams.blown import JOB
from streams.lag import asking
from streams.offsets import committed
from tests.contract_events import hour_long, registration
from tests.e2e.stack import RawRecord, Stack, running_stack
from tests.servers import commands
from tests.servers.worker import Worker
from tests.waiting import PATIENCE

pytestmark = [pytest.mark.kafka, pytest.mark.faults, pytest.mark.long]

FUSE = 50
UNREADABLE = 10_000
"""Under one key: a batch of them has to pass in seconds."""


def test_too_many_dead_letters_stop_the_workers_until_somebody_looks(tmp_path: Path) -> None:
    with (
        running_stack(tmp_path, partitions=2, dead_letter_fuse=FUSE) as stack,
        closing(Worker(stack.config, tmp_path / "worker.log")) as worker,
    ):
        stack.publish([*hour_long("zoom:1"), registration(1, webinar_id="zoom:1")])
        worker.start()
        stack.wait_until_handled()
        stack.publish_records(
            RawRecord(ATTENDANCE.name, b"zoom:1", b'{"email":"ann%d@example.com"' % number)
            for number in range(UNREADABLE)
        )
        assert worker.wait() == HELD
        said = worker.log.read_text()
        assert "fatal: the dead-letter fuse blew" in said
        assert "funnel dead-letters resume" in said
        assert "@example.com" not in said
        done = _done(stack)
        assert done < FUSE

        # Whoever starts it again, as Docker does, it reads nothing.
        worker.start()
        assert worker.wait() == HELD
        assert _done(stack) == done
        assert _letters(stack) == done
        (job,) = stack.rows("SELECT failures, error FROM jobs_at(at = now64(3)) WHERE job = {job:String}", job=JOB)
        assert job["failures"] == 2
        assert "webinar.attendance.v1" in job["error"]

        assert "read on" in _funnel(stack, "dead-letters", "resume")
        assert "Nothing to resume" in _funnel(stack, "dead-letters", "resume")
        worker.start()
        assert worker.wait() == HELD
        assert _done(stack) < done + FUSE

        # They are to be dead letters after all.
        passing = stack.config.model_copy(update={"dead_letter_fuse": 0})
        with closing(Worker(passing, tmp_path / "passing.log")) as patient:
            patient.start()
            stack.wait_until_handled()
            assert _letters(stack) == UNREADABLE
            assert patient.stop() == 0
        worker.start()
        stack.publish([registration(2, webinar_id="zoom:1")])
        stack.wait_until_handled()
        result = verify(stack.config, timeout=PATIENCE)
        assert result.right
        assert (result.persons, result.dead_letters) == (2, UNREADABLE)


def _done(stack: Stack) -> int:
    """Records of the topic that the workers are done with."""
    with asking(stack.config) as admin:
        done = committed(admin, stack.config.consumer_group)
    return sum(max(0, offset) for (topic, _), offset in done.items() if topic == ATTENDANCE.name)


def _letters(stack: Stack) -> int:
    (row,) = stack.rows("SELECT count() AS letters FROM dead_letters FINAL")
    return int(row["letters"])


def _funnel(stack: Stack, *arguments: str) -> str:
    environment = os.environ | settings_environment(stack.config)
    environment |= {"PYTHONPATH": str(Path(__file__).parents[2])}
    done = commands.funnel(*arguments, folder=stack.folder, environment=environment)
    assert done.returncode == 0, done.stderr
    return done.stdout
