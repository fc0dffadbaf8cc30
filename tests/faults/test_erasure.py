"""`funnel forget` is killed at each of its steps, and a worker and ClickHouse meanwhile: the last one does it all."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from funnel.erasure.begun import begun
from funnel.stack.plan import settings_environment
from tests.e2e.forgotten import SECRET, WHO, forget_everywhere
from tests.e2e.killed import LINES, PATCHES
from tests.e2e.stack import Stack, running_stack
from tests.servers.worker import Worker, workers

pytestmark = [pytest.mark.kafka, pytest.mark.faults, pytest.mark.long]
ROOT = Path(__file__).parents[2]


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[tuple[Stack, list[Worker]]]:
    with running_stack(tmp_path) as stack, workers(stack.config, tmp_path, 2, seldom=True) as running:
        yield stack, running


def test_an_erasure_that_is_interrupted_anywhere_goes_on(stack: tuple[Stack, list[Worker]]) -> None:
    installed, (first, second) = stack

    def interrupt() -> None:
        # Its partitions go to the other worker, which makes the numbers without the person.
        without_worker = f"waiting for the workers={first.pid}>Kafka: "
        _forget(installed, *PATCHES, without_worker, LINES[0])
        assert first.wait() == -signal.SIGKILL
        first.start()

        said = _forget(installed, f"{LINES[1]}={installed.clickhouse.pid}")
        assert "ClickHouse does not answer any more" in said
        installed.clickhouse.wait()
        installed.clickhouse.start()

        _forget(installed, *LINES[1:])
        assert begun(installed.folder) is not None

    assert "has not ended: it goes on" in forget_everywhere(installed, interrupt)[0]
    assert second.running


def _forget(stack: Stack, *points: str) -> str:
    said = subprocess.run(
        [sys.executable, "-m", "tests.e2e.killed", WHO.email, SECRET, str(stack.folder / "business"), *points],
        cwd=stack.folder,
        env=os.environ | settings_environment(stack.config) | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert said.returncode == 0, said.stdout + said.stderr
    return said.stdout
