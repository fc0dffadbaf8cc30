"""A process that stands still (SIGSTOP): status says so, and it is started again."""

import os
import signal
from contextlib import suppress
from functools import partial

import pytest

from tests.faults.installed.case import Case
from tests.faults.installed.installation import SLOWNESS, wait

pytestmark = pytest.mark.faults

CAPABILITIES = ("hung", "does not answer", "did not answer", "no sign of life", "stands still", "no progress")
RESTART_SECONDS = 60.0 * SLOWNESS


@pytest.mark.parametrize(
    "names",
    [
        pytest.param(("worker-1", "webhooks"), id="worker and webhooks"),
        pytest.param(("clickhouse",), id="clickhouse", marks=pytest.mark.long),
        pytest.param(("kafka",), id="kafka", marks=pytest.mark.long),
    ],
)
def test_a_process_hangs(case: Case, names: tuple[str, ...]) -> None:
    with case.flowing():
        pids = {name: case.installation.signal(name, signal.SIGSTOP) for name in names}
        case.says(*CAPABILITIES, of=names)
        for name, pid in pids.items():
            if wait(partial(_replaced, case, name, pid), RESTART_SECONDS) is None:
                case.object(f"{name} was not started again in {RESTART_SECONDS:g} s")
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGCONT)


def _replaced(case: Case, name: str, pid: int) -> bool:
    return case.installation.processes().get(name, pid) != pid
